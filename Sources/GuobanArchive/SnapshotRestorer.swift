internal import GuobanMessages
public import GuobanStorage

/// Brings a snapshot back into an empty ledger.
public struct SnapshotRestorer: Sendable {
  private let verifier: SnapshotVerifier

  /// Restores from snapshots in `directory`.
  public init(directory: String, limits: ArchiveLimits) {
    verifier = SnapshotVerifier(directory: directory, limits: limits)
  }

  /// Verifies the whole snapshot, and only then gives its records and changes, in order, to `load`.
  ///
  /// `prepare` is called once the snapshot has proved sound: what it makes (a directory, a store) is the first change.
  /// `project` gives a record the columns that its type has. The file is checked again while it is loaded; a difference
  /// throws before the last item, so a `load` that keeps all or nothing keeps nothing.
  public func restore(
    _ id: SnapshotID, prepare: () throws -> any LedgerStore,
    project: (_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord
  ) throws -> SnapshotVerifier.Report {
    let report = try verifier.verify(id)
    let store = try prepare()
    var entries = try verifier.open(report.file)
    try store.load {
      while let entry = try entries.next() {
        switch entry.body {
        case .record(let record):
          var stored = try project(record.recordType, record.key, record.record)
          if !record.wrappedKey.isEmpty { stored.dataKey = .load(record.wrappedKey) }
          return .record(stored)
        case .folded(let folded):
          let version = RecordVersion(key: folded.key, revision: folded.revision, sha256: folded.sha256)
          return .folded(FoldedRecord(type: folded.recordType, version: version))
        case .foldedRequest(let folded):
          return .foldedRequest(FoldedRequest(digest: folded.digest, revision: folded.revision))
        case .change(let change): return .change(change)
        case .header, .trailer, nil: continue
        }
      }
      return nil
    }
    return report
  }
}
