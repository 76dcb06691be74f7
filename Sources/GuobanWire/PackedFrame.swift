public import GuobanMessages
internal import GuobanZstd
internal import NIOCore

/// A frame that is cut out of the stream and not unpacked yet.
public struct PackedFrame: Sendable {
  private let body: ByteBuffer
  private let isCompressed: Bool
  private let frameBytesMax: Int
  private let limits: DecodeLimits

  init(body: ByteBuffer, isCompressed: Bool, frameBytesMax: Int, limits: DecodeLimits) {
    self.body = body
    self.isCompressed = isCompressed
    self.frameBytesMax = frameBytesMax
    self.limits = limits
  }

  /// Bytes that unpacking goes through at most: those of the body, or those that it says come out of it.
  public var unpackedBytes: Int {
    guard isCompressed else { return body.readableBytes }
    // Safety: the bytes live for the whole closure, which keeps none of them.
    let rawBytes = body.withUnsafeReadableBytes { ZstdFrame.statedBytes(of: $0) }
    return max(body.readableBytes, min(Int(clamping: rawBytes ?? 0), frameBytesMax))
  }

  /// The frame. Errors are final for the stream.
  public func unpacked() throws(FrameError) -> RPC.Frame {
    // Safety: the bytes live for the whole closure; what comes out of it is made of copies.
    try body.withUnsafeReadableBytes { bytes in
      Result { () throws(FrameError) in try isCompressed ? unpackedZstd(bytes) : unpackedPlain(bytes) }
    }.get()
  }

  private func unpackedPlain(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> RPC.Frame {
    do throws(DecodeError) { return try RPC.Frame(packed: bytes, limits: limits) } catch { throw .malformed(error) }
  }

  private func unpackedZstd(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> RPC.Frame {
    let raw = try decompressed(bytes).get()
    do throws(DecodeError) { return try RPC.Frame(packed: raw, limits: limits) } catch { throw .malformed(error) }
  }

  /// The limit holds for what comes out as well, and is checked before anything does.
  private func decompressed(_ bytes: UnsafeRawBufferPointer) -> Result<[UInt8], FrameError> {
    do throws(ZstdError) {
      let rawBytes = try ZstdFrame.rawBytes(of: bytes)
      guard rawBytes <= UInt64(frameBytesMax) else {
        return .failure(.tooLong(bytes: Int(clamping: rawBytes), bytesMax: frameBytesMax))
      }
      return .success(try ZstdFrame.unpack(bytes, rawBytes: Int(rawBytes)))
    } catch {
      return .failure(.badCompression(error.reason))
    }
  }
}
