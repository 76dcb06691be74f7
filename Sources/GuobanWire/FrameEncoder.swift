public import GuobanMessages
internal import GuobanZstd
public import NIOCore

/// Writes frames the way ``FrameDecoder`` reads them.
public enum FrameEncoder {
  /// Packs the frame at the end of `buffer` and gives the bytes written.
  ///
  /// - Parameter compression: nil when the peer's Hello did not say that it takes zstd.
  @discardableResult
  public static func write(_ frame: RPC.Frame, into buffer: inout ByteBuffer, compression: FrameCompression? = nil)
    -> Int
  {
    frame.withPrepared { prepared in
      let length = prepared.packedSize
      // Every frame is held under a limit far below this by whoever made it.
      precondition(length <= Int(UInt32.max), "a frame's length does not fit its header")
      if let compression, length >= compression.bytesMin {
        return writeCompressed(prepared, into: &buffer, level: compression.level)
      }
      writeHeader(flags: 0, length: length, into: &buffer)
      // Safety: `target` has at least the `length` bytes that were asked for, and `pack` writes no more.
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
        prepared.pack(into: UnsafeMutableRawBufferPointer(rebasing: target[..<length]))
        return length
      }
      return FrameHeader.bytes + length
    }
  }

  /// What does not get smaller goes out as it is.
  private static func writeCompressed(
    _ prepared: borrowing PreparedMessage, into buffer: inout ByteBuffer, level: Int
  ) -> Int {
    let length = prepared.packedSize
    // Safety: the array has room for the `length` bytes that `pack` writes.
    let raw = [UInt8](unsafeUninitializedCapacity: length) { target, count in
      prepared.pack(into: UnsafeMutableRawBufferPointer(target))
      count = length
    }
    if let packed = try? ZstdFrame.pack(raw, level: level), packed.count < length {
      writeHeader(flags: FrameHeader.compressedFlag, length: packed.count, into: &buffer)
      buffer.writeBytes(packed)
      return FrameHeader.bytes + packed.count
    }
    writeHeader(flags: 0, length: length, into: &buffer)
    buffer.writeBytes(raw)
    return FrameHeader.bytes + length
  }

  private static func writeHeader(flags: UInt8, length: Int, into buffer: inout ByteBuffer) {
    buffer.reserveCapacity(minimumWritableBytes: FrameHeader.bytes + length)
    buffer.writeInteger(flags)
    buffer.writeInteger(UInt32(length))
  }
}

/// How frames are compressed for a peer that takes zstd.
public struct FrameCompression: Sendable, Equatable {
  /// Shorter frames are not worth the time.
  public var bytesMin: Int
  /// zstd's level: 1 is the fastest that is worth it.
  public var level: Int

  /// Compresses frames of `bytesMin` bytes and more.
  public init(bytesMin: Int, level: Int) {
    self.bytesMin = bytesMin
    self.level = level
  }
}
