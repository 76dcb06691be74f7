internal import CProtobufC

/// The fields of a message type, by their proto names.
public struct MessageFields: Sendable {
  /// One field.
  public struct Field: Sendable {
    public let number: UInt32
    /// Proto's name.
    public let name: String
    public let isRepeated: Bool
    /// The fields of the message that it holds; nil for a scalar.
    public let message: MessageFields?
  }

  /// In the order of their numbers. Messages hold no messages of their own type, so that this ends.
  public let all: [Field]

  init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    // Safety: a generated descriptor has n_fields fields, each with a static name, and lives for ever; a field of type
    // message has a message's descriptor.
    all = UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields)).map { field in
      let inner = field.type == PROTOBUF_C_TYPE_MESSAGE ? field.descriptor : nil
      return Field(
        number: field.id, name: String(cString: field.name), isRepeated: field.label == PROTOBUF_C_LABEL_REPEATED,
        message: inner.map { MessageFields($0.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)) })
    }
  }

  public subscript(name: String) -> Field? { all.first { $0.name == name } }
}

extension Message {
  /// The number of the field with this proto name; nil when the message has none.
  public static func fieldNumber(named name: String) -> UInt32? {
    guard let type = Self.self as? any CMessage.Type else { return nil }
    return protobuf_c_message_descriptor_get_field_by_name(type.descriptor, name)?.pointee.id
  }

  /// The fields, and those of the messages in them.
  public static var fields: MessageFields? {
    (Self.self as? any CMessage.Type).map { MessageFields($0.descriptor) }
  }
}
