internal import Glibc
internal import GuobanArchive

/// A ledger that was here and is gone: a deleted or emptied file must not pass for a first start, because the empty ledger
/// made in its place would be served as the truth, and its snapshots would in time displace the real ones.
struct LostLedger: Sendable {
  let ledger: String
  let snapshots: String

  /// Whether there is a ledger file with something in it.
  var hasLedger: Bool {
    var status = stat()
    return stat(ledger, &status) == 0 && status.st_size > 0
  }

  /// Throws when there is no ledger but there are snapshots of one.
  func refuse() throws {
    guard !hasLedger else { return }
    guard let newest = try SnapshotCatalog(path: snapshots, limits: ArchiveLimits()).newestID() else { return }
    throw DaemonError(
      .storage,
      "\(ledger) 不在或是空的，而 \(snapshots) 里有台账的快照（最新 \(newest)）：请用 guobanctl snapshot restore 恢复到新目录；"
        + "确实要从空台账开始，请先把这些快照移到别处",
      "\(ledger) is missing or empty, but \(snapshots) has snapshots of a ledger (newest \(newest)): restore it into a new "
        + "directory with guobanctl snapshot restore; to begin with an empty ledger, first move the snapshots elsewhere"
    )
  }
}
