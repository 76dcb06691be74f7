internal import GuobanModel

/// Cuts a stream of bytes into messages: length u32 big-endian, then that many bytes.
struct FrameBuffer {
  private var bytes: [UInt8] = []
  private var start = 0

  /// A length over the limit is refused on its four bytes, before the rest is waited for.
  struct TooLong: Error {
    let length: Int
  }

  mutating func append(_ more: some Sequence<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole message; nil when there is none yet.
  mutating func next(lengthMax: Int) throws(TooLong) -> [UInt8]? {
    guard bytes.count - start >= 4 else { return nil }
    let length = Int(BigEndian.value(bytes[start..<start + 4]))
    guard length <= lengthMax else { throw TooLong(length: length) }
    guard bytes.count - start - 4 >= length else { return nil }
    defer { start += 4 + length }
    return Array(bytes[(start + 4)..<(start + 4 + length)])
  }

  /// Nothing is left over.
  var isEmpty: Bool { bytes.count == start }

  static func framed(_ message: [UInt8]) -> [UInt8] {
    BigEndian.bytes(UInt32(clamping: message.count)) + message
  }
}
