internal import GuobanMessages
internal import GuobanModel

/// The skippable zstd frame at the end of a packed file, which says where each frame is.
///
/// Layout: magic 0x184D2A5B little-endian, content length little-endian, then the content: the packed index, its length as
/// u32 big-endian and "GBIX". The last eight bytes of the file therefore lead to it.
enum SnapshotIndex {
  private static let magic: [UInt8] = [0x5B, 0x2A, 0x4D, 0x18]
  private static let mark = Array("GBIX".utf8)
  private static let headerBytes = 8
  static let tailBytes = 8

  /// The whole skippable frame.
  static func pack(_ index: Archive.Index) -> [UInt8] {
    let packed = index.packed()
    let content = packed + BigEndian.bytes(UInt32(clamping: packed.count)) + mark
    return magic + BigEndian.bytes(UInt32(clamping: content.count)).reversed() + content
  }

  /// How long the whole skippable frame is, from the last ``tailBytes`` of the file; nil when there is none.
  static func frameBytes(tail: [UInt8]) -> Int? {
    guard tail.count == tailBytes, Array(tail[4...]) == mark else { return nil }
    return headerBytes + Int(BigEndian.value(tail[..<4])) + tailBytes
  }

  /// Reads the skippable frame; nil when the bytes are not exactly one.
  static func unpack(_ frame: [UInt8], limits: ArchiveLimits) -> Archive.Index? {
    guard frame.count >= headerBytes + tailBytes, frameBytes(tail: frame.suffix(tailBytes)) == frame.count,
      Array(frame[..<4]) == magic,
      Int(BigEndian.value(frame[4..<8].reversed())) == frame.count - headerBytes
    else { return nil }
    let packed = Array(frame[headerBytes..<(frame.count - tailBytes)])
    guard let index = try? Archive.Index(packed: packed, limits: limits.indexDecodeLimits), index.packed() == packed
    else { return nil }
    return index
  }
}

extension [UInt8] {
  fileprivate func suffix(_ count: Int) -> [UInt8] { Array(self[(self.count - count)...]) }
}
