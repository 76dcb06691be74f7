internal import Dispatch
public import GuobanMessages
public import GuobanStorage
internal import Synchronization

/// Removes old rows of the change log, so that it does not grow for ever, and leaves it verifiable.
///
/// First it is written down, as a record like any other, what the log had: the hash of the last row that goes, and a hash
/// over the version of every record then. Then the rows go. The record's own change is part of the chain, so whoever
/// altered what is left, or the record, is found out; and a compaction that was cut short is finished by the next.
public struct ChangeLogCompaction: Sendable {
  /// Records of who did what are kept at least six months (GB/T 39786, cybersecurity law article 21).
  public static let daysMin = 184
  private static let secondsPerDay: Int64 = 86_400

  /// What a compaction did, or would do.
  public struct Result: Sendable {
    /// Nil when there was nothing to remove.
    public var compaction: Ledger.Compaction?
    /// Rows of the change log that went.
    public var removedChanges: UInt64
  }

  private let store: any LedgerStore
  private let days: Int
  private let actor: String

  /// Keeps the changes of the last `days`; fewer than ``daysMin`` are refused.
  public init(store: any LedgerStore, days: Int, actor: String) throws(LedgerError) {
    guard days >= Self.daysMin else {
      throw LedgerError(
        .invalid, reason: "TOO_FEW_DAYS", "变更日志至少要留 \(Self.daysMin) 天（约六个月），不能只留 \(days) 天",
        "the change log is kept for at least \(Self.daysMin) days (about six months); \(days) are too few")
    }
    self.store = store
    self.days = days
    self.actor = actor
  }

  /// What ``run(nowSecond:checkCancellation:)`` would write and remove.
  public func plan(nowSecond: Int64, checkCancellation: () throws -> Void) throws -> Result {
    let none = Result(compaction: nil, removedChanges: 0)
    return try store.read { reader in
      let cutoff = nowSecond - Int64(days) * Self.secondsPerDay
      let oldest = try reader.oldestRevision
      guard let revision = try reader.commitEnd(before: cutoff), revision >= oldest,
        let row = try reader.changes(after: revision - 1, limit: 1).first, row.revision == revision
      else { return none }
      let state = try LedgerState(
        at: revision, types: store.schemas.map(\.name), in: reader, checkCancellation: checkCancellation)
      return Result(
        compaction: Ledger.Compaction(
          id: Ledger.Compaction.onlyKey, revision: revision, hash: row.hash, time: row.time, recordCount: state.count,
          stateSha256: state.sha256, days: UInt32(clamping: days)), removedChanges: revision - oldest + 1)
    }
  }

  /// Compacts on the calling thread; writers hardly notice.
  public func run(nowSecond: Int64, checkCancellation: () throws -> Void) throws -> Result {
    let unfinished = try store.read { reader -> UInt64? in
      guard let last = try reader.compaction, last.revision >= (try reader.oldestRevision) else { return nil }
      return last.revision
    }
    var removed: UInt64 = 0
    if let unfinished { removed = try store.compact(through: unfinished, checkCancellation: checkCancellation) }
    guard let next = try plan(nowSecond: nowSecond, checkCancellation: checkCancellation).compaction else {
      return Result(compaction: nil, removedChanges: removed)
    }
    try write(next)
    removed += try store.compact(through: next.revision, checkCancellation: checkCancellation)
    return Result(compaction: next, removedChanges: removed)
  }

  private func write(_ compaction: Ledger.Compaction) throws {
    let done = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    let request = WriteRequest(actor: actor, requestID: "", requestDigest: [], admit: {}) { writer in
      let last = try writer.compaction
      guard last.map({ $0.revision < compaction.revision }) ?? true else {
        throw LedgerError(
          .conflict, reason: "COMPACTED_MEANWHILE", "变更日志正在由另一次压缩处理，请稍后再试",
          "the change log is being compacted already; please try again later")
      }
      _ = try writer.write(compaction, after: last.map { $0.meta ?? Ledger.RecordMeta() })
    }
    store.submit(request) { result in
      if case .failure(let error) = result { failure.withLock { $0 = error } }
      done.signal()
    }
    done.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

extension LedgerReader {
  /// The last compaction of the change log; nil when it was never compacted.
  public var compaction: Ledger.Compaction? {
    get throws {
      guard let bytes = try record(Ledger.Compaction.schema.name, Ledger.Compaction.onlyKey) else { return nil }
      return try Ledger.Compaction(packed: bytes, limits: .standard)
    }
  }
}
