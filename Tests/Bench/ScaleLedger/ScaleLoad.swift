import Dispatch
import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import Synchronization

/// Loads a whole ledger through the real write path: queue, commit groups, change log, hash chain, indexes, fsync.
struct ScaleLoad {
  let records: ScaleRecords
  let store: SQLiteStore

  /// Records of one request.
  private static let batch = 1000
  /// Requests under way.
  private static let depth = 8

  func run() throws {
    try load("Region", ScaleRecords.regions.count) { ScaleRecords.regions[$0] }
    try load("Enterprise", records.enterprises, records.enterprise)
    try load("Project", records.projects, records.project)
    try load("ProjectProgress", records.projects * ScaleRecords.months, records.progress)
    try load("Pass", records.passes, records.pass)
  }

  private func load<Record: LedgerRecord>(_ name: String, _ count: Int, _ make: @Sendable (Int) -> Record) throws {
    let begin = Date()
    // It must not end with less than it began with.
    let room = DispatchSemaphore(value: 0)
    for _ in 0..<Self.depth { room.signal() }
    let failure = Mutex<(any Error)?>(nil)
    for start in stride(from: 0, to: count, by: Self.batch) {
      let drafts = try (start..<min(start + Self.batch, count)).map { try Draft(make($0)) }
      room.wait()
      if let error = failure.withLock({ $0 }) { throw error }
      store.submit(
        WriteRequest(actor: "scale", requestID: "", requestDigest: [], admit: {}) { writer in
          for draft in drafts { try writer.put(draft.stamped(by: writer), operation: .create) }
        }
      ) { result in
        if case .failure(let error) = result { failure.withLock { $0 = error } }
        room.signal()
      }
    }
    for _ in 0..<Self.depth { room.wait() }
    if let error = failure.withLock({ $0 }) { throw error }
    let seconds = -begin.timeIntervalSinceNow
    print("load \(name): \(count) records in \(fixed(seconds, 1)) s, \(Int(Double(count) / seconds)) records/s")
  }

  /// A record ready but for what only the writer knows.
  private struct Draft: Sendable {
    var stored: StoredRecord

    init(_ record: some LedgerRecord) throws {
      stored = try RecordCatalog.project(
        type: type(of: record).schema.name, bytes: record.packed(), limits: .standard)
    }

    /// `meta` is field 1, and comes first.
    func stamped(by writer: any LedgerWriter) -> StoredRecord {
      let revision = writer.nextRevision
      let meta = Ledger.RecordMeta(
        revision: revision, etag: "r\(revision)", createTime: writer.time, updateTime: writer.time,
        updatedBy: writer.actor
      ).packed()
      precondition(meta.count < 128, "its length is one byte")
      var stamped = stored
      stamped.bytes = [0x0A, UInt8(meta.count)] + meta + stored.bytes
      return stamped
    }
  }
}

func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
