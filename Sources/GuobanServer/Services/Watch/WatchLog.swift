internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire
internal import Synchronization

/// The change log as watches read it. Every call may block.
final class WatchLog: Sendable {
  private let store: any LedgerStore
  private let limits: WatchLimits
  private let decode: DecodeLimits
  private let tree = Mutex<RegionTree?>(nil)

  init(store: any LedgerStore, limits: WatchLimits, decode: DecodeLimits) {
    self.store = store
    self.limits = limits
    self.decode = decode
  }

  /// What lies above each region now; read when it is first asked for.
  func regions() throws -> RegionTree {
    try regions(afresh: false)
  }

  /// Where a watch after `revision` begins: the end of a commit.
  func start(after revision: UInt64) throws -> UInt64 {
    try store.read { reader in
      let newest = try reader.revision
      guard revision <= newest else {
        throw Status(
          .outOfRange, "修订号 \(revision) 还没有，台账现在到 \(newest)；台账若是从快照恢复的，请重新读取全部记录后再订阅",
          "there is no revision \(revision) yet, the ledger is at \(newest); if it was restored from a snapshot, read all records anew before watching"
        ).reason("WATCH_IN_FUTURE", ["ledger_revision": "\(newest)"])
      }
      let oldest = try reader.oldestRevision
      if revision + 1 == oldest { return revision }
      guard let end = try reader.commitEnd(atOrBefore: revision) else { throw Self.tooOld(revision, oldest: oldest) }
      return end
    }
  }

  /// Changes after `revision`, as many as are read at once: at least one, or it throws.
  func runs(after revision: UInt64) throws -> [WatchedRun] {
    let changes = try store.read { reader in
      let changes = try reader.changes(
        after: revision, limit: limits.logReadChangesMax, bytesMax: limits.logReadBytesMax)
      if let first = changes.first, first.revision != revision + 1 {
        throw Self.tooOld(revision, oldest: try reader.oldestRevision)
      }
      return changes
    }
    guard let last = changes.last, last.revision == revision + UInt64(changes.count) else {
      throw StorageError(.corrupted, "the change log has a gap after revision \(revision)")
    }
    return WatchedRun.runs(of: changes, tree: try regions(), recordBytesMax: limits.recordBytesMax)
  }

  /// The events of new commits. Those that change regions are seen with the regions as they are then.
  func runs(of commits: [Commit]) throws -> [WatchedRun] {
    if commits.isEmpty { return [] }
    let type = Ledger.Region.schema.name
    let tree = try regions(afresh: commits.contains { $0.changes.contains { $0.recordType == type } })
    return commits.flatMap { WatchedRun.runs(of: $0.changes, tree: tree, recordBytesMax: limits.recordBytesMax) }
  }

  /// Reads one after the other, so that the newest is what stays.
  private func regions(afresh: Bool) throws -> RegionTree {
    try tree.withLock { known in
      if let known, !afresh { return known }
      let tree = try store.read { try RegionTree($0, limits: decode) }
      known = tree
      return tree
    }
  }

  private static func tooOld(_ revision: UInt64, oldest: UInt64) -> Status {
    Status(
      .outOfRange, "修订号 \(revision) 之后的改动已不全，变更日志现存最早的是 \(oldest)；请重新读取全部记录后再订阅",
      "not all changes after revision \(revision) are left, the oldest of the change log is \(oldest); read all records anew before watching"
    )
    .reason("WATCH_TOO_OLD", ["oldest_revision": "\(oldest)"])
  }
}
