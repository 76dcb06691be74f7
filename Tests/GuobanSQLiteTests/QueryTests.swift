import GuobanMessages
import GuobanStorage
import Testing

@testable import GuobanSQLite

private let items = [
  Item.region("41", "河南"), .region("4109", "濮阳"),
  Item(key: "a", name: "alpha", region: "41", amount: 10, tags: ["x", "long tag"], plans: [2025: 1, 2026: 2]),
  Item(key: "b", name: "beta 'q' \"d\"", region: "4109", amount: -5, tags: ["xy", ""]),
  Item(key: "c", name: "", region: nil, amount: nil, tags: []),
  Item(key: "d", name: "濮阳县项目", region: "gone", amount: 10, tags: ["a\u{1f}b", "\u{1e}s"], plans: [2026: 4]),
]

private func filled() throws -> TemporaryLedger {
  let ledger = try TemporaryLedger()
  try ledger.write { writer in for item in items { try writer.put(item.stored, operation: .create) } }
  return ledger
}

private func keys(_ ledger: TemporaryLedger, _ filter: Filter?, type: String = "Project") throws -> String {
  try ledger.store.read { reader in
    try reader.list(ListQuery(type: type, filter: filter, afterKey: nil, limit: 100)).map(\.key).joined()
  }
}

@Test func filtersFindWhatTheySay() throws {
  let ledger = try filled()
  let parser = FilterParser(catalog: try SchemaCatalog(Item.schemas), limits: .standard)
  let cases: [(String, String)] = [
    ("", "abcd"), ("key = b", "b"), ("key > b", "cd"), ("revision = 3", "a"),
    ("amount = 10", "ad"), ("amount != 10", "bc"), ("amount < 0", "b"), ("amount >= -5", "abd"),
    ("amount = null", "c"), ("amount != null", "abd"), ("NOT amount = 10", "bc"), ("NOT amount < 100", "c"),
    ("name = \"\"", "c"), ("name = \"beta 'q' \\\"d\\\"\"", "b"), ("name:阳县", "d"), ("name:\"\"", "abcd"),
    ("name = \"' OR 1=1 --\"", ""), ("name:\"%\"", ""),
    ("tags:x", "a"), ("tags:xy", "b"), ("tags:\"long tag\"", "a"), ("tags:tag", ""), ("tags:\"\"", "b"),
    ("tags:\"a\u{1f}b\"", "d"), ("tags:a", ""), ("tags:\"\u{1e}s\"", "d"), ("tags:\"\u{1f}\"", ""),
    ("region.name = 河南", "a"), ("region.name = null", "cd"), ("region.name != 河南", "bcd"), ("region = null", "c"),
    ("region.key > 41", "b"), ("NOT (region = 41 OR amount = null)", "bd"),
    ("region = 41 AND amount = 10", "a"), ("amount = 10 AND region = 41 OR region = gone", "ad"),
    ("-(tags:x OR tags:xy)", "cd"),
  ]
  for (text, expected) in cases {
    #expect(try keys(ledger, try parser.parse(text, source: "Project")) == expected, "\(text)")
  }
}

@Test func handMadeFilterIsCheckedToo() throws {
  let ledger = try filled()
  let bad: [Filter] = [
    .compare(column: "amount", .equal, .text("1")), .compare(column: "name", .less, .null),
    .compare(column: "tags", .equal, .textList(["x"])), .has(column: "amount", "1"),
    .compare(column: "ghost", .equal, .null), .not(.compare(column: "name; DROP TABLE Project", .equal, .null)),
  ]
  for filter in bad {
    let error = #expect(throws: StorageError.self) { try keys(ledger, filter) }
    #expect(error?.code == .invalidQuery)
  }
  #expect(try keys(ledger, .and([])) == "abcd")
  #expect(try keys(ledger, .or([])) == "")
}

@Test func pagesFollowTheBytesOfKeys() throws {
  let ledger = try TemporaryLedger()
  let names = ["B", "Z", "a", "e\u{301}", "z", "\u{e9}", "中", "𠀀"]
  try ledger.write { writer in
    for name in names.reversed() { try writer.put(Item(key: name).stored, operation: .create) }
  }
  var seen: [String] = []
  while true {
    let page = try ledger.store.read {
      try $0.list(ListQuery(type: "Project", filter: nil, afterKey: seen.last, limit: 3))
    }
    if page.isEmpty { break }
    seen += page.map(\.key)
  }
  #expect(seen.map { Array($0.utf8) } == names.map { Array($0.utf8) })
}

@Test func groupsAreWhatTheSqlite3ProgramSays() async throws {
  let ledger = try filled()
  let join = "FROM Project p LEFT JOIN Region r ON r.key = p.region"
  let cases: [(GroupQuery, String)] = [
    (
      GroupQuery(
        source: "Project", filter: nil, groupBy: ["region.name"],
        measures: [.count, .sum("amount"), .min("amount"), .max("name")], rowsMax: 10),
      "SELECT r.name, count(*), sum(amount), min(amount), max(p.name) \(join) GROUP BY 1 ORDER BY 1"
    ),
    (
      GroupQuery(
        source: "Project", filter: .compare(column: "amount", .greater, .integer(0)), groupBy: ["amount", "region"],
        measures: [.count], rowsMax: 10),
      "SELECT amount, region, count(*) FROM Project WHERE amount > 0 GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    (
      GroupQuery(
        source: "ProjectPlan", filter: nil, groupBy: ["project.region", "year"],
        measures: [.sum("fen"), .sum("project.amount")], rowsMax: 10),
      """
      SELECT p.region, year, sum(fen), sum(p.amount) FROM ProjectPlan c LEFT JOIN Project p ON p.key = c.key
      GROUP BY 1, 2 ORDER BY 1, 2
      """
    ),
    (
      GroupQuery(source: "Project", filter: nil, groupBy: [], measures: [.sum("amount"), .count], rowsMax: 1),
      "SELECT sum(amount), count(*) FROM Project"
    ),
    (
      GroupQuery(source: "Project", filter: .or([]), groupBy: [], measures: [.sum("amount"), .count], rowsMax: 1),
      "SELECT sum(amount), count(*) FROM Project WHERE 0"
    ),
    (
      GroupQuery(source: "Project", filter: nil, groupBy: ["region"], measures: [], rowsMax: 10),
      "SELECT region FROM Project GROUP BY 1 ORDER BY 1"
    ),
  ]
  for (query, sql) in cases {
    let result = try ledger.store.read { try $0.group(query) }
    let rows = (result.columns.first ?? []).indices.map { row in
      result.columns.map { column -> String in
        switch column[row] {
        case .null: return ""
        case .integer(let value): return String(value)
        case .text(let text): return text
        case .textList: return "?"
        }
      }.joined(separator: "|") + "\n"
    }
    #expect(rows.joined() == (try await ledger.sqlite3(sql)), "\(sql)")
  }
}

@Test func groupNamesAreTheQuerysOwnWords() throws {
  let ledger = try filled()
  let result = try ledger.store.read {
    try $0.group(
      GroupQuery(
        source: "ProjectPlan", filter: nil, groupBy: ["project.region.name"], measures: [.sum("fen"), .count],
        rowsMax: 9))
  }
  #expect(result.names == ["project.region.name", "sum(fen)", "count"])
}

@Test func tooManyGroupsAndTooLargeSumsAreErrors() throws {
  let ledger = try filled()
  func code(_ query: GroupQuery) -> StorageError.Code? {
    do { _ = try ledger.store.read { try $0.group(query) } } catch { return (error as? StorageError)?.code }
    return nil
  }
  func byKey(_ rowsMax: Int) -> GroupQuery {
    GroupQuery(source: "Project", filter: nil, groupBy: ["key"], measures: [.count], rowsMax: rowsMax)
  }
  #expect(code(byKey(4)) == nil)
  #expect(code(byKey(3)) == .tooLarge)
  #expect(code(byKey(.max)) == nil)
  #expect(code(byKey(0)) == .invalidQuery)
  func sum(_ column: String, by group: [String] = []) -> GroupQuery {
    GroupQuery(source: "Project", filter: nil, groupBy: group, measures: [.sum(column)], rowsMax: 9)
  }
  #expect(code(sum("name")) == .invalidQuery)
  #expect(code(sum("amount", by: ["tags"])) == .invalidQuery)
  try ledger.put(Item(key: "e", amount: .max))
  #expect(code(sum("amount")) == .tooLarge)
  #expect(code(sum("amount", by: ["key"])) == nil)
}

@Test func changesAreCutBetweenCommits() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "1"))
  try ledger.put(Item(key: "2"), Item(key: "3"), Item(key: "4"))
  try ledger.put(Item(key: "5"))
  let cases: [(after: UInt64, limit: Int, expected: [UInt64])] = [
    (0, 1, [1]), (0, 2, [1]), (0, 3, [1]), (0, 4, [1, 2, 3, 4]), (0, 9, [1, 2, 3, 4, 5]),
    // One commit longer than the limit comes whole.
    (1, 1, [2, 3, 4]), (1, 4, [2, 3, 4, 5]), (4, 9, [5]), (5, 9, []), (99, 9, []), (.max, 9, []),
  ]
  for (after, limit, expected) in cases {
    let changes = try ledger.store.read { try $0.changes(after: after, limit: limit) }
    #expect(changes.map(\.revision) == expected, "after \(after) limit \(limit)")
  }
}

/// An abandoned query does not go on holding a thread and a connection.
@Test func readingIsGivenUpWhenNobodyWaitsAnyMore() throws {
  let ledger = try TemporaryLedger()
  try ledger.write { writer in
    for number in 0..<3000 {
      try writer.put(Item(key: "\(number)", name: "n\(number)", amount: Int64(number)).stored, operation: .create)
    }
  }
  // No index helps: every row is looked at.
  let query = ListQuery(type: "Project", filter: .has(column: "name", "nowhere"), afterKey: nil, limit: 10)
  var asked = 0
  let found = try ledger.store.read(
    isCancelled: {
      asked += 1
      return false
    }, { try $0.list(query) })
  #expect(found.isEmpty && asked > 0)
  let error = #expect(throws: StorageError.self) {
    _ = try ledger.store.read(isCancelled: { true }) { try $0.list(query) }
  }
  #expect(error?.code == .cancelled)
  // The connection is as good as before.
  for _ in 0..<20 { #expect(try ledger.store.read { try $0.list(query) }.isEmpty) }
}
