import Foundation
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

@testable import GuobanSQLite

/// What a listener has heard.
private final class Ear: Sendable {
  let commits = Mutex<[Commit]>([])
  func hear(_ new: [Commit]) { commits.withLock { $0 += new } }
  var changes: [Ledger.Change] { commits.withLock { $0.flatMap(\.changes) } }
}

@Test func listenersHearEveryCommitAfterTheRevisionTheyJoinedAt() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "before"))
  // Listeners join while writers are at work.
  let ears = Mutex<[(ear: Ear, from: UInt64)]>([])
  let stop = Mutex(false)
  let joining = Thread { [store = ledger.store] in
    while !stop.withLock({ $0 }) {
      let ear = Ear()
      let from = store.onCommit { ear.hear($0) }
      ears.withLock { $0.append((ear, from)) }
      usleep(2000)
    }
  }
  joining.start()
  for round in 0..<20 {
    let results = ledger.submit(
      (0..<30).map { number in
        WriteRequest(actor: "clerk", requestID: "\(round)/\(number)", requestDigest: [], admit: {}) { writer in
          if number == 7 { throw StorageError(.invalidQuery, "refused") }
          if number == 8 { return }
          for part in 0...(number % 3) {
            try writer.put(Item(key: "\(round)-\(number)-\(part)").stored, operation: .create)
          }
        }
      })
    #expect(results.filter { (try? $0.get()) == nil }.count == 1)
  }
  // Done before: nothing new to tell.
  #expect(try ledger.write(id: "0/0") { _ in }.replayed)
  stop.withLock { $0 = true }
  let truth = try ledger.store.read { try $0.changes(after: 0, limit: 100_000) }
  let all = ears.withLock { $0 }
  #expect(all.count > 1)
  for (ear, from) in all {
    #expect(ear.changes == truth.filter { $0.revision > from })
    #expect(ear.commits.withLock { $0.allSatisfy { $0.revision == $0.changes[0].commitRevision } })
  }
}

@Test func aListenerHasHeardOfACommitBeforeItsWriterHas() throws {
  let ledger = try TemporaryLedger()
  let ear = Ear()
  _ = ledger.store.onCommit { ear.hear($0) }
  for number in 1...50 {
    let outcome = try ledger.put(Item(key: "\(number)"))
    #expect(ear.changes.last?.revision == outcome.revision)
  }
}

@Test func everyChangeSaysToWhichRegionsItsRecordBelongs() throws {
  let schemas = [
    RecordSchema(name: "Region", columns: [ColumnSchema("name", .text)], regionPaths: ["key"]),
    RecordSchema(
      name: "Project",
      columns: [
        ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"),
        ColumnSchema("amount", .integer), ColumnSchema("tags", .textList),
      ], regionPaths: ["region"]),
    RecordSchema(
      name: "Progress", columns: [ColumnSchema("project", .text, references: "Project")],
      regionPaths: ["project.region"]),
  ]
  let folder = try TemporaryFolder()
  let store = try TemporaryLedger.open(folder.path, schemas: schemas)
  defer { try? store.close() }
  let project: @Sendable (String?) -> StoredRecord = { region in
    StoredRecord(
      type: "Project", key: "p", bytes: [1], columns: [.text("n"), region.map(ColumnValue.text) ?? .null, .null, .null])
  }
  let progress = StoredRecord(type: "Progress", key: "q", bytes: [2], columns: [.text("p")])
  let body: @Sendable (any LedgerWriter) throws -> Void = { writer in
    try writer.put(Item.region("A", "甲").stored, operation: .create)
    try writer.put(project("A"), operation: .create)
    try writer.put(progress, operation: .create)
    try writer.put(project("A"), operation: .update)
    try writer.put(project("B"), operation: .update)
    try writer.put(progress, operation: .update)
    _ = try writer.delete("Progress", "q")
    try writer.put(project(nil), operation: .update)
    _ = try writer.delete("Project", "p")
    _ = try writer.delete("Project", "none")
  }
  let done = DispatchSemaphore(value: 0)
  store.submit(WriteRequest(actor: "", requestID: "", requestDigest: [], admit: {}, body: body)) { _ in done.signal() }
  done.wait()
  let changes = try store.read { try $0.changes(after: 0, limit: 100) }
  #expect(changes.map(\.regions) == [["A"], ["A"], ["A"], ["A"], ["B"], ["B"], ["B"], [], []])
  #expect(changes.map(\.leftRegions) == [[], [], [], [], ["A"], [], [], ["B"], []])
  var chain = ChangeChain()
  for change in changes { try chain.verify(change) }
}

@Test func aBoundedReadIsCutBetweenCommitsWhereItCanBe() throws {
  let ledger = try TemporaryLedger()
  let name = String(repeating: "x", count: 1000)
  for commit in [["a"], ["b", "c", "d"], ["e"], (0..<20).map { "f\($0)" }] {
    try ledger.write { writer in
      for key in commit { try writer.put(Item(key: key, name: name).stored, operation: .create) }
    }
  }
  let cases: [(after: UInt64, limit: Int, bytesMax: Int, expected: ClosedRange<UInt64>)] = [
    (0, 100, .max, 1...25), (0, 4, .max, 1...4), (0, 3, .max, 1...1), (0, 6, .max, 1...5),
    (1, 2, .max, 2...3),  // longer than the limit: inside the commit
    (5, 10, .max, 6...15), (8, 10, .max, 9...18),
    (0, 100, 5 * 1400, 1...5), (0, 100, 3 * 1400, 1...1), (1, 100, 2 * 1400, 2...3),
    (5, 100, 1, 6...6),  // one, however long
  ]
  for (after, limit, bytesMax, expected) in cases {
    let changes = try ledger.store.read { try $0.changes(after: after, limit: limit, bytesMax: bytesMax) }
    #expect(changes.map(\.revision) == Array(expected), "after \(after), \(limit) changes, \(bytesMax) bytes")
  }
  #expect(try ledger.store.read { try $0.changes(after: 25, limit: 1, bytesMax: 1) }.isEmpty)
  let ends = try ledger.store.read { reader in try (0...25).map { try reader.commitEnd(atOrBefore: UInt64($0)) } }
  #expect(ends == [nil, 1, 1, 1, 4] + Array(repeating: 5, count: 20) + [25])
  #expect(try ledger.store.read { try $0.oldestRevision } == 1)
}

@Test func theOldestRevisionIsWhatTheLogStillHas() async throws {
  let ledger = try TemporaryLedger()
  #expect(try ledger.store.read { try $0.oldestRevision } == 1)
  for key in ["a", "b", "c", "d"] { try ledger.put(Item(key: key)) }
  try ledger.store.close()
  #expect(
    try await ledger.sqlite3("DROP TRIGGER change_log_keeps_rows; DELETE FROM change_log WHERE revision < 3") == "")
  try ledger.reopen()
  let (oldest, before) = try ledger.store.read { (try $0.oldestRevision, try $0.commitEnd(atOrBefore: 2)) }
  #expect(oldest == 3 && before == nil)
}

@Test func aLedgerOfTheFirstLayoutGetsTheNewColumnsAndItsChainHolds() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a"))
  try ledger.store.close()
  let undo = """
    DROP INDEX change_log_record; DROP TABLE change_block; DROP TABLE change_block_value;
    DROP TRIGGER change_log_keeps_rows; DROP TABLE compacted; DROP TABLE folded_record;
    DROP TABLE folded_request; DROP TABLE idle_request;
    CREATE TRIGGER change_log_keeps_rows BEFORE DELETE ON change_log BEGIN SELECT raise(ABORT, 'append-only'); END;
    ALTER TABLE change_log DROP COLUMN regions; ALTER TABLE change_log DROP COLUMN left_regions;
    ALTER TABLE change_log DROP COLUMN note; DROP TABLE data_key; PRAGMA user_version = 1
    """
  #expect(try await ledger.sqlite3(undo) == "")
  try ledger.reopen()
  try ledger.put(Item(key: "b"))
  let changes = try ledger.store.read { try $0.changes(after: 0, limit: 10) }
  var chain = ChangeChain()
  for change in changes { try chain.verify(change) }
  #expect(changes.map(\.key) == ["a", "b"])
}

@Test func aListOfTextsComesBackAsItWent() {
  var random = SeededGenerator("text list")
  let characters: [Character] = ["a", "\u{1F}", "\u{1E}", "s", "e", "中"]
  for _ in 0..<500 {
    let list = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      String((0..<Int.random(in: 0...4, using: &random)).map { _ in characters.randomElement(using: &random) ?? "a" })
    }
    #expect(TextList.elements(of: TextList.framed(list)) == list)
  }
}
