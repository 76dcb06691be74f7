internal import Crypto
internal import GuobanMessages
internal import GuobanModel
internal import GuobanZstd

/// Reads a packed file entry by entry, holding one frame in memory, and checks every byte on the way.
///
/// The end is only reported as such when sizes and both hashes are the manifest's; otherwise ``next()`` throws.
struct SnapshotEntries: ~Copyable {
  private let file: DiskFile
  private let manifest: Archive.Manifest
  private let limits: ArchiveLimits
  private let frames: [Archive.FrameEntry]
  private let indexFrame: [UInt8]
  private var frameNumber = 0
  private var raw: [UInt8] = []
  private var offset = 0
  private var rawBytes: UInt64 = 0
  private var packedBytes = 0
  private var rawHash = SHA256()
  private var packedHash = SHA256()
  private var isChecked = false

  /// Opens the file at `path` and reads its index.
  init(path: String, manifest: Archive.Manifest, limits: ArchiveLimits) throws(ArchiveError) {
    let opened = try DiskFile(reading: path)
    (indexFrame, frames) = try Self.index(opened, manifest, limits)
    file = opened
    self.manifest = manifest
    self.limits = limits
  }

  private static func index(
    _ file: borrowing DiskFile, _ manifest: Archive.Manifest, _ limits: ArchiveLimits
  ) throws(ArchiveError) -> ([UInt8], [Archive.FrameEntry]) {
    let id = manifest.id
    let size = try file.size()
    guard UInt64(size) == manifest.packedBytes, size >= SnapshotIndex.tailBytes else {
      throw .corrupted(
        id, "文件有 \(size) 字节，应为 \(manifest.packedBytes)", "its file has \(size) bytes instead of \(manifest.packedBytes)"
      )
    }
    let tail = try file.read(at: size - SnapshotIndex.tailBytes, count: SnapshotIndex.tailBytes)
    guard let indexBytes = SnapshotIndex.frameBytes(tail: tail), indexBytes <= min(size, limits.indexBytesMax) else {
      throw .corrupted(id, "文件末尾没有索引", "its file does not end with an index")
    }
    let frame = try file.read(at: size - indexBytes, count: indexBytes)
    guard let index = SnapshotIndex.unpack(frame, limits: limits),
      isContiguous(index.frames, until: size - indexBytes, limits)
    else { throw .corrupted(id, "索引不对", "its index is wrong") }
    return (frame, index.frames)
  }

  /// The next entry; nil after the last, when everything was as the manifest says.
  mutating func next() throws(ArchiveError) -> Archive.Entry? {
    while offset == raw.count {
      guard frameNumber < frames.count else {
        try checkTotals()
        return nil
      }
      try readFrame(frames[frameNumber])
      frameNumber += 1
    }
    guard raw.count - offset >= 4 else { throw damaged("条目不完整", "an entry is cut short") }
    let length = Int(BigEndian.value(raw[offset..<(offset + 4)]))
    offset += 4
    guard length <= limits.entryBytesMax, length <= raw.count - offset else {
      throw damaged("条目长度不对", "an entry has a wrong length")
    }
    let bytes = Array(raw[offset..<(offset + length)])
    offset += length
    do {
      let entry = try Archive.Entry(packed: bytes, limits: limits.entryDecodeLimits)
      guard entry.packed() == bytes else { throw damaged("条目写法不规范", "an entry is not in canonical form") }
      return entry
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .corrupted(manifest.id, "条目不可读", "an entry cannot be read", cause: error)
    }
  }

  private mutating func readFrame(_ frame: Archive.FrameEntry) throws(ArchiveError) {
    let packed = try file.read(at: Int(frame.packedOffset), count: Int(frame.packedBytes))
    packedHash.update(data: packed)
    packedBytes += packed.count
    do { raw = try ZstdFrame.unpack(packed, rawBytes: Int(frame.rawBytes)) } catch {
      throw .corrupted(
        manifest.id, "第 \(frameNumber + 1) 帧解不开", "frame \(frameNumber + 1) cannot be unpacked", cause: error)
    }
    offset = 0
    rawHash.update(data: raw)
    rawBytes += UInt64(raw.count)
  }

  private mutating func checkTotals() throws(ArchiveError) {
    guard !isChecked else { return }
    isChecked = true
    packedHash.update(data: indexFrame)
    guard Array(packedHash.finalize()) == manifest.packedSha256 else {
      throw damaged("文件的 SHA-256 与清单不符", "the SHA-256 of its file is not the manifest's")
    }
    guard rawBytes == manifest.rawBytes, Array(rawHash.finalize()) == manifest.rawSha256 else {
      throw damaged("内容的 SHA-256 与清单不符", "the SHA-256 of its contents is not the manifest's")
    }
  }

  private func damaged(_ chinese: String, _ english: String) -> ArchiveError {
    .corrupted(manifest.id, chinese, english)
  }

  /// Frames follow each other from the start to `end`, none empty, none over the limits.
  private static func isContiguous(_ frames: [Archive.FrameEntry], until end: Int, _ limits: ArchiveLimits) -> Bool {
    let packedMax = UInt64(limits.frameRawBytesMax + limits.frameRawBytesMax / 128 + 1024)
    var offset: UInt64 = 0
    for frame in frames {
      guard frame.packedOffset == offset, (1...packedMax).contains(frame.packedBytes),
        (1...UInt64(limits.frameRawBytesMax)).contains(frame.rawBytes)
      else { return false }
      offset += frame.packedBytes
    }
    return offset == UInt64(end) && frames.count <= limits.framesMax
  }
}
