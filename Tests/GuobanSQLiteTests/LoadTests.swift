import GuobanMessages
import GuobanStorage
import Testing

@testable import GuobanSQLite

/// A ledger with updates, a delete and a record made again, as load items.
private func sample() throws -> (ledger: TemporaryLedger, items: [LoadItem]) {
  let ledger = try TemporaryLedger()
  try ledger.put(.region("41", "河南"), Item(key: "a", name: "one", plans: [2026: 1]), Item(key: "b"))
  try ledger.write { try $0.put(Item(key: "a", name: "two", plans: [2026: 2]).stored, operation: .update) }
  try ledger.write { _ = try $0.delete("Project", "b") }
  try ledger.put(Item(key: "c"))
  try ledger.write { _ = try $0.delete("Project", "c") }
  try ledger.put(Item(key: "c", name: "again"))
  let items: [LoadItem] = try ledger.store.read { reader in
    var items: [LoadItem] = []
    for type in ["Region", "Project"] {
      for record in try reader.list(ListQuery(type: type, filter: nil, afterKey: nil, limit: 100)) {
        items.append(.record(try Item.project(type, record.key, record.bytes, schemas: Item.schemas)))
      }
    }
    return items + (try reader.changes(after: 0, limit: 100).map(LoadItem.change))
  }
  return (ledger, items)
}

private func load(_ items: [LoadItem], into ledger: TemporaryLedger) throws {
  var rest = items[...]
  try ledger.store.load { rest.popFirst() }
}

@Test func loadedLedgerIsTheSame() async throws {
  let (original, items) = try sample()
  let copy = try TemporaryLedger()
  try load(items, into: copy)
  #expect(copy.store.revision == original.store.revision)
  let dump = "SELECT * FROM Project; SELECT * FROM Region; SELECT * FROM ProjectPlan; SELECT hex(hash) FROM change_log"
  #expect(try await copy.sqlite3(dump) == (try await original.sqlite3(dump)))
  let again = Filter.compare(column: "name", .equal, .text("again"))
  #expect(
    try copy.store.read { try $0.list(ListQuery(type: "Project", filter: again, afterKey: nil, limit: 9)) }.map(\.key)
      == ["c"])
  let outcome = try copy.put(Item(key: "next"))
  #expect(outcome.revision == original.store.revision + 1)
  try copy.reopen()
  try copy.store.read { reader in
    var chain = ChangeChain()
    for change in try reader.changes(after: 0, limit: 100) { try chain.verify(change) }
  }
}

@Test func emptyLoadLeavesAnEmptyLedger() throws {
  let ledger = try TemporaryLedger()
  try load([], into: ledger)
  #expect(try ledger.put(Item(key: "a")).revision == 1)
}

@Test func loadThatDoesNotAgreeChangesNothing() async throws {
  let (_, items) = try sample()
  let records = items.filter { if case .record = $0 { true } else { false } }
  let changes = items.filter { if case .change = $0 { true } else { false } }
  func altered(_ alter: (inout Ledger.Change) -> Void) -> [LoadItem] {
    var all = items
    guard case .change(var change)? = all.popLast() else { return [] }
    alter(&change)
    return all + [.change(change)]
  }
  let cases: [(String, [LoadItem])] = [
    ("a record less", Array(records.dropFirst()) + changes),
    ("a record more", records + [.record(Item(key: "z").stored)] + changes),
    ("a deleted record is back", records + [.record(Item(key: "b").stored)] + changes),
    (
      "another record's bytes",
      records.map { item in
        guard case .record(var record) = item, record.key == "a" else { return item }
        record.bytes[0] ^= 1
        return .record(record)
      } + changes
    ),
    ("a change less at the end", Array(items.dropLast())),
    ("no changes", records), ("changes first", changes + records),
    ("a change altered", altered { $0.record = [1] }),
    ("a revision left out", altered { $0.revision += 1 }),
    ("an open commit", altered { $0.commitRevision += 1 }),
    ("an unknown type", altered { $0.recordType = "Ghost" }),
  ]
  for (name, items) in cases {
    let ledger = try TemporaryLedger()
    #expect(throws: StorageError.self, "\(name)") { try load(items, into: ledger) }
    #expect(ledger.store.revision == 0)
    #expect(
      try await ledger.sqlite3("SELECT count(*) FROM Project; SELECT count(*) FROM change_log") == "0\n0\n", "\(name)")
    #expect(try ledger.put(Item(key: "a")).revision == 1)
  }
}

@Test func loadIntoALedgerThatHoldsSomethingIsRefused() throws {
  let (ledger, items) = try sample()
  let error = #expect(throws: StorageError.self) { try load(items, into: ledger) }
  #expect(error?.code == .notEmpty)
}
