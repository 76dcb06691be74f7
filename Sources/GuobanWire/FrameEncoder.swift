public import GuobanMessages
public import NIOCore

/// Writes frames the way ``FrameDecoder`` reads them.
public enum FrameEncoder {
  /// Packs the frame at the end of `buffer` and gives the bytes written.
  @discardableResult
  public static func write(_ frame: RPC.Frame, into buffer: inout ByteBuffer) -> Int {
    frame.withPrepared { prepared in
      let length = prepared.packedSize
      // Every frame is held under a limit far below this by whoever made it.
      precondition(length <= Int(UInt32.max), "a frame's length does not fit its header")
      buffer.reserveCapacity(minimumWritableBytes: FrameHeader.bytes + length)
      buffer.writeInteger(UInt8(0))
      buffer.writeInteger(UInt32(length))
      // Safety: `target` has at least the `length` bytes that were asked for, and `pack` writes no more.
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
        prepared.pack(into: UnsafeMutableRawBufferPointer(rebasing: target[..<length]))
        return length
      }
      return FrameHeader.bytes + length
    }
  }
}
