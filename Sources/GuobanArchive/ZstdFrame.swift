internal import CZstd

/// One zstd frame that stands alone: checksum on, content size known.
enum ZstdFrame {
  /// Packs `raw` at `level`.
  static func pack(_ raw: [UInt8], level: Int) throws(ArchiveError) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw failure("ZSTD_createCCtx") }
    defer { ZSTD_freeCCtx(context) }
    let settings = [
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level)),
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1),
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1),
    ]
    for code in settings where ZSTD_isError(code) != 0 { throw failure(code) }
    var result = 0
    // Safety: zstd writes at most `capacity` bytes and says how many; on an error none are kept.
    let packed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(raw.count)) { buffer, count in
      result = ZSTD_compress2(context, buffer.baseAddress, buffer.count, raw, raw.count)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else { throw failure(result) }
    return packed
  }

  /// Unpacks exactly one frame that must fill `packed` and hold `rawBytes` bytes, which the caller has bounded.
  static func unpack(_ packed: [UInt8], rawBytes: Int) throws(ArchiveError) -> [UInt8] {
    let frameBytes = ZSTD_findFrameCompressedSize(packed, packed.count)
    guard ZSTD_isError(frameBytes) == 0, frameBytes == packed.count,
      ZSTD_getFrameContentSize(packed, packed.count) == UInt64(rawBytes)
    else { throw failure("not one zstd frame of the stated size") }
    guard let context = ZSTD_createDCtx() else { throw failure("ZSTD_createDCtx") }
    defer { ZSTD_freeDCtx(context) }
    var result = 0
    // Safety: zstd writes at most `rawBytes` bytes, the capacity asked for, and says how many.
    let raw = [UInt8](unsafeUninitializedCapacity: rawBytes) { buffer, count in
      result = ZSTD_decompressDCtx(context, buffer.baseAddress, rawBytes, packed, packed.count)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else { throw failure(result) }
    guard raw.count == rawBytes else { throw failure("another size than stated") }
    return raw
  }

  private static func failure(_ code: Int) -> ArchiveError {
    failure(String(cString: ZSTD_getErrorName(code)))
  }

  private static func failure(_ reason: String) -> ArchiveError {
    ArchiveError(.corrupted, "zstd 数据不对：\(reason)", "zstd: \(reason)")
  }
}
