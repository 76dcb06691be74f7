/// W3C Trace Context's `traceparent` (https://www.w3.org/TR/trace-context/, section 3.2):
/// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
struct TraceParent {
  /// Version, trace id, parent id and flags, as they came.
  let text: String

  private static let bytes = 55

  /// Nil unless it is valid. Of a version after 00 only the part that every version has is kept.
  init?(_ text: String) {
    let bytes = Array(text.utf8.prefix(Self.bytes + 1))
    guard bytes.count >= Self.bytes, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
    let (version, trace, parent, flags) = (bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
    guard [version, trace, parent, flags].allSatisfy({ $0.allSatisfy(Self.isHexadecimal) }) else { return nil }
    let zero = UInt8(ascii: "0")
    guard trace.contains(where: { $0 != zero }), parent.contains(where: { $0 != zero }) else { return nil }
    guard !version.elementsEqual("ff".utf8) else { return nil }
    let isFirstVersion = version.allSatisfy { $0 == zero }
    if bytes.count > Self.bytes, isFirstVersion || bytes[Self.bytes] != UInt8(ascii: "-") { return nil }
    self.text = String(decoding: bytes.prefix(Self.bytes), as: UTF8.self)
  }

  /// Lower case alone is valid.
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
