import Foundation
import GuobanArchive
import GuobanLedger
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

/// A year of changes, then nothing for a year: all but the newest version of everything may go.
private func grownLedger() throws -> TimedLedger {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions, id: "first")
  try ledger.upsert([Sample.project("P-1", "410928"), Sample.project("P-2", "410922")])
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-2", etag: "", schemas: []) }
  ledger.today = 100
  try ledger.upsert([Sample.project("P-1", "410928", plans: [2026: 5])], id: "second")
  ledger.today = 300
  try ledger.upsert([Sample.project("P-3", "411000")], id: "third")
  return ledger
}

@Test func aCompactionLeavesAVerifiableLog() throws {
  let ledger = try grownLedger()
  let before = try ledger.store.read { try $0.digest(of: ledger.store.schemas, checkCancellation: {}) }
  let result = try ledger.compact()
  // Rows 1…11 are older than 184 days before day 300.
  #expect(result.removedChanges == 11 && result.compaction?.revision == 11)
  #expect(result.compaction?.recordCount == 8)
  try ledger.store.read { reader in
    #expect(try reader.oldestRevision == 12)
    let after = try reader.digest(of: ledger.store.schemas, checkCancellation: {})
    for type in before.types where type.recordType != "Compaction" { #expect(after.types.contains(type)) }
  }
  let report = try ledger.verify()
  #expect(report.intact, "\(report.faults)")
  #expect(report.changes == 2 && report.records == 10 && report.oldestRevision == 12)
  // Nothing is old enough any more.
  #expect(try ledger.compact().compaction == nil)
  // Records go on living on it, and so do later compactions.
  try ledger.upsert([Sample.project("P-1", "410922")])
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-3", etag: "", schemas: []) }
  ledger.today = 600
  try ledger.upsert([Sample.project("P-4", "410922")])
  #expect(try ledger.verify().intact)
  #expect(try ledger.compact().removedChanges == 4)
  let second = try ledger.verify()
  #expect(second.intact, "\(second.faults)")
  try ledger.reopen()
  #expect(try ledger.verify().intact)
}

@Test func sixMonthsAreKeptWhateverIsAsked() throws {
  let ledger = try TimedLedger()
  #expect(throws: LedgerError.self) {
    _ = try ChangeLogCompaction(store: ledger.store, days: ChangeLogCompaction.daysMin - 1, actor: "x")
  }
  _ = try ChangeLogCompaction(store: ledger.store, days: ChangeLogCompaction.daysMin, actor: "x")
  // At the limit to the second: a change exactly 184 days old stays, one second more and it goes.
  try ledger.upsert(Sample.regions)
  ledger.today = Int64(ChangeLogCompaction.daysMin)
  let compaction = try ChangeLogCompaction(store: ledger.store, days: ChangeLogCompaction.daysMin, actor: "x")
  #expect(try compaction.plan(nowSecond: ledger.nowSecond) {}.compaction == nil)
  #expect(try compaction.plan(nowSecond: ledger.nowSecond + 1) {}.removedChanges == 7)
}

@Test func aRetryOfACompactedRequestIsRefusedAndNotDoneTwice() throws {
  let ledger = try grownLedger()
  _ = try ledger.compact()
  for id in ["first", "second"] {
    let error = #expect(throws: StorageError.self) { try ledger.upsert(Sample.regions, id: id) }
    #expect(error?.code == .compacted && error?.message.contains(id) == true)
  }
  // What is still in the log answers as ever, and another actor's id is another id.
  #expect(try ledger.upsert([Sample.project("P-3", "411000")], id: "third").replayed)
  #expect(try ledger.upsert([Sample.project("P-9", "411000")], actor: "other", id: "first").replayed == false)
}

@Test func whatWasDeletedLongAgoCannotBeBroughtBack() throws {
  let ledger = try grownLedger()
  _ = try ledger.compact()
  let error = #expect(throws: LedgerError.self) {
    try ledger.write { _ = try $0.undelete(Ledger.Project.self, key: "P-2", path: "") }
  }
  #expect(error?.code == .notFound)
  // Its delete is in the log, the version before it is not.
  ledger.today = 301
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-1", etag: "", schemas: []) }
  let compacted = #expect(throws: LedgerError.self) {
    try ledger.write { _ = try $0.undelete(Ledger.Project.self, key: "P-1", path: "") }
  }
  #expect(compacted?.reason == "COMPACTED")
}

@Test func aCompactionThatWasCutShortIsFinishedByTheNext() throws {
  let ledger = try TimedLedger()
  // More rows than one step removes.
  for start in stride(from: 0, to: 5000, by: 500) {
    try ledger.upsert(
      (start..<(start + 500)).map { Ledger.Indicator(code: "I\($0)", name: "指标", unit: "个", nature: .cumulative) },
      id: "batch-\(start)")
  }
  ledger.today = 400
  try ledger.upsert(Sample.regions)
  struct Stop: Error {}
  let compaction = try ChangeLogCompaction(store: ledger.store, days: 200, actor: "x")
  var planned = 0
  _ = try compaction.plan(nowSecond: ledger.nowSecond) { planned += 1 }
  var asked = 0
  #expect(throws: Stop.self) {
    _ = try compaction.run(nowSecond: ledger.nowSecond) {
      asked += 1
      // After one step of several.
      if asked == planned + 2 { throw Stop() }
    }
  }
  #expect(try ledger.store.read { try $0.oldestRevision } == 2001)
  let half = try ledger.verify()
  #expect(half.intact, "\(half.faults)")
  try ledger.reopen()
  // The first rows of batch-2000 … are there; of a request whose first row is gone the answer is gone.
  #expect(throws: StorageError.self) { try ledger.upsert(Sample.regions, id: "batch-1500") }
  let rest = try ledger.compact(days: 200)
  #expect(rest.removedChanges == 3000)
  let report = try ledger.verify()
  #expect(report.intact, "\(report.faults)")
}

@Test func aSnapshotOfACompactedLedgerRestoresToTheSame() throws {
  let ledger = try grownLedger()
  _ = try ledger.compact()
  let directory = ledger.folder.path + "/snapshots"
  let writer = SnapshotWriter(directory: directory, level: 3, limits: ArchiveLimits(), createdBy: "test")
  let file = try writer.create(from: ledger.store, epochSeconds: ledger.nowSecond)
  let restored = try TemporaryFolder()
  let store = try TimedLedger.open(restored.path)
  defer { try? store.close() }
  _ = try SnapshotRestorer(directory: directory, limits: ArchiveLimits()).restore(
    file.id, prepare: { store },
    project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
  let digest = { (store: any LedgerStore) in
    try store.read { try $0.digest(of: store.schemas, checkCancellation: {}) }
  }
  #expect(try digest(store) == (try digest(ledger.store)))
  let report = try store.read {
    try LedgerVerification.run(
      $0, schemas: store.schemas, head: try ledger.head, limits: .standard, checkCancellation: {})
  }
  #expect(report.intact, "\(report.faults)")
  #expect(report.oldestRevision == 12)
  #expect(try store.read { try $0.foldedRequests(after: nil, limit: 10).count } == 2)
}
