import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

@testable import GuobanSQLite

/// A search in the change log finds what going through all of it finds.
@Suite(.timeLimit(.minutes(2))) struct ChangeSearchTests {
  @Test func aSearchFindsWhatReadingEverythingFinds() async throws {
    var random = SeededGenerator("ChangeSearchTests")
    let clock = Mutex<Int64>(1_700_000_000)
    let ledger = try TemporaryLedger(now: { clock.withLock { Google.Timestamp(seconds: $0) } })
    try Self.fill(ledger, &random, clock)
    try Self.search(ledger, &random)
    // Into the middle of a block.
    _ = try ledger.store.compact(through: 1000) {}
    let oldest = try ledger.store.read { try $0.oldestRevision }
    #expect((1000...1003).contains(oldest))
    try Self.search(ledger, &random)
    let blocks = "SELECT min(block) FROM change_block; SELECT min(block) FROM change_block_value"
    #expect(try await ledger.sqlite3(blocks) == "\(oldest / 64)\n\(oldest / 64)\n")
    _ = try ledger.store.compact(through: ledger.store.revision) {}
    try Self.search(ledger, &random)
    try ledger.put(Item(key: "after"))
    try Self.search(ledger, &random)
  }

  @Test func aLoadedLogCanBeSearched() throws {
    var random = SeededGenerator("ChangeSearchTests, load")
    let clock = Mutex<Int64>(1_700_000_000)
    let ledger = try TemporaryLedger(now: { clock.withLock { Google.Timestamp(seconds: $0) } })
    for _ in 0..<2 { try Self.fill(ledger, &random, clock) }
    var items: [LoadItem] = try ledger.store.read { reader in
      try ["Region", "Project"].flatMap { type in
        try reader.rows(of: type, afterKey: "", limit: 100_000).map { .record($0.record) }
      } + reader.changes(after: 0, limit: 100_000).map { .change($0) }
    }
    #expect(items.count > 64 * 64)
    items.reverse()
    let copy = try TemporaryLedger()
    try copy.store.load { items.popLast() }
    try Self.search(copy, &random)
  }

  @Test func theEndOfTheCommitsBeforeATimeIsFound() throws {
    var random = SeededGenerator("ChangeSearchTests, time")
    let clock = Mutex<Int64>(1_700_000_000)
    let ledger = try TemporaryLedger(now: { clock.withLock { Google.Timestamp(seconds: $0) } })
    try Self.fill(ledger, &random, clock)
    let all = try ledger.store.read { try $0.changes(after: 0, limit: 100_000) }
    for _ in 0..<100 {
      let second = (all.randomElement(using: &random)?.time?.seconds ?? 0) + Int64.random(in: -1...1, using: &random)
      let first = all.first { ($0.time?.seconds ?? 0) >= second }?.revision ?? UInt64(all.count) + 1
      let expected = all.last { $0.revision < first && $0.revision == $0.commitRevision }?.revision
      #expect(try ledger.store.read { try $0.commitEnd(before: second) } == expected, "\(second)")
    }
  }

  private static func search(_ ledger: TemporaryLedger, _ random: inout SeededGenerator) throws {
    let all = try ledger.store.read { try $0.changes(after: 0, limit: 100_000) }
    for _ in 0..<150 {
      let query = query(among: all, &random)
      let found = try ledger.store.read { try pages($0, query) }
      #expect(found == expected(query, of: all), "\(query)")
    }
    #expect(try ledger.store.read { try $0.hiddenChanges(after: 0, through: .max, limit: 10) } == [])
  }

  @Test func anOldLogGetsItsBlocks() async throws {
    var random = SeededGenerator("ChangeSearchTests, old log")
    let clock = Mutex<Int64>(1_700_000_000)
    let ledger = try TemporaryLedger(now: { clock.withLock { Google.Timestamp(seconds: $0) } })
    try Self.fill(ledger, &random, clock)
    try ledger.store.close()
    let before = try await ledger.sqlite3(Self.tables)
    let undo = """
      DROP TABLE idle_request; DROP TABLE change_block; DROP TABLE change_block_value; CREATE INDEX change_log_actor ON change_log (actor);
      CREATE INDEX change_log_type ON change_log (record_type); CREATE INDEX change_log_time ON change_log (time_seconds);
      CREATE INDEX change_log_delete ON change_log (operation) WHERE operation = 3; PRAGMA user_version = 4
      """
    #expect(try await ledger.sqlite3(undo) == "")
    try ledger.reopen()
    #expect(try await ledger.sqlite3(Self.tables) == before)
    try ledger.put(Item(key: "after"))
    #expect(try ledger.store.read { try $0.hiddenChanges(after: 0, through: .max, limit: 10) } == [])
  }

  @Test func aRowThatASearchWouldMissIsFound() async throws {
    let ledger = try TemporaryLedger()
    try ledger.put(Item(key: "a"), Item(key: "b"))
    try ledger.store.close()
    #expect(try await ledger.sqlite3("DELETE FROM change_block_value WHERE field = 'actor'") == "")
    try ledger.reopen()
    let hidden = try ledger.store.read { try $0.hiddenChanges(after: 0, through: 2, limit: 10) }
    #expect(hidden.map(\.revision) == [1, 2] && hidden.map(\.name.key) == ["a", "b"])
    #expect(try ledger.store.read { try $0.hiddenChanges(after: 1, through: 2, limit: 10) }.count == 1)
    #expect(try ledger.store.read { try $0.hiddenChanges(after: 0, through: 2, limit: 1) }.count == 1)
  }

  @Test func aWriterSeesWhatItsGroupHasWritten() throws {
    let ledger = try TemporaryLedger()
    let seen = Mutex<[Int]>([])
    let requests = (0..<200).map { index in
      WriteRequest(actor: "clerk", requestID: "", requestDigest: [], admit: {}) { writer in
        var query = ChangeQuery(limit: 1000)
        query.actor = "clerk"
        let count = try writer.changes(query).count
        seen.withLock { $0.append(count) }
        try writer.put(Item(key: "\(index)").stored, operation: .create)
      }
    }
    for result in ledger.submit(requests) { _ = try result.get() }
    #expect(seen.withLock { $0 } == Array(0..<200))
  }

  private static let tables =
    "SELECT * FROM change_block ORDER BY 1; SELECT * FROM change_block_value ORDER BY 1, 2, 3"

  /// Some three thousand changes by several actors of two types; the clock stands, goes on, and goes back at times.
  private static func fill(
    _ ledger: TemporaryLedger, _ random: inout SeededGenerator, _ clock: borrowing Mutex<Int64>
  ) throws {
    var keys: [String] = []
    let round = ledger.store.revision
    for index in 0..<1500 {
      clock.withLock { $0 += Int64.random(in: index % 100 == 99 ? -5000...0 : 0...60, using: &random) }
      // One who is here nearly always, one who is here at times, one who came once.
      let actor = index == 700 ? "once" : Int.random(in: 0..<40, using: &random) == 0 ? "seldom" : "often"
      let isRegion = index / 300 == 2 || Int.random(in: 0..<200, using: &random) == 0
      let count = Int.random(in: 1...3, using: &random)
      let gone = index % 50 == 49 ? keys.popLast() : nil
      try ledger.write(actor: actor) { writer in
        for part in 0..<count {
          let key = "\(index)-\(part)-\(round)"
          try writer.put((isRegion ? Item.region(key, "r") : Item(key: key)).stored, operation: .create)
        }
        if let gone { _ = try writer.delete("Project", gone) }
      }
      if !isRegion { keys.append("\(index)-0-\(round)") }
    }
  }

  private static func query(among all: [Ledger.Change], _ random: inout SeededGenerator) -> ChangeQuery {
    var query = ChangeQuery(limit: [1, 7, 100, 5000].randomElement(using: &random) ?? 1)
    if Bool.random(using: &random) {
      query.actor = ["once", "seldom", "often", "never"].randomElement(using: &random) ?? ""
    }
    if Bool.random(using: &random) { query.type = ["Project", "Region"].randomElement(using: &random) ?? "" }
    if Bool.random(using: &random) { query.operation = [.create, .delete, .update].randomElement(using: &random) }
    if Bool.random(using: &random) {
      let ends = (0..<2).map { _ in all.randomElement(using: &random)?.time?.seconds ?? 0 }.sorted()
      query.seconds = ends[0]..<ends[1]
    }
    query.withoutRecords = Bool.random(using: &random)
    query.oldestFirst = Bool.random(using: &random)
    return query
  }

  /// Every page, one after the other; of very small ones the first few.
  private static func pages(_ reader: any LedgerReader, _ query: ChangeQuery) throws -> [UInt64] {
    var query = query
    var found: [UInt64] = []
    while true {
      let page = try reader.changes(query)
      found += page.map(\.revision)
      #expect(page.allSatisfy { $0.record.isEmpty || !query.withoutRecords })
      guard page.count == query.limit, let last = page.last, found.count < most(query) else { return found }
      query.afterRevision = last.revision
    }
  }

  private static func expected(_ query: ChangeQuery, of all: [Ledger.Change]) -> [UInt64] {
    let found = all.filter { change in
      (query.actor.isEmpty || change.actor == query.actor) && (query.type.isEmpty || change.recordType == query.type)
        && (query.operation.map { $0 == change.operation } ?? true)
        && (query.seconds.map { $0.contains(change.time?.seconds ?? 0) } ?? true)
    }.map(\.revision)
    return Array((query.oldestFirst ? found : found.reversed()).prefix(most(query)))
  }

  /// A whole number of pages.
  private static func most(_ query: ChangeQuery) -> Int { 100 * query.limit }
}
