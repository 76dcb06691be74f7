public import GuobanMessages

/// Turns JSON into packed messages and back for any type of a ``DescriptorPool``, by proto3's JSON mapping.
///
/// ```swift
/// let json = DynamicJSON(pool: pool, limits: .standard)
/// let request = try json.packed(#"{"number": "410928000001"}"#, as: method.input)
/// print(try json.text(packed: reply, as: method.output))
/// ```
///
/// Read: proto and JSON names of fields; 64-bit integers as numbers or strings; enum values by full name, short name
/// (`PROVINCIAL`) or number; bytes as base64; `Timestamp` as RFC 3339; `FieldMask` as `"name,plans"`.
/// Written: JSON names in the proto file's order, 64-bit integers as strings, full enum names, defaults left out.
/// Unlike the mapping, `Any` is `{"@type": …, "value": base64}` whatever is in it.
public struct DynamicJSON: Sendable {
  /// What one conversion may cost.
  public struct Limits: Sendable, Hashable {
    /// Bytes of JSON read, or of a message written.
    public var bytesMax: Int
    /// Values inside values, at most 64.
    public var depthMax: Int

    public init(bytesMax: Int, depthMax: Int) {
      self.bytesMax = bytesMax
      self.depthMax = min(depthMax, 64)
    }

    /// 16 MiB, 32 deep.
    public static let standard = Limits(bytesMax: 16 << 20, depthMax: 32)
  }

  let pool: DescriptorPool
  let limits: Limits

  public init(pool: DescriptorPool, limits: Limits) {
    self.pool = pool
    self.limits = limits
  }

  /// The canonical bytes of the message that a JSON text describes.
  public func packed(_ json: String, as typeName: String) throws(DynamicJSONError) -> [UInt8] {
    guard let type = pool.message(named: typeName) else {
      throw DynamicJSONError("", "没有消息类型 \(typeName)", "there is no message type \(typeName)")
    }
    guard json.utf8.count <= limits.bytesMax else {
      throw DynamicJSONError(
        "", "JSON 超过 \(limits.bytesMax) 字节", "the JSON has more than \(limits.bytesMax) bytes")
    }
    return try pack(DynamicJSONValue(text: json, depthMax: limits.depthMax), type, "")
  }

  /// The JSON text of a packed message. Fields that the pool does not know are left out.
  public func text(packed bytes: [UInt8], as typeName: String) throws(DecodeError) -> String {
    guard let type = pool.message(named: typeName) else {
      throw DecodeError(code: .malformed, field: "", offset: 0, message: "there is no message type \(typeName)")
    }
    guard bytes.count <= limits.bytesMax else {
      throw DecodeError(
        code: .messageTooLarge, field: "", offset: 0,
        message: "the message has \(bytes.count) bytes; the limit is \(limits.bytesMax)")
    }
    var writer = DynamicJSONWriter()
    writer.write(try value(bytes[...], type, depth: 1))
    return writer.text
  }
}
