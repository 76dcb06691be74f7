internal import CZstd

/// One zstd frame that stands alone: checksum on, content size known (RFC 8878).
public enum ZstdFrame {
  /// Packs `raw` at `level`.
  public static func pack(_ raw: UnsafeRawBufferPointer, level: Int) throws(ZstdError) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw ZstdError(reason: "ZSTD_createCCtx") }
    defer { ZSTD_freeCCtx(context) }
    let settings = [
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level)),
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1),
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1),
    ]
    for code in settings where ZSTD_isError(code) != 0 { throw ZstdError(code) }
    var result = 0
    // Safety: zstd writes at most `capacity` bytes and says how many; on an error none are kept.
    let packed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(raw.count)) { buffer, count in
      result = ZSTD_compress2(context, buffer.baseAddress, buffer.count, raw.baseAddress, raw.count)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else { throw ZstdError(result) }
    return packed
  }

  /// The same for bytes in an array.
  public static func pack(_ raw: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
    try raw.withUnsafeBytes { bytes in Result { () throws(ZstdError) in try pack(bytes, level: level) } }.get()
  }

  /// How many bytes the frame that `packed` begins with says it holds, from its header alone; nil when it does not say.
  public static func statedBytes(of packed: UnsafeRawBufferPointer) -> UInt64? {
    let rawBytes = ZSTD_getFrameContentSize(packed.baseAddress, packed.count)
    let isStated = rawBytes != guoban_zstd_content_size_unknown() && rawBytes != guoban_zstd_content_size_error()
    return isStated ? rawBytes : nil
  }

  /// How many bytes the frame that fills `packed` says it holds; nothing is unpacked yet.
  ///
  /// - Throws: when it is not exactly one frame, or does not say.
  public static func rawBytes(of packed: UnsafeRawBufferPointer) throws(ZstdError) -> UInt64 {
    let frameBytes = ZSTD_findFrameCompressedSize(packed.baseAddress, packed.count)
    guard ZSTD_isError(frameBytes) == 0, frameBytes == packed.count, let rawBytes = statedBytes(of: packed) else {
      throw ZstdError(reason: "not one zstd frame that says its size")
    }
    return rawBytes
  }

  /// Unpacks exactly one frame that must fill `packed` and hold `rawBytes` bytes, which the caller has bounded.
  public static func unpack(_ packed: UnsafeRawBufferPointer, rawBytes: Int) throws(ZstdError) -> [UInt8] {
    guard try self.rawBytes(of: packed) == UInt64(rawBytes) else { throw ZstdError(reason: "another size than stated") }
    guard let context = ZSTD_createDCtx() else { throw ZstdError(reason: "ZSTD_createDCtx") }
    defer { ZSTD_freeDCtx(context) }
    var result = 0
    // Safety: zstd writes at most `rawBytes` bytes, the capacity asked for, and says how many.
    let raw = [UInt8](unsafeUninitializedCapacity: rawBytes) { buffer, count in
      result = ZSTD_decompressDCtx(context, buffer.baseAddress, rawBytes, packed.baseAddress, packed.count)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else { throw ZstdError(result) }
    guard raw.count == rawBytes else { throw ZstdError(reason: "another size than stated") }
    return raw
  }

  /// The same for bytes in an array.
  public static func unpack(_ packed: [UInt8], rawBytes: Int) throws(ZstdError) -> [UInt8] {
    try packed.withUnsafeBytes { bytes in Result { () throws(ZstdError) in try unpack(bytes, rawBytes: rawBytes) } }
      .get()
  }
}

/// Bytes that are not the zstd frame they should be.
public struct ZstdError: Error, Sendable, Equatable {
  /// In zstd's words.
  public let reason: String

  init(reason: String) {
    self.reason = reason
  }

  fileprivate init(_ code: Int) {
    reason = String(cString: ZSTD_getErrorName(code))
  }
}
