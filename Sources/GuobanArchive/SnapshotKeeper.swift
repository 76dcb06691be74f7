public import GuobanStorage

/// Takes snapshots of one ledger into one folder and keeps the folder within its retention. The schedule and the RPC
/// both go through here.
public struct SnapshotKeeper: Sendable {
  private let store: any LedgerStore
  private let writer: SnapshotWriter
  private let retention: Retention
  private let epochSeconds: @Sendable () -> Int64
  private let onTaken: Listener

  /// Told of a snapshot, and of those that retention removed after it, or why it could not.
  public typealias Listener =
    @Sendable (
      ManifestFile, _ pruned: Result<[SnapshotID], ArchiveError>, _ requestID: String?
    ) -> Void

  /// - Parameters:
  ///   - epochSeconds: the clock.
  ///   - onTaken: told of every snapshot.
  public init(
    store: any LedgerStore, writer: SnapshotWriter, retention: Retention, epochSeconds: @escaping @Sendable () -> Int64,
    onTaken: @escaping Listener
  ) {
    self.store = store
    self.writer = writer
    self.retention = retention
    self.epochSeconds = epochSeconds
    self.onTaken = onTaken
  }

  /// Where the snapshots are.
  public var directory: String { writer.directory }

  /// What is there.
  public var catalog: SnapshotCatalog { SnapshotCatalog(path: directory, limits: writer.limits) }

  /// Checks what is there.
  public var verifier: SnapshotVerifier { SnapshotVerifier(directory: directory, limits: writer.limits) }

  /// Takes a snapshot now, on the calling thread. Throws ``ArchiveError/Code/busy`` while another is being taken, and
  /// ``ArchiveError/Code/cancelled`` when `isCancelled` said so before it was complete.
  ///
  /// - Parameter requestID: of the call that asked for it; nil: the schedule did.
  public func take(
    requestID: String? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ManifestFile {
    var writer = writer
    writer.isCancelled = isCancelled
    let file = try writer.create(from: store, epochSeconds: epochSeconds())
    // The snapshot stands, whatever becomes of the old ones.
    let pruned = Result { () throws(ArchiveError) in
      try SnapshotPruner(directory: directory, limits: writer.limits).prune(retention)
    }
    onTaken(file, pruned, requestID)
    return file
  }
}
