/// Removes the packed files of snapshots that need not stay. Their manifests stay as `ID.pruned`, so the chain is whole.
public struct SnapshotPruner: Sendable {
  private let catalog: SnapshotCatalog

  /// Prunes in `directory`.
  public init(directory: String, limits: ArchiveLimits) {
    catalog = SnapshotCatalog(path: directory, limits: limits)
  }

  /// Applies `retention`; returns what was removed, oldest first. Damaged snapshots are left for the operator.
  public func prune(_ retention: Retention) throws(ArchiveError) -> [SnapshotID] {
    let directory = catalog.directory
    let lock = try directory.lock()
    defer { _ = lock.path }
    let expired = retention.expired(try catalog.list().map(\.id))
    for id in expired {
      // Un-committed first: a crash in between leaves a file that is no snapshot, never a snapshot without its file.
      try directory.rename(directory.manifestPath(id), to: directory.prunedPath(id))
      try directory.remove(directory.filePath(id))
    }
    return expired
  }
}
