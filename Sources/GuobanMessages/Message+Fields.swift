internal import CProtobufC

extension Message {
  /// The number of the field with this proto name; nil when the message has none.
  public static func fieldNumber(named name: String) -> UInt32? {
    guard let type = Self.self as? any CMessage.Type else { return nil }
    return protobuf_c_message_descriptor_get_field_by_name(type.descriptor, name)?.pointee.id
  }

  /// The proto names of the fields, in the order of their numbers.
  public static var fieldNames: [String] {
    guard let type = Self.self as? any CMessage.Type else { return [] }
    let descriptor = type.descriptor.pointee
    // Safety: a generated descriptor has n_fields fields, each with a static name, and lives for ever.
    return UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields)).map {
      String(cString: $0.name)
    }
  }
}
