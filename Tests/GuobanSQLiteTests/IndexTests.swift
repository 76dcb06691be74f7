import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanSQLite

/// Columns that are the beginning of the key, and indexes over what few records have: searches use them, and find what a
/// look at every record finds.
struct IndexTests {
  private static let schemas = [
    RecordSchema(name: "Region", columns: [ColumnSchema("name", .text)]),
    RecordSchema(
      name: "Project",
      columns: [
        ColumnSchema("division", .text, keyPrefix: 2), ColumnSchema("name", .text, isSparse: true),
        ColumnSchema("amount", .integer),
      ],
      indexes: [["name"]], regionPaths: ["division"]),
    RecordSchema(
      name: "Trip", columns: [ColumnSchema("project", .text, references: "Project")], indexes: [["project"]],
      regionPaths: ["project.division"]),
  ]

  private struct Row {
    let key: String
    let name: String?
    var division: String { String(key.prefix(2)) }

    var stored: StoredRecord {
      StoredRecord(
        type: "Project", key: key, bytes: Array((name ?? "-").utf8),
        columns: [.text(division), name.map(ColumnValue.text) ?? .null, .integer(1)])
    }
  }

  private static let rows = (0..<400).map { number in
    let division = ["41", "42", "43", "湘A", "4"][number % 5]
    return Row(
      key: "\(division)\(1000 + number)", name: number % 7 == 0 ? nil : number % 3 == 0 ? "" : "名\(number % 11)")
  }

  private static func filled() throws -> TemporaryLedger {
    let ledger = try TemporaryLedger()
    try ledger.reopen(schemas: schemas)
    try ledger.write { writer in
      for row in rows { try writer.put(row.stored, operation: .create) }
    }
    return ledger
  }

  private static func filter(_ column: String, _ comparison: Filter.Operator, _ text: String) -> Filter {
    .compare(column: column, comparison, .text(text))
  }

  private static func keys(_ filter: Filter, _ reader: any LedgerReader) throws -> [String] {
    try reader.list(ListQuery(type: "Project", filter: filter, afterKey: nil, limit: 1000)).map(\.key)
  }

  private static func expected(_ isRight: (Row) -> Bool) -> [String] {
    rows.filter(isRight).map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  @Test func aColumnOfTheKeyIsSearchedAndGroupedAsIfItWereStored() async throws {
    let ledger = try Self.filled()
    for text in ["41", "43", "4", "湘A", "42x", "9", ""] {
      let filter = Self.filter("division", .equal, text)
      let found = try ledger.store.read { try Self.keys(filter, $0) }
      #expect(found == Self.expected { $0.division == text }, "\(text)")
      let others = try ledger.store.read { try Self.keys(.not(filter), $0) }
      #expect(others == Self.expected { $0.division != text }, "\(text)")
    }
    for texts in [["41", "43"], ["湘A", "41"], ["43"], []] {
      let found = try ledger.store.read { try Self.keys(.isOne(column: "division", of: texts), $0) }
      #expect(found == Self.expected { texts.contains($0.division) }, "\(texts)")
    }
    let count = GroupQuery(source: "Project", filter: nil, groupBy: ["division"], measures: [.count], rowsMax: 100)
    let groups = try ledger.store.read { try $0.group(count) }
    let divisions = Set(Self.rows.map(\.division)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(groups.columns[0] == divisions.map(ColumnValue.text))
    // Neither reads the records.
    let plan = try ledger.store.read { try $0.plan(of: count) }
    #expect(plan.contains { $0.contains("COVERING INDEX sqlite_autoindex_Project_1") }, "\(plan)")
    let one = GroupQuery(
      source: "Project", filter: Self.filter("division", .equal, "41"), groupBy: [], measures: [.count], rowsMax: 1)
    let search = try ledger.store.read { try $0.plan(of: one) }
    #expect(search.contains { $0.contains("sqlite_autoindex_Project_1 (key>? AND key<?)") }, "\(search)")
    #expect(
      try await ledger.sqlite3("SELECT count(*) FROM pragma_table_info('Project') WHERE name = 'division'") == "0\n")
    #expect(
      try ledger.store.read { try $0.rows(of: "Project", afterKey: "", limit: 1) }.first?.record.columns.first
        == .text("41"))
    #expect(
      try ledger.write { try $0.put(Row(key: "410001", name: nil).stored, operation: .create) }.changes.first?.regions
        == ["41"])
    #expect(try ledger.write { _ = try $0.delete("Project", "410001") }.changes.first?.regions == ["41"])
  }

  @Test func anIndexOfWhatFewHaveIsUsedAndHidesNothing() async throws {
    let ledger = try Self.filled()
    for text in ["名3", "名10", "无", ""] {
      let equal = try ledger.store.read { try Self.keys(Self.filter("name", .equal, text), $0) }
      #expect(equal == Self.expected { $0.name == text }, "\(text)")
      let other = try ledger.store.read { try Self.keys(Self.filter("name", .notEqual, text), $0) }
      #expect(other == Self.expected { $0.name != text }, "\(text)")
      let above = try ledger.store.read { try Self.keys(Self.filter("name", .greater, text), $0) }
      #expect(
        above == Self.expected { $0.name.map { text.utf8.lexicographicallyPrecedes($0.utf8) } ?? false }, "\(text)")
    }
    let below = try ledger.store.read { try Self.keys(Self.filter("name", .less, "名5"), $0) }
    #expect(
      below == Self.expected { $0.name.map { !$0.isEmpty && $0.utf8.lexicographicallyPrecedes("名5".utf8) } ?? false })
    let one = GroupQuery(
      source: "Project", filter: Self.filter("name", .equal, "名3"), groupBy: [], measures: [.count], rowsMax: 1)
    let plan = try ledger.store.read { try $0.plan(of: one) }
    #expect(plan.contains { $0.contains("INDEX Project_name (name=?") }, "\(plan)")
    let entries = try await ledger.sqlite3("SELECT count(*) FROM Project INDEXED BY Project_name WHERE name > ''")
    #expect(entries == "\(Self.rows.count { !($0.name ?? "").isEmpty })\n")
  }

  /// Whoever is held to regions pages through what refers to their records: from a key on, not from the regions.
  @Test func aColumnOfAnotherRecordsKeyLeadsNowhereElse() throws {
    let ledger = try Self.filled()
    let trips = Self.rows.map { "\($0.key)/1" }
    try ledger.write { writer in
      for row in Self.rows {
        let trip = StoredRecord(type: "Trip", key: "\(row.key)/1", bytes: [1], columns: [.text(row.key)])
        try writer.put(trip, operation: .create)
      }
    }
    let scope = Filter.isOne(column: "project.division", of: ["41", "43"])
    let keys = try ledger.store.read { reader in
      try reader.list(ListQuery(type: "Trip", filter: scope, afterKey: "41", limit: 1000)).map(\.key)
    }
    #expect(keys == trips.filter { $0.hasPrefix("41") || $0.hasPrefix("43") }.sorted())
    // A range of the project's key would have SQLite begin with the projects, and sort all trips for each page.
    var source = try SourceSQL(source: "Trip", catalog: SchemaCatalog(Self.schemas))
    let condition = try source.condition(.and([scope, Self.filter("project.division", .equal, "41")]))
    #expect(!condition.contains("BETWEEN"), "\(condition)")
    var own = try SourceSQL(source: "Project", catalog: SchemaCatalog(Self.schemas))
    #expect(try own.condition(.isOne(column: "division", of: ["41", "43"])).contains("BETWEEN"))
  }

  /// A file of before, whose table has the column and whole indexes.
  @Test func anOlderTableIsProjectedAnew() async throws {
    let ledger = try TemporaryLedger()
    let older = Self.schemas[1].with(
      columns: [
        ColumnSchema("division", .text), ColumnSchema("name", .text), ColumnSchema("amount", .integer),
      ], indexes: [["division"], ["name"]])
    try ledger.reopen(schemas: [Self.schemas[0], older, Self.schemas[2]])
    try ledger.write { try $0.put(Item(key: "410001", name: "名").stored(columns: older), operation: .create) }
    try ledger.reopen(schemas: Self.schemas)
    #expect(try ledger.store.read { try Self.keys(Self.filter("division", .equal, "41"), $0) } == ["410001"])
    let names = try await ledger.sqlite3(
      "SELECT name FROM sqlite_master WHERE tbl_name = 'Project' AND sql IS NOT NULL")
    #expect(names == "Project\nProject_name\n")
  }

  @Test func onlyTextsAreSparseOrOfTheKey() {
    for column in [
      ColumnSchema("n", .integer, isSparse: true), ColumnSchema("n", .integer, keyPrefix: 2),
      ColumnSchema("n", .text, references: "Region", keyPrefix: 2),
    ] {
      #expect(throws: StorageError.self) {
        try SchemaCatalog([Self.schemas[0], RecordSchema(name: "Project", columns: [column])])
      }
    }
  }

  @Test func anIndexOverAColumnThatIsNotStoredIsRefused() {
    let columns = [ColumnSchema("division", .text, keyPrefix: 2)]
    for schema in [
      RecordSchema(name: "Project", columns: columns, indexes: [["division"]]),
      RecordSchema(name: "Project", columns: columns, bufferedIndexes: ["division"]),
    ] {
      #expect(throws: StorageError.self) { try SchemaCatalog([schema]) }
    }
  }
}
