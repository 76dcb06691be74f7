internal import FoundationEssentials

/// The messages that proto3's JSON mapping writes in a way of their own.
extension DynamicJSON {
  /// The bytes of a well-known message; nil for any other type.
  func packWellKnown(
    _ json: DynamicJSONValue, _ typeName: String, _ path: String
  ) throws(DynamicJSONError) -> [UInt8]? {
    switch typeName {
    case "google.protobuf.Timestamp": try packTimestamp(json, path)
    case "google.protobuf.FieldMask": try packFieldMask(json, path)
    case "google.protobuf.Any": try packAny(json, path)
    default: nil
    }
  }

  /// The JSON of a well-known message; nil for any other type, and for a time that RFC 3339 cannot write.
  func wellKnown(_ fields: [UInt32: [WireValue]], _ typeName: String) -> DynamicJSONValue? {
    switch typeName {
    case "google.protobuf.Timestamp":
      DynamicJSONTimestamp(seconds: fields.integer(1), nanos: fields.integer(2)).map { .string($0.text) }
    case "google.protobuf.FieldMask":
      .string(
        fields.strings(1).map { $0.split(separator: ".").map(DescriptorName.lowerCamel).joined(separator: ".") }
          .joined(separator: ","))
    case "google.protobuf.Any":
      .object([
        ("@type", .string(fields.strings(1).last ?? "")),
        ("value", .string(Data(fields.byteStrings(2).last ?? []).base64EncodedString())),
      ])
    default: nil
    }
  }

  private func packTimestamp(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> [UInt8] {
    guard case .string(let text) = json, let time = DynamicJSONTimestamp(text: text) else {
      throw DynamicJSONError(
        path, "应为 RFC 3339 时间，如 \"2023-06-30T08:00:00+08:00\"，而不是 \(json.sketch)",
        "must be an RFC 3339 time such as \"2023-06-30T08:00:00+08:00\", not \(json.sketch)")
    }
    var writer = DescriptorWireWriter()
    if time.seconds != 0 { writer.append(1, .varint(UInt64(bitPattern: time.seconds))) }
    if time.nanos != 0 { writer.append(2, .varint(UInt64(bitPattern: time.nanos))) }
    return writer.bytes
  }

  private func packFieldMask(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> [UInt8] {
    var writer = DescriptorWireWriter()
    for name in try text(json, path).split(separator: ",") {
      let trimmed = name.drop { $0 == " " }
      writer.append(1, .bytes(Array(DescriptorName.snake(trimmed).utf8)[...]))
    }
    return writer.bytes
  }

  private func packAny(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> [UInt8] {
    guard case .object(let members) = json else {
      throw DynamicJSONError(
        path, "应为 {\"@type\": …, \"value\": base64}", "must be {\"@type\": …, \"value\": base64}")
    }
    var type = ""
    var value: [UInt8] = []
    for (name, json) in members {
      let place = Self.join(path, name)
      switch name {
      case "@type": type = try text(json, place)
      case "value": value = try base64(json, place)
      default: throw DynamicJSONError(place, "Any 只有 @type 和 value", "an Any has only @type and value")
      }
    }
    var writer = DescriptorWireWriter()
    if !type.isEmpty { writer.append(1, .bytes(Array(type.utf8)[...])) }
    if !value.isEmpty { writer.append(2, .bytes(value[...])) }
    return writer.bytes
  }
}

extension [UInt32: [DescriptorWireReader.Value]] {
  fileprivate func integer(_ number: UInt32) -> Int64 {
    guard case .varint(let value)? = self[number]?.last else { return 0 }
    return Int64(bitPattern: value)
  }

  fileprivate func byteStrings(_ number: UInt32) -> [ArraySlice<UInt8>] {
    (self[number] ?? []).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
  }

  fileprivate func strings(_ number: UInt32) -> [String] {
    byteStrings(number).map { String(decoding: $0, as: UTF8.self) }
  }
}
