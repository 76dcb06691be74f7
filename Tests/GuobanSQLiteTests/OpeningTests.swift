import Foundation
import GuobanStorage
import Testing

@testable import GuobanSQLite

private func failure(_ ledger: TemporaryLedger, schemas: [RecordSchema] = Item.schemas) -> StorageError? {
  do {
    try ledger.store.close()
    try TemporaryLedger.open(ledger.directory, schemas: schemas).close()
    return nil
  } catch {
    return error as? StorageError
  }
}

@Test func secondStoreInTheDirectoryIsRefused() throws {
  let ledger = try TemporaryLedger()
  let error = #expect(throws: StorageError.self) { try TemporaryLedger.open(ledger.directory) }
  #expect(error?.code == .locked)
  #expect(error?.message.contains("\(getpid())") == true)
}

@Test func fileIsALedgerInWALModeForItsOwnerAlone() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a"))
  for suffix in ["", "-wal", "-shm"] {
    let mode = try FileManager.default.attributesOfItem(atPath: ledger.file + suffix)[.posixPermissions] as? Int
    #expect(mode == 0o600, "\(suffix)")
  }
  let id = try await ledger.sqlite3("PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode")
  #expect(id == "\(0x4742_414e)\n6\nwal\n")
}

@Test func newerStorageVersionIsRefusedUntouched() async throws {
  let ledger = try TemporaryLedger()
  try ledger.store.close()
  _ = try await ledger.sqlite3("PRAGMA user_version = 9")
  let error = try #require(failure(ledger))
  #expect(error.code == .newerSchema)
  #expect(error.message.contains("version 9") && error.message.contains("up to 6"))
  #expect(try await ledger.sqlite3("PRAGMA user_version") == "9\n")
}

@Test func unknownRecordTypeMeansANewerProgram() throws {
  let ledger = try TemporaryLedger()
  let error = try #require(failure(ledger, schemas: [Item.schemas[0]]))
  #expect(error.code == .newerSchema)
  #expect(error.message.contains("Project"))
  #expect(failure(ledger) == nil)
}

@Test(arguments: [
  "this is no database at all, but long enough to have a header" + String(repeating: ".", count: 99), "short",
])
func fileThatIsNoDatabaseIsRefusedUntouched(content: String) throws {
  let ledger = try TemporaryLedger()
  try ledger.store.close()
  try Data(content.utf8).write(to: URL(fileURLWithPath: ledger.file))
  #expect(failure(ledger)?.code == .corrupted)
  #expect(try String(contentsOfFile: ledger.file, encoding: .utf8) == content)
}

@Test func foreignDatabaseIsRefusedUntouched() async throws {
  let ledger = try TemporaryLedger()
  try ledger.store.close()
  try FileManager.default.removeItem(atPath: ledger.file)
  _ = try await ledger.sqlite3("CREATE TABLE shopping (item TEXT)")
  let before = try Data(contentsOf: URL(fileURLWithPath: ledger.file))
  #expect(failure(ledger)?.message.contains("not a ledger") == true)
  #expect(try Data(contentsOf: URL(fileURLWithPath: ledger.file)) == before)
}

@Test func damagedPagesAreFound() throws {
  let ledger = try TemporaryLedger()
  for number in 0..<200 { try ledger.put(Item(key: "k\(number)", name: String(repeating: "n", count: 300))) }
  try ledger.store.close()
  var bytes = try Data(contentsOf: URL(fileURLWithPath: ledger.file))
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  // Damages the head of every fourth page, the first one left alone.
  for page in stride(from: 4 + Int(seed % 4), to: bytes.count / 4096, by: 4) {
    for offset in 0..<64 { bytes[page * 4096 + offset] = UInt8(truncatingIfNeeded: seed >> UInt64(offset % 8 * 8)) }
  }
  try bytes.write(to: URL(fileURLWithPath: ledger.file))
  let error = try #require(failure(ledger))
  #expect(error.code == .corrupted)
  #expect(error.message.contains("restore"))
}

@Test(arguments: [
  "UPDATE change_log SET record = x'00' WHERE revision = 3",
  "UPDATE change_log SET actor = 'nobody' WHERE revision = 2",
  "DELETE FROM change_log WHERE revision = 2",
  "UPDATE change_log SET commit_revision = 99 WHERE revision = 4",
])
func tamperedChangeLogIsFound(statement: String) async throws {
  let ledger = try TemporaryLedger()
  for number in 1...4 { try ledger.put(Item(key: "\(number)")) }
  #expect(try await ledger.sqlite3(statement).contains("append-only"))
  try ledger.reopen()
  try ledger.store.close()
  _ = try await ledger.sqlite3(
    "DROP TRIGGER change_log_keeps_rows; DROP TRIGGER change_log_keeps_content; \(statement)")
  let error = try #require(failure(ledger))
  #expect(error.code == .corrupted)
  #expect(error.message.contains("change log"))
}

@Test func newColumnsAreProjectedFromStoredBytes() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a", name: "four", region: "41", plans: [2026: 5]), Item(key: "b", name: "sixsix"))
  var wider = Item.schemas
  let plans = ChildSchema(name: "YearPlan", columns: wider[1].children[0].columns)
  wider[1] = wider[1].with(
    columns: [ColumnSchema("name_length", .integer)] + wider[1].columns, children: [plans], indexes: [["name_length"]])
  try ledger.reopen(schemas: wider)
  #expect(try await ledger.sqlite3("SELECT key, revision, name_length, region FROM Project") == "a|1|4|41\nb|2|6|\n")
  #expect(try await ledger.sqlite3("SELECT key, year, fen FROM YearPlan") == "a|2026|5\n")
  #expect(
    try await ledger.sqlite3("SELECT name FROM sqlite_master WHERE name LIKE 'old %' OR name = 'ProjectPlan'") == "")
  let bytes = try ledger.store.read { try $0.record("Project", "a") }
  #expect(bytes == Item(key: "a", name: "four", region: "41", plans: [2026: 5]).bytes)
  #expect(ledger.store.revision == 2)
  // And back: the columns are derived, nothing is lost.
  try ledger.reopen()
  #expect(try await ledger.sqlite3("SELECT key, year, fen FROM ProjectPlan") == "a|2026|5\n")
}

/// Columns that keep their names and come to hold something else are filled anew, once.
@Test func aNewProjectionIsMadeOfStoredBytes() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a", name: "four"))
  _ = try await ledger.sqlite3("UPDATE Project SET name = 'as an older program had it'")
  try ledger.reopen()
  #expect(try await ledger.sqlite3("SELECT name FROM Project") == "as an older program had it\n")
  var next = Item.schemas
  next[1] = next[1].with(projection: 2)
  try ledger.reopen(schemas: next)
  #expect(try await ledger.sqlite3("SELECT name FROM Project") == "four\n")
}

@Test func sourceNamesOfTheStoreItselfAreRefused() throws {
  for name in ["meta", "Change_Log", "sqlite_x"] {
    #expect(throws: StorageError.self) { try LedgerShape([RecordSchema(name: name, columns: [])]) }
  }
}
