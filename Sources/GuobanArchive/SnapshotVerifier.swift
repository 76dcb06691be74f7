internal import GuobanMessages

/// Reads a snapshot from end to end and says whether it is what was written.
///
/// Checked: the manifest and those before it in the chain, sizes and SHA-256 of packed and raw bytes, every frame and entry,
/// counts, the chain of the change log up to the head, and each record against its last change.
public struct SnapshotVerifier: Sendable {
  /// What a sound snapshot is.
  public struct Report: Sendable {
    public var file: ManifestFile
    /// Manifests before it that were here and fit together.
    public var chainedManifests: Int
    /// The oldest manifest here names one before it that is not here: not a fault of this snapshot.
    public var missingPreviousID: String?
  }

  let catalog: SnapshotCatalog
  let limits: ArchiveLimits
  /// Asked often, on the calling thread: whoever wants to know may have gone.
  public var isCancelled: @Sendable () -> Bool = { false }

  /// Checks snapshots in `directory`.
  public init(directory: String, limits: ArchiveLimits) {
    catalog = SnapshotCatalog(path: directory, limits: limits)
    self.limits = limits
  }

  /// Throws ``ArchiveError/Code/corrupted`` saying what is wrong with snapshot `id`, or ``ArchiveError/Code/cancelled``.
  public func verify(_ id: SnapshotID) throws(ArchiveError) -> Report {
    let file = try catalog.manifest(id)
    var report = try verifyChain(file)
    var entries = try open(file)
    var audit = LedgerAudit(file.manifest, keysMax: limits.keysMax)
    while let entry = try entries.next() {
      if isCancelled() { throw .cancelled }
      try audit.take(entry)
    }
    try audit.finish()
    report.file = file
    return report
  }

  /// The entries of a snapshot, from its first.
  func open(_ file: ManifestFile) throws(ArchiveError) -> SnapshotEntries {
    do {
      return try SnapshotEntries(path: catalog.directory.filePath(file.id), manifest: file.manifest, limits: limits)
    } catch {
      guard error.code == .notFound else { throw error }
      throw .corrupted("\(file.id)", "文件 \(file.manifest.fileName) 不在", "its file \(file.manifest.fileName) is missing")
    }
  }

  private func verifyChain(_ file: ManifestFile) throws(ArchiveError) -> Report {
    var report = Report(file: file, chainedManifests: 0)
    var link = file
    while !link.manifest.previousId.isEmpty {
      guard let previousID = SnapshotID(link.manifest.previousId), previousID < link.id else {
        throw .corrupted("\(link.id)", "清单的前一份编号不对", "its manifest names a wrong previous snapshot")
      }
      guard let previous = try chained(previousID, for: file) else {
        report.missingPreviousID = "\(previousID)"
        return report
      }
      guard previous.sha256 == link.manifest.previousManifestSha256 else {
        throw .corrupted(
          "\(file.id)", "清单链在 \(previousID) 处断开；要单独使用它，请把它的两个文件复制到另一个空目录",
          "the chain of manifests breaks at \(previousID); to use it alone, copy its two files into an empty directory")
      }
      report.chainedManifests += 1
      link = previous
    }
    return report
  }

  private func chained(_ id: SnapshotID, for file: ManifestFile) throws(ArchiveError) -> ManifestFile? {
    do { return try catalog.chained(id) } catch {
      throw .corrupted(
        "\(file.id)", "清单链中的 \(id) 已损坏；要单独使用它，请把它的两个文件复制到另一个空目录",
        "the manifest of \(id) in its chain is damaged; to use it alone, copy its two files into an empty directory",
        cause: error)
    }
  }
}
