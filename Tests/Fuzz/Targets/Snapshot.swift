internal import Crypto
internal import GuobanMessages
internal import GuobanZstd

@testable internal import GuobanArchive

extension FuzzTarget {
  /// The snapshot reader. One byte chooses what is foreign; everything around it is made to fit, hashes among it, because
  /// no fuzzer guesses a SHA-256:
  /// 0 the packed file as it lies on disk; 1 the manifest's fields; 2 the entries inside the frames, after a manifest.
  ///
  /// What is refused is refused as corrupted, too new or too large, never as our own failure.
  static let snapshot = FuzzTarget(name: "snapshot", inputBytesMax: 4096) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    do {
      switch cursor.byte() % 3 {
      case 0: try SnapshotInput.read(file: cursor.remaining())
      case 1: try SnapshotInput.read(manifest: cursor.remaining())
      default:
        let manifest = cursor.bytes(cursor.short())
        try SnapshotInput.read(entries: cursor.remaining(), manifest: manifest)
      }
    } catch let error as ArchiveError {
      try require(
        [.corrupted, .unsupportedVersion, .tooLarge].contains(error.code), "refused for a wrong reason: \(error)")
    } catch let error as BrokenRule {
      throw error
    } catch {
      throw BrokenRule(description: "an unexpected error: \(error)")
    }
  } seeds: {
    SnapshotInput.seeds
  }
}

/// Builds what the reader needs around the part of a snapshot that is foreign.
enum SnapshotInput {
  static let limits: ArchiveLimits = {
    var limits = ArchiveLimits()
    limits.frameRawBytesTarget = 1024
    limits.entryBytesMax = 1024
    limits.indexBytesMax = 4096
    limits.framesMax = 64
    limits.manifestBytesMax = 4096
    limits.keysMax = 100
    return limits
  }()

  /// The file's size is right, so that the reader gets as far as the bytes allow.
  static func read(file: [UInt8]) throws {
    let manifest = Archive.Manifest(id: id, packedBytes: UInt64(file.count))
    try readAll(file, manifest)
  }

  /// The checksum is right.
  static func read(manifest bytes: [UInt8]) throws {
    guard let id = SnapshotID(Self.id) else { throw BrokenRule(description: "the id is none") }
    if let manifest = try? Archive.Manifest(packed: bytes, limits: limits.manifestDecodeLimits) {
      let file = try ManifestFile(id: id, bytes: ManifestFile.pack(manifest), isPruned: false, limits: limits)
      try require(file.manifest.id == Self.id, "another snapshot's manifest was taken")
    }
    _ = try ManifestFile(id: id, bytes: bytes, isPruned: false, limits: limits)
  }

  /// Frames, index, sizes and hashes are right.
  static func read(entries raw: [UInt8], manifest bytes: [UInt8]) throws {
    guard var manifest = try? Archive.Manifest(packed: bytes, limits: limits.manifestDecodeLimits) else { return }
    var file: [UInt8] = []
    var frames: [Archive.FrameEntry] = []
    for start in stride(from: 0, to: raw.count, by: limits.frameRawBytesMax) {
      let part = Array(raw[start..<min(start + limits.frameRawBytesMax, raw.count)])
      let packed = try ZstdFrame.pack(part, level: 1)
      frames.append(
        Archive.FrameEntry(
          packedOffset: UInt64(file.count), packedBytes: UInt64(packed.count), rawBytes: UInt64(part.count)))
      file += packed
    }
    file += SnapshotIndex.pack(Archive.Index(frames: frames))
    manifest.packedBytes = UInt64(file.count)
    manifest.packedSha256 = Array(SHA256.hash(data: file))
    manifest.rawBytes = UInt64(raw.count)
    manifest.rawSha256 = Array(SHA256.hash(data: raw))
    try readAll(file, manifest)
  }

  private static let id = "20231121T014233Z-000000000003"

  private static func readAll(_ file: [UInt8], _ manifest: Archive.Manifest) throws {
    let onDisk = try MemoryFile(file)
    var entries = try SnapshotEntries(path: onDisk.path, manifest: manifest, limits: limits)
    var audit = LedgerAudit(manifest, keysMax: limits.keysMax)
    var count = 0
    while let entry = try entries.next() {
      count += 1
      try require(count <= file.count * 64 + limits.frameRawBytesMax, "more entries than the file can hold")
      try audit.take(entry)
    }
    try audit.finish()
  }
}
