internal import Glibc
internal import GuobanMessages
internal import GuobanModel

/// Messages on two blocking descriptors: length u32 big-endian, then the packed message.
struct MessageChannel {
  let input: Int32
  let output: Int32

  /// One message of the host: its batches are far smaller.
  static let messageBytesMax = 16 << 20
  static let limits = DecodeLimits(
    messageBytesMax: messageBytesMax, depthMax: 8, elementsMax: 4_000_000, unknownFieldsMax: 1_000,
    memoryBytesMax: 128 << 20)

  /// The next message; nil when the host has closed its end between two messages.
  func receive() throws -> Reporting.HostMessage.Body? {
    guard let head = try read(count: 4, endAllowed: true) else { return nil }
    let length = Int(BigEndian.value(head))
    guard length <= Self.messageBytesMax else { throw ProtocolError("a message of \(length) bytes") }
    guard let bytes = try read(count: length, endAllowed: false) else { throw ProtocolError("an unfinished message") }
    guard let body = try Reporting.HostMessage(packed: bytes, limits: Self.limits).body else {
      throw ProtocolError("an empty message, or one of a newer protocol")
    }
    return body
  }

  func send(_ body: Reporting.ReporterMessage.Body) throws {
    let bytes = Reporting.ReporterMessage(body: body).packed()
    guard let length = UInt32(exactly: bytes.count) else { throw ProtocolError("the report is over 4 GiB") }
    try write(BigEndian.bytes(length) + bytes)
  }

  private func read(count: Int, endAllowed: Bool) throws -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      // Safety: read(2) fills at most the `count - filled` bytes that are left of the array.
      let got = bytes.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress?.advanced(by: filled), count - filled) }
      if got > 0 {
        filled += got
      } else if got == 0 {
        guard filled == 0 && endAllowed else { throw ProtocolError("the host went away in the middle of a message") }
        return nil
      } else if errno != EINTR {
        throw ProtocolError("cannot read: errno \(errno)")
      }
    }
    return bytes
  }

  private func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      // Safety: write(2) reads from `sent` to the end of the array.
      let count = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
      if count >= 0 {
        sent += count
      } else if errno != EINTR {
        throw ProtocolError("cannot write: errno \(errno)")
      }
    }
  }
}
