public import GuobanStorage

/// Everything that is done with the snapshots of one ledger: what the schedule and the RPC share.
public struct SnapshotKeeper: Sendable {
  public let writer: SnapshotWriter
  public let catalog: SnapshotCatalog
  public let verifier: SnapshotVerifier
  private let store: any LedgerStore
  private let pruner: SnapshotPruner

  /// Keeps snapshots of `store` where `writer` puts them.
  public init(store: any LedgerStore, writer: SnapshotWriter) {
    self.store = store
    self.writer = writer
    catalog = SnapshotCatalog(path: writer.directory, limits: writer.limits)
    verifier = SnapshotVerifier(directory: writer.directory, limits: writer.limits)
    pruner = SnapshotPruner(directory: writer.directory, limits: writer.limits)
  }

  /// Takes a snapshot on the calling thread, which must not be an event loop.
  public func take(epochSeconds: Int64) throws -> ManifestFile {
    try writer.create(from: store, epochSeconds: epochSeconds)
  }

  /// Removes the files of snapshots that need not stay; returns which.
  public func prune(_ retention: Retention) throws(ArchiveError) -> [SnapshotID] {
    try pruner.prune(retention)
  }
}
