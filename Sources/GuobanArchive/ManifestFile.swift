internal import Crypto
public import GuobanMessages

/// A manifest as it lies on disk: the message and the bytes that the next manifest is chained to.
public struct ManifestFile: Sendable {
  public let id: SnapshotID
  public let manifest: Archive.Manifest
  /// SHA-256 of the file.
  public let sha256: [UInt8]
  /// Retention has removed the packed file; the manifest stays for the chain.
  public let isPruned: Bool

  /// The bytes of the file for `manifest`, with its checksum filled in.
  static func pack(_ manifest: Archive.Manifest) -> [UInt8] {
    var manifest = manifest
    manifest.checksum = []
    manifest.checksum = Array(SHA256.hash(data: manifest.packed()))
    return manifest.packed()
  }

  /// Reads a file's bytes, refusing them unless every one is as it was written.
  init(id: SnapshotID, bytes: [UInt8], isPruned: Bool, limits: ArchiveLimits) throws(ArchiveError) {
    let manifest: Archive.Manifest
    do {
      manifest = try Archive.Manifest(packed: bytes, limits: limits.manifestDecodeLimits)
    } catch {
      throw .corrupted("\(id)", "清单不可读", "its manifest cannot be read", cause: error)
    }
    // Every byte counts: the message must pack to the same bytes, and those to the checksum inside.
    guard bytes == Self.pack(manifest) else {
      throw .corrupted("\(id)", "清单与其校验值不符", "its manifest does not match its checksum")
    }
    guard manifest.formatVersion == SnapshotWriter.formatVersion else {
      throw ArchiveError(
        .unsupportedVersion, "快照 \(id) 的格式版本是 \(manifest.formatVersion)，本程序只认 \(SnapshotWriter.formatVersion)，请用更新的版本",
        "snapshot \(id) has format version \(manifest.formatVersion), this program reads \(SnapshotWriter.formatVersion)"
      )
    }
    guard manifest.id == "\(id)", manifest.fileName == "\(id)\(SnapshotDirectory.fileSuffix)",
      manifest.revision == id.revision
    else {
      throw .corrupted("\(id)", "清单属于另一份快照 \(manifest.id)", "its manifest is that of \(manifest.id)")
    }
    self.id = id
    self.manifest = manifest
    self.isPruned = isPruned
    sha256 = Array(SHA256.hash(data: bytes))
  }
}
