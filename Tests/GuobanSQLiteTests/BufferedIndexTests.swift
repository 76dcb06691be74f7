import GRDB
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanSQLite

/// Whatever is in memory and whatever is in the table: a search finds what a look at every record finds.
struct BufferedIndexTests {
  private static var small: SQLiteConfiguration {
    var configuration = SQLiteConfiguration()
    configuration.bufferedEntriesMax = 5
    return configuration
  }

  private struct Undone: Error {}

  private static func request(_ body: @escaping @Sendable (any LedgerWriter) throws -> Void) -> WriteRequest {
    WriteRequest(actor: "clerk", requestID: "", requestDigest: [], admit: {}, body: body)
  }

  private static func keys(of name: String, _ reader: any LedgerReader) throws -> [String] {
    let filter = Filter.compare(column: "name", .equal, .text(name))
    return try reader.list(ListQuery(type: "Project", filter: filter, afterKey: nil, limit: 1000)).map(\.key)
  }

  private static func expected(_ model: [String: String], _ name: String) -> [String] {
    model.filter { $0.value == name }.keys.sorted()
  }

  private static let names = (0..<6).map { "名\($0)" }

  @Test func searchesFindWhatIsThereThroughMergesRollbacksAndRestarts() throws {
    var random = SeededGenerator("buffered index")
    let ledger = try TemporaryLedger(Self.small)
    var model: [String: String] = [:]
    for round in 0..<60 {
      var requests: [WriteRequest] = []
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let key = "k\(Int.random(in: 0..<80, using: &random))"
        let name = Self.names.randomElement(using: &random) ?? ""
        let operation: Ledger.ChangeOperation = model[key] == nil ? .create : .update
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where model[key] != nil:
          model[key] = nil
          requests.append(Self.request { _ = try $0.delete("Project", key) })
        case 1:
          requests.append(
            Self.request {
              try $0.put(Item(key: key, name: name).stored, operation: operation)
              throw Undone()
            })
        default:
          model[key] = name
          // A request sees its own writes, and those before it in the group.
          let now = model
          requests.append(
            Self.request { writer in
              try writer.put(Item(key: key, name: name).stored, operation: operation)
              let found = try Self.keys(of: name, writer)
              #expect(found == Self.expected(now, name), "round \(round)")
            })
        }
      }
      _ = ledger.submit(requests)
      for name in Self.names {
        let expected = Self.expected(model, name)
        #expect(try ledger.store.read { try Self.keys(of: name, $0) } == expected, "round \(round)")
        let count = GroupQuery(
          source: "Project", filter: .not(.not(.compare(column: "name", .equal, .text(name)))), groupBy: [],
          measures: [.count], rowsMax: 1)
        #expect(try ledger.store.read { try $0.group(count).columns } == [[.integer(Int64(expected.count))]])
        // A request may be told that there may be some where there is none, but never the other way round.
        let mayHave = try ledger.store.read { try $0.mayHave(name, in: "name", of: "Project") }
        #expect(mayHave || expected.isEmpty, "round \(round)")
      }
      if Int.random(in: 0..<10, using: &random) == 0 { try ledger.reopen() }
    }
    #expect(try ledger.store.read { try $0.strayKeys(of: "Project", limit: 10) } == [])
  }

  @Test func anOldViewFindsWhatItHadWhenMergesHaveGoneOn() async throws {
    let ledger = try TemporaryLedger(Self.small)
    let store = ledger.store
    for number in 0..<7 { try ledger.put(Item(key: "a\(number)", name: "甲")) }
    try store.read { reader in
      let before = try Self.keys(of: "甲", reader)
      for number in 0..<200 { try ledger.put(Item(key: "b\(number)", name: "甲")) }
      #expect(before.count == 7)
      #expect(try Self.keys(of: "甲", reader) == before)
    }
    #expect(try store.read { try Self.keys(of: "甲", $0) }.count == 207)
    // Entries are sorted beside the writer; some writes later they are in the table.
    var (merged, number) = (0, 0)
    while merged <= 100, number < 5000 {
      number += 1
      try ledger.put(Item(key: "c\(number)", name: "乙"))
      guard number % 50 == 0 else { continue }
      merged = try #require(
        Int(try await ledger.sqlite3("SELECT count(*) FROM Project_by_name").prefix { $0 != "\n" }))
    }
    #expect(merged > 100)
  }

  /// Merges that take several commits, with restarts and a compaction in between.
  @Test func aMergeInPartsLosesNothing() throws {
    var configuration = SQLiteConfiguration()
    configuration.bufferedEntriesMax = 300
    let ledger = try TemporaryLedger(configuration)
    var names: [String: [String]] = [:]
    for number in 0..<1500 {
      let (key, name) = ("k\(10_000 + number)", "名\(number * 7919 % 400)")
      try ledger.put(Item(key: key, name: name))
      names[name, default: []].append(key)
      let probe = "名\(number * 31 % 400)"
      let found = try ledger.store.read { try Self.keys(of: probe, $0) }
      #expect(found == names[probe] ?? [], "\(number)")
      if number == 650 { #expect(try ledger.store.compact(through: 600, checkCancellation: {}) == 600) }
      if number % 407 == 406 { try ledger.reopen() }
    }
    for (name, keys) in names { #expect(try ledger.store.read { try Self.keys(of: name, $0) } == keys) }
    #expect(try ledger.store.read { try $0.strayKeys(of: "Project", limit: 10) } == [])
  }

  /// Nothing looks into the table for a value that it has not, once its values are known: after opening, and after merges.
  @Test func whatTheTableLacksIsKnownWithoutLooking() async throws {
    let ledger = try TemporaryLedger(Self.small)
    for number in 0..<300 { try ledger.put(Item(key: "k\(number)", name: "名\(number)")) }
    try ledger.reopen()
    #expect(try ledger.store.compact(through: 300, checkCancellation: {}) == 300)
    let index = BufferedIndex("name", of: Item.schemas[1])
    #expect(index.mayHave("无", after: nil) == nil)
    let pool = try DatabaseQueue(path: ledger.file)
    try index.learn { sql, after in try pool.read { try $0.texts(sql, [.text(after)]) } }
    // There only a look tells, in general; of what is not there it is known.
    #expect((0..<300).allSatisfy { index.mayHave("名\($0)", after: nil) == nil })
    #expect((300..<400).count { index.mayHave("名\($0)", after: nil) == false } > 80)
    index.add(TextKey("新"), "k")
    #expect(index.mayHave("新", after: nil) == true)
    index.adopt(300)
    #expect(index.mayHave("无", after: nil) == nil && index.mayHave("新", after: 299) == true)
  }

  /// A store reads its tables when it is opened, and after a ledger was loaded.
  @Test func aStoreLearnsWhatItsTablesHold() async throws {
    let ledger = try TemporaryLedger(Self.small)
    for number in 0..<50 { try ledger.put(Item(key: "k\(number)", name: "名\(number)")) }
    #expect(try ledger.store.compact(through: 50, checkCancellation: {}) == 50)
    try ledger.reopen()
    let index = try #require(ledger.store.bufferedIndexes.first)
    for _ in 0..<2000 where index.mayHave("无", after: nil) == nil { try await Task.sleep(for: .milliseconds(10)) }
    #expect(index.mayHave("无", after: nil) == false)
    #expect(index.mayHave("名3", after: nil) == nil)
  }

  /// What was read of a table that was then filled anew says nothing.
  @Test func aTableThatIsFilledWhileItIsReadIsNotKnown() throws {
    let queue = try DatabaseQueue()
    let index = BufferedIndex("name", of: Item.schemas[1])
    try queue.write { db in
      try db.execute(sql: index.definition)
      try db.execute(sql: "CREATE TABLE meta (name TEXT PRIMARY KEY, value); CREATE TABLE change_log (revision)")
      try db.execute(sql: "CREATE TABLE Project (key, name)")
    }
    try index.learn { _, _ in
      try queue.write { db in
        try db.execute(sql: "INSERT INTO Project VALUES ('k1', '名1')")
        try index.fill(in: db)
      }
      index.adopt(0)
      return []
    }
    #expect(index.mayHave("名1", after: nil) == nil)
    // Begun between the two, in a view of before.
    try queue.write { try index.fill(in: $0) }
    try index.learn { _, _ in
      index.adopt(0)
      return []
    }
    #expect(index.mayHave("名1", after: nil) == nil)
  }

  /// The table is complete when a transaction has said so, not when nothing is left to be written.
  @Test func aMergeOfNothingEndsInATransactionAsWell() async throws {
    let index = BufferedIndex("name", of: Item.schemas[1])
    index.adopt(1)
    for head in UInt64(100_000)..<100_020 {
      index.committed(head, entriesMax: 5)
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(index.settled == 1)
  }

  @Test func whatIsOnlyTriedLeavesNothingBehind() async throws {
    let ledger = try TemporaryLedger(Self.small)
    for number in 0..<100 {
      let trial = WriteRequest(actor: "clerk", requestID: "", requestDigest: [], isTrial: true, admit: {}) { writer in
        try writer.put(Item(key: "t\(number)", name: "试").stored, operation: .create)
        #expect(try Self.keys(of: "试", writer) == ["t\(number)"])
        throw Undone()
      }
      _ = ledger.submit([trial])
    }
    for number in 0..<20 { try ledger.put(Item(key: "k\(number)", name: "甲")) }
    #expect(try ledger.store.compact(through: 20, checkCancellation: {}) == 20)
    let entries = try await ledger.sqlite3("SELECT value, count(*) FROM Project_by_name GROUP BY value")
    #expect(entries.filter { !$0.isWhitespace } == "甲|20")
  }

  /// Texts that Swift calls equal are two values here, and two keys.
  @Test func valuesAreToldApartByTheirBytes() throws {
    let ledger = try TemporaryLedger(Self.small)
    let (one, other) = ("caf\u{E9}", "cafe\u{301}")
    try ledger.put(Item(key: "a", name: one), Item(key: "b", name: other))
    try ledger.write { writer in
      try writer.put(Item(key: "\u{E1}", name: "x").stored, operation: .create)
      let isThere = try (writer.has("Project", "\u{E1}"), writer.has("Project", "a\u{301}"))
      #expect(isThere == (true, false))
    }
    #expect(try ledger.store.compact(through: 3, checkCancellation: {}) == 3)
    for _ in 0..<2 {
      #expect(try ledger.store.read { try Self.keys(of: one, $0) } == ["a"])
      #expect(try ledger.store.read { try Self.keys(of: other, $0) } == ["b"])
      try ledger.reopen()
    }
  }

  @Test func manyOfOneValueAreFoundInMemory() throws {
    let ledger = try TemporaryLedger()
    try ledger.write { writer in
      for number in 0..<1000 { try writer.put(Item(key: "k\(1000 + number)", name: "同").stored, operation: .create) }
      #expect(try Self.keys(of: "同", writer).count == 1000)
    }
    #expect(try ledger.store.read { try Self.keys(of: "同", $0) }.count == 1000)
    try ledger.reopen()
    #expect(try ledger.store.read { try Self.keys(of: "同", $0) }.count == 1000)
  }

  @Test func compactionLosesNothingThatOnlyTheLogKnew() throws {
    let ledger = try TemporaryLedger()
    for number in 0..<20 { try ledger.put(Item(key: "k\(number)", name: "甲")) }
    #expect(try ledger.store.compact(through: 20, checkCancellation: {}) == 20)
    for _ in 0..<2 {
      #expect(try ledger.store.read { try Self.keys(of: "甲", $0) }.count == 20)
      #expect(try ledger.store.read { try $0.strayKeys(of: "Project", limit: 10) } == [])
      try ledger.reopen()
    }
  }

  @Test func aSearchGoesThroughTheIndexAndALostEntryIsFound() async throws {
    let ledger = try TemporaryLedger(Self.small)
    for number in 0..<40 { try ledger.put(Item(key: "k\(number)", name: "名\(number)")) }
    let query = GroupQuery(
      source: "Project", filter: .compare(column: "name", .equal, .text("名3")), groupBy: [], measures: [.count],
      rowsMax: 1)
    let plan = try ledger.store.read { try $0.plan(of: query) }
    #expect(plan.contains { $0.contains("SEARCH t0 USING INDEX sqlite_autoindex_Project_1") }, "\(plan)")
    // Also where another index would do, which may lead to very many.
    let both = GroupQuery(
      source: "Project",
      filter: .and([
        .compare(column: "region", .equal, .text("41")), .compare(column: "name", .equal, .text("名3")),
        .compare(column: "amount", .equal, .integer(1)),
      ]), groupBy: [], measures: [.count], rowsMax: 1)
    let other = try ledger.store.read { try $0.plan(of: both) }
    #expect(other.contains { $0.contains("SEARCH t0 USING INDEX sqlite_autoindex_Project_1") }, "\(other)")
    #expect(try ledger.store.compact(through: 40, checkCancellation: {}) == 40)
    _ = try await ledger.sqlite3("DELETE FROM Project_by_name WHERE value = '名3'")
    #expect(try ledger.store.read { try $0.strayKeys(of: "Project", limit: 10) } == ["k3"])
    // A schema of another shape fills it anew.
    var schemas = Item.schemas
    schemas[1] = schemas[1].with(columns: schemas[1].columns + [ColumnSchema("name_length", .integer)])
    try ledger.reopen(schemas: schemas)
    #expect(try ledger.store.read { try $0.strayKeys(of: "Project", limit: 10) } == [])
    #expect(try ledger.store.read { try Self.keys(of: "名3", $0) } == ["k3"])
    schemas[1] = schemas[1].with(bufferedIndexes: [])
    try ledger.reopen(schemas: schemas)
    #expect(try ledger.store.read { try Self.keys(of: "名3", $0) } == ["k3"])
    #expect(
      try await ledger.sqlite3("SELECT count(*) FROM sqlite_master WHERE name = 'Project_by_name'").hasPrefix("0"))
  }
}
