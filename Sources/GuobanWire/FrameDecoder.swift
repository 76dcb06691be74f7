public import GuobanMessages
public import NIOCore

/// Cuts a stream of bytes into frames: `flags u8 | length u32 big-endian | body`.
///
/// A header is judged on its five bytes, before its body is waited for, so never more than one frame within the limit is
/// held, and what was read with it. Errors are final.
public struct FrameDecoder: Sendable {
  /// The longest body taken.
  public private(set) var frameBytesMax: Int
  private var limits: DecodeLimits
  private var buffer = ByteBuffer()
  private var isFirst = true

  /// A decoder at the start of a stream. `limits` bounds what unpacking one frame may cost.
  public init(frameBytesMax: Int, limits: DecodeLimits) {
    self.frameBytesMax = frameBytesMax
    self.limits = limits
  }

  /// Takes longer frames from now on: the peer has said Hello.
  public mutating func raise(frameBytesMax: Int, limits: DecodeLimits) {
    self.frameBytesMax = frameBytesMax
    self.limits = limits
  }

  /// Bytes of a frame that is not complete yet.
  public var bufferedBytes: Int { buffer.readableBytes }

  /// Takes what was read. Call ``next()`` until it gives nil before appending more.
  public mutating func append(_ bytes: ByteBuffer) {
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      buffer.discardReadBytes()
      buffer.writeImmutableBuffer(bytes)
    }
  }

  /// The next complete frame, or nil when more bytes are needed.
  public mutating func next() throws(FrameError) -> RPC.Frame? {
    try take()?.unpacked()
  }

  /// The same, still packed: unpacking is most of the work, and may be done elsewhere.
  public mutating func take() throws(FrameError) -> PackedFrame? {
    if isFirst, let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) {
      guard first & ~FrameHeader.compressedFlag == 0 else { throw .notThisProtocol(guess(first)) }
      isFirst = false
    }
    guard let header = try peekHeader(),
      let body = buffer.getSlice(at: buffer.readerIndex + FrameHeader.bytes, length: header.length)
    else {
      // What was read into can be read into again, once nobody else has it.
      if buffer.readableBytes == 0 { buffer = ByteBuffer() }
      return nil
    }
    buffer.moveReaderIndex(forwardBy: FrameHeader.bytes + header.length)
    return PackedFrame(body: body, isCompressed: header.isCompressed, frameBytesMax: frameBytesMax, limits: limits)
  }

  /// Leaves the storage to the frame that was taken last: else it would be copied when more bytes come.
  public mutating func detach() {
    buffer = ByteBuffer(bytes: buffer.readableBytesView)
  }

  private func peekHeader() throws(FrameError) -> FrameHeader? {
    guard let flags = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return nil }
    guard flags & ~FrameHeader.compressedFlag == 0 else { throw .reservedFlags(flags) }
    guard let length = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self) else { return nil }
    guard Int(length) <= frameBytesMax else { throw .tooLong(bytes: Int(length), bytesMax: frameBytesMax) }
    return FrameHeader(length: Int(length), isCompressed: flags == FrameHeader.compressedFlag)
  }

  private func guess(_ first: UInt8) -> FrameError.Guess {
    let tlsHandshake: UInt8 = 0x16
    if first == tlsHandshake { return .tls }
    return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) ? .http : .unknown
  }
}

/// The five bytes before a frame's body.
struct FrameHeader {
  let length: Int
  let isCompressed: Bool

  static let bytes = 5
  static let compressedFlag: UInt8 = 1
}
