import GuobanLedger
import GuobanMessages
import GuobanStorage
import Testing

/// What `sqlite3` does to a sound ledger, and the fault that must be found.
private struct Tampering: Sendable, CustomTestStringConvertible {
  var name: String
  var sql: String
  var kind: Ledger.LedgerFaultKind
  var needsHead = false
  var testDescription: String { name }

  /// What whoever tampers with the log must do first.
  static let unlocked = "DROP TRIGGER change_log_keeps_rows; DROP TRIGGER change_log_keeps_content; "
}

private let columns =
  "commit_revision, time_seconds, time_nanos, actor, operation, record_type, key, record, request_id, "
  + "request_digest, previous_hash, hash, regions, left_regions"

private let tamperings = [
  Tampering(
    name: "an actor in the log", sql: Tampering.unlocked + "UPDATE change_log SET actor = 'x' WHERE revision = 3",
    kind: .brokenChain),
  Tampering(
    name: "a time in the log",
    sql: Tampering.unlocked + "UPDATE change_log SET time_seconds = time_seconds + 1 WHERE revision = 3",
    kind: .brokenChain),
  Tampering(
    name: "one bit of a record in the log",
    sql: Tampering.unlocked
      + "UPDATE change_log SET record = CAST(substr(record, 1, 5) || x'FF' || substr(record, 7) AS BLOB) WHERE revision = 4",
    kind: .brokenChain),
  Tampering(
    name: "the regions of a change", sql: Tampering.unlocked + "UPDATE change_log SET regions = '' WHERE revision = 8",
    kind: .brokenChain),
  Tampering(
    name: "a hash", sql: Tampering.unlocked + "UPDATE change_log SET hash = zeroblob(32) WHERE revision = 5",
    kind: .brokenChain),
  Tampering(
    name: "a row in the middle removed", sql: Tampering.unlocked + "DELETE FROM change_log WHERE revision = 6",
    kind: .brokenChain),
  Tampering(
    name: "the first rows removed", sql: Tampering.unlocked + "DELETE FROM change_log WHERE revision <= 7",
    kind: .brokenChain),
  Tampering(
    name: "two rows swapped",
    sql: Tampering.unlocked
      + "UPDATE change_log SET revision = 9000 WHERE revision = 8; UPDATE change_log SET revision = 8 WHERE revision = 9; "
      + "UPDATE change_log SET revision = 9 WHERE revision = 9000",
    kind: .brokenChain),
  Tampering(
    name: "a row added in between",
    sql: Tampering.unlocked + "UPDATE change_log SET revision = -revision WHERE revision > 6; "
      + "UPDATE change_log SET revision = 1 - revision WHERE revision < 0; "
      + "INSERT INTO change_log (revision, \(columns)) SELECT 7, \(columns) FROM change_log WHERE revision = 6",
    kind: .brokenChain),
  Tampering(
    name: "the last rows removed, with what they wrote",
    sql: Tampering.unlocked + "DELETE FROM change_log WHERE revision > 9; DELETE FROM ProjectProgress",
    kind: .wrongHead, needsHead: true),
  Tampering(
    name: "the last rows removed alone", sql: Tampering.unlocked + "DELETE FROM change_log WHERE revision > 9",
    kind: .unloggedRecord),
  Tampering(
    name: "a record's bytes",
    sql: "UPDATE Project SET bytes = (SELECT bytes FROM Project WHERE key = 'P-2') WHERE key = 'P-1'",
    kind: .alteredRecord),
  Tampering(
    name: "a record's revision", sql: "UPDATE Project SET revision = 3 WHERE key = 'P-1'", kind: .alteredRecord),
  Tampering(name: "a record removed", sql: "DELETE FROM Project WHERE key = 'P-1'", kind: .missingRecord),
  Tampering(name: "the last record removed", sql: "DELETE FROM Region WHERE key = 'PY-JKQ'", kind: .missingRecord),
  Tampering(
    name: "a record added",
    sql: "INSERT INTO Region (key, revision, bytes) SELECT 'Q', 1, bytes FROM Region LIMIT 1", kind: .unloggedRecord),
  Tampering(
    name: "a record's key", sql: "UPDATE Region SET key = 'ZZ' WHERE key = '411000'", kind: .unloggedRecord),
  Tampering(
    name: "a column that reports see", sql: "UPDATE ProjectProgress SET completed_fen = 1 WHERE key = 'P-1/2026-02'",
    kind: .alteredColumn),
  Tampering(
    name: "a region that filters see", sql: "UPDATE Project SET region = '411000' WHERE key = 'P-2'",
    kind: .alteredColumn),
  Tampering(
    name: "what a search by person reads", sql: "DELETE FROM change_block_value WHERE field = 'actor'",
    kind: .alteredColumn),
  Tampering(
    name: "what a search by time reads", sql: "UPDATE change_block SET last_seconds = first_seconds - 1",
    kind: .alteredColumn),
  Tampering(name: "a plan of a project", sql: "UPDATE ProjectPlan SET plan_fen = plan_fen + 1", kind: .alteredColumn),
  Tampering(name: "a plan removed", sql: "DELETE FROM ProjectPlan WHERE key = 'P-1'", kind: .alteredColumn),
  Tampering(
    name: "a plan of no project",
    sql: "INSERT INTO ProjectPlan (key, position, year, plan_fen) VALUES ('P-99', 0, 2026, 1)", kind: .alteredColumn),
]

private func soundLedger() throws -> TimedLedger {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  try ledger.upsert([Sample.project("P-1", "410928", plans: [2026: 500]), Sample.project("P-2", "410922")])
  try ledger.upsert([Sample.progress("P-1", "2026-01", 10), Sample.progress("P-1", "2026-02", 20)])
  return ledger
}

@Test func aSoundLedgerIsIntact() throws {
  let ledger = try soundLedger()
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-2", etag: "", schemas: []) }
  let report = try ledger.verify(head: try ledger.head)
  #expect(report.intact, "\(report.faults)")
  #expect(report.changes == 12 && report.records == 10 && report.revision == 12)
}

@Test(arguments: tamperings)
private func everyTamperingIsFound(_ tampering: Tampering) async throws {
  let ledger = try soundLedger()
  let head = try ledger.head
  // A broken end of the chain is refused when the ledger is opened, before anybody asks.
  do {
    try await ledger.tamper(tampering.sql)
  } catch let error as StorageError {
    #expect(error.code == .corrupted && tampering.kind == .brokenChain, "\(tampering.name): \(error)")
    return
  }
  let report = try ledger.verify(head: head)
  #expect(!report.intact)
  #expect(report.faults.contains { $0.kind == tampering.kind }, "\(tampering.name): \(report.faults)")
  if tampering.needsHead {
    #expect(try ledger.verify().intact, "without the head a cut tail that was cut everywhere cannot be seen")
  }
}

@Test func aHeadOfAnotherHistoryIsFound() throws {
  let ledger = try soundLedger()
  var head = try ledger.head
  #expect(try ledger.verify(head: head).intact)
  // A head from before is still a head of this history.
  let row = try ledger.store.read { try $0.changes(after: 6, limit: 1) }[0]
  #expect(try ledger.verify(head: Ledger.LedgerHead(revision: row.revision, hash: row.hash)).intact)
  head.hash[0] ^= 1
  #expect(try ledger.verify(head: head).faults.map(\.kind) == [.wrongHead])
}

@Test(arguments: [
  ("UPDATE folded_record SET sha256 = zeroblob(32) WHERE key = '411000'", [Ledger.LedgerFaultKind.wrongAnchor]),
  ("DELETE FROM folded_record WHERE key = '411000'", [.wrongAnchor, .unloggedRecord]),
  ("INSERT INTO folded_record VALUES ('Region', 'X', 1, zeroblob(32))", [.wrongAnchor, .missingRecord]),
  ("UPDATE Region SET bytes = zeroblob(3) WHERE key = '411000'", [.alteredRecord]),
  ("UPDATE Compaction SET bytes = zeroblob(0)", [.alteredRecord]),
  ("DELETE FROM Compaction", [.brokenChain]),
])
func tamperingWithWhatWasCompactedIsFound(_ sql: String, _ kinds: [Ledger.LedgerFaultKind]) async throws {
  let ledger = try soundLedger()
  ledger.today = 400
  try ledger.upsert([Sample.project("P-3", "411000")])
  #expect(try ledger.compact().removedChanges == 11)
  #expect(try ledger.verify().intact)
  try await ledger.tamper(sql)
  let report = try ledger.verify()
  for kind in kinds { #expect(report.faults.contains { $0.kind == kind }, "\(sql): \(report.faults)") }
}

@Test func theLogKeepsItsRowsWhateverSQLiteIsAskedTo() async throws {
  let ledger = try soundLedger()
  for sql in ["DELETE FROM change_log WHERE revision = 1", "UPDATE change_log SET actor = '' WHERE revision = 1"] {
    await #expect(throws: StorageError.self) { try await ledger.tamper(sql) }
  }
  #expect(try ledger.verify().intact)
}
