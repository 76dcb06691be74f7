internal import FoundationEssentials

/// Single values, from JSON to the wire.
extension DynamicJSON {
  func wireValue(
    _ json: DynamicJSONValue, _ kind: DescriptorPool.Kind, _ path: String
  ) throws(DynamicJSONError) -> WireValue {
    switch kind {
    case .int32: .varint(UInt64(bitPattern: Int64(try integer(json, path) as Int32)))
    case .int64: .varint(UInt64(bitPattern: try integer(json, path) as Int64))
    case .uint32: .varint(UInt64(try integer(json, path) as UInt32))
    case .uint64: .varint(try integer(json, path))
    case .sint32: .varint(UInt64(zigzag(try integer(json, path) as Int32)))
    case .sint64: .varint(zigzag(try integer(json, path) as Int64))
    case .fixed32: .fixed32(try integer(json, path))
    case .sfixed32: .fixed32(UInt32(bitPattern: try integer(json, path)))
    case .fixed64: .fixed64(try integer(json, path))
    case .sfixed64: .fixed64(UInt64(bitPattern: try integer(json, path)))
    case .float: .fixed32(try float(json, path).bitPattern)
    case .double: .fixed64(try double(json, path).bitPattern)
    case .bool: .varint(try bool(json, path) ? 1 : 0)
    case .string: .bytes(Array(try text(json, path).utf8)[...])
    case .bytes: .bytes(try base64(json, path)[...])
    case .enumeration(let name): .varint(UInt64(bitPattern: Int64(try enumeration(json, name, path))))
    case .message(let name): .bytes(try message(json, name, path)[...])
    }
  }

  private func message(
    _ json: DynamicJSONValue, _ name: String, _ path: String
  ) throws(DynamicJSONError) -> [UInt8] {
    guard let type = pool.message(named: name) else {
      throw DynamicJSONError(path, "没有消息类型 \(name)", "there is no message type \(name)")
    }
    return try pack(json, type, path)
  }

  private func zigzag<I: FixedWidthInteger & SignedInteger>(_ value: I) -> I.Magnitude
  where I.Magnitude: FixedWidthInteger {
    I.Magnitude(truncatingIfNeeded: value << 1 ^ value >> (I.bitWidth - 1))
  }

  private func integer<I: FixedWidthInteger>(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> I {
    let value: I? =
      switch json {
      case .integer(let value): I(exactly: value)
      case .unsigned(let value): I(exactly: value)
      case .string(let text): I(text)
      default: nil
      }
    if let value { return value }
    throw DynamicJSONError(
      path, "应为 \(I.min) 到 \(I.max) 的整数，而不是 \(json.sketch)",
      "must be a whole number from \(I.min) to \(I.max), not \(json.sketch)")
  }

  private func double(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> Double {
    switch json {
    case .integer(let value): return Double(value)
    case .unsigned(let value): return Double(value)
    case .double(let value): return value
    case .string("NaN"): return .nan
    case .string("Infinity"): return .infinity
    case .string("-Infinity"): return -.infinity
    case .string(let text):
      if let value = Double(text), value.isFinite { return value }
    default: break
    }
    throw DynamicJSONError(path, "应为数，而不是 \(json.sketch)", "must be a number, not \(json.sketch)")
  }

  private func float(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> Float {
    let wide = try double(json, path)
    let value = Float(wide)
    if wide.isFinite && !value.isFinite {
      throw DynamicJSONError(path, "\(json.sketch) 超出单精度范围", "\(json.sketch) is out of range")
    }
    return value
  }

  private func bool(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> Bool {
    if case .bool(let value) = json { return value }
    throw DynamicJSONError(
      path, "应为 true 或 false，而不是 \(json.sketch)", "must be true or false, not \(json.sketch)")
  }

  func text(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> String {
    guard case .string(let text) = json else {
      throw DynamicJSONError(path, "应为字符串，而不是 \(json.sketch)", "must be a string, not \(json.sketch)")
    }
    if text.utf8.contains(0) {
      throw DynamicJSONError(path, "字符串里不能有 NUL (\\u0000)", "a string must not have a NUL (\\u0000)")
    }
    return text
  }

  /// Both base64 alphabets, padded or not.
  func base64(_ json: DynamicJSONValue, _ path: String) throws(DynamicJSONError) -> [UInt8] {
    var text = try text(json, path)
    text = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    while text.hasSuffix("=") { text.removeLast() }
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text) else {
      throw DynamicJSONError(path, "应为 base64，而不是 \(json.sketch)", "must be base64, not \(json.sketch)")
    }
    return [UInt8](data)
  }

  private func enumeration(
    _ json: DynamicJSONValue, _ name: String, _ path: String
  ) throws(DynamicJSONError) -> Int32 {
    guard case .string(let text) = json else { return try integer(json, path) }
    guard let type = pool.enumeration(named: name) else {
      throw DynamicJSONError(path, "没有枚举类型 \(name)", "there is no enum type \(name)")
    }
    if let number = type.number(named: text) { return number }
    let names = type.shortNames.joined(separator: ", ")
    throw DynamicJSONError(
      path, "没有值 \(json.sketch)；可取：\(names)", "has no value \(json.sketch); it may be: \(names)")
  }
}

extension DynamicJSONValue {
  /// The value in a few letters, for messages.
  var sketch: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): text.count > 40 ? "\"\(text.prefix(40))…\"" : "\"\(text)\""
    case .array: "[…]"
    case .object: "{…}"
    }
  }
}
