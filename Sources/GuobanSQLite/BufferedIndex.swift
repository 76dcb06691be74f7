internal import Dispatch
internal import GRDB
internal import GuobanStorage
internal import Synchronization

/// The index over a column whose values come in no order, such as plates (``RecordSchema/bufferedIndexes``).
///
/// SQLite writes a page of 4 KiB for each entry of such an index, and those pages are most of what a commit waits for. So
/// new entries stay in memory until there are many, and are then merged into the index's table in its order, a few pages in
/// each commit: a change buffer, as InnoDB has one.
///
/// Whether the table has a value at all is known without looking there once its values have been read (``learn(_:)``).
///
/// Nothing hangs on the memory: `meta` says through which revision of the change log the table is complete, and what came
/// after is read from the log when the ledger is opened. Both hold more than they must, such as a value that a record no
/// longer has: they only say where to look, and the query looks.
final class BufferedIndex: Sendable {
  /// The columns `value` and `key`.
  let table: String
  /// A row when the table has the value.
  let search: String
  let column: String

  private let type: String
  /// Of the column, in the schema's columns.
  private let place: Int
  private let state = Mutex(State())

  private typealias Keys = [TextKey: KeyList]
  private typealias Entry = (value: TextKey, key: String)

  /// The records with one value; most have one.
  private struct KeyList {
    var first: String
    var others: [String] = []

    var all: [String] { [first] + others }
  }

  private struct State {
    /// The table has every entry of changes through this revision.
    var settled: UInt64 = 0
    /// Of later ones, but for those of ``merge``.
    var recent: Keys = [:]
    var recentCount = 0
    var merge: Merge?
    /// What the table has, and what merges put there from now on.
    var tableValues = ValueFilter()
    var knowsTable = false
    /// How often the table was filled anew, or this began anew.
    var fillings = 0
  }

  /// What is on its way into the table.
  private struct Merge {
    let keys: Keys
    /// The last change that it has.
    let through: UInt64
    /// In the table's order; nil until they are sorted.
    var entries: [Entry]?
    /// How many are in the table, and how many once the transaction commits.
    var done = 0
    var written = 0
    /// The transaction says that the table is complete through ``through``.
    var isWhole = false
  }

  init(_ column: String, of schema: RecordSchema) {
    type = schema.name
    self.column = column
    guard let place = schema.columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("the catalog has not checked \(schema.name).\(column)")
    }
    self.place = place
    table = Self.table(schema.name, column)
    search = "SELECT 1 FROM \(table) WHERE value = ? LIMIT 1"
  }

  // MARK: The table

  private var name: String { Self.prefix(type) + column }
  private static func prefix(_ type: String) -> String { "index:\(type)." }
  private static func table(_ type: String, _ column: String) -> String { quoted("\(type)_by_\(column)") }

  /// Those that another version of the program made among them.
  static func dropAll(of type: String, in db: Database) throws {
    let prefix = prefix(type)
    let names = try db.texts(
      "SELECT name FROM meta WHERE substr(name, 1, ?) = ?", [.integer(Int64(prefix.count)), .text(prefix)])
    for name in names {
      try db.execute(sql: "DROP TABLE \(table(type, String(name.dropFirst(prefix.count))))")
      try db.run("DELETE FROM meta WHERE name = ?", [.text(name)], isCached: false)
    }
  }

  var definition: String {
    "CREATE TABLE \(table) (value TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (value, key)) STRICT, WITHOUT ROWID"
  }

  /// Fills the table from the records, in its order. ``adopt(_:)`` follows once that is committed.
  func fill(in db: Database) throws {
    state.withLock { state in
      state.fillings += 1
      state.knowsTable = false
    }
    try db.run("DELETE FROM \(table)", [], isCached: false)
    try db.run(
      """
      INSERT INTO \(table) (value, key) SELECT \(quoted(column)), key FROM \(quoted(type))
      WHERE \(quoted(column)) IS NOT NULL ORDER BY 1, 2
      """, [], isCached: false)
    try setSettled(try Self.head(in: db), in: db)
  }

  /// Reads what the table lacks, or fills it when it is new or the log no longer tells.
  func open(in db: Database) throws {
    let head = try Self.head(in: db)
    let oldest = UInt64(clamping: try db.integer("SELECT min(revision) FROM change_log") ?? 1)
    guard let settled = try settled(in: db), settled <= head, settled + 1 >= oldest else {
      try fill(in: db)
      return adopt(head)
    }
    adopt(settled)
    try db.run(
      """
      SELECT r.\(quoted(column)), r.key FROM change_log AS c NOT INDEXED CROSS JOIN \(quoted(type)) AS r ON r.key = c.key
      WHERE c.revision > ? AND c.record_type = ? AND r.\(quoted(column)) IS NOT NULL
      """, [SQLValue(revision: settled), .text(type)], isCached: false
    ) { add(TextKey($0.text(0)), $0.text(1)) }
  }

  /// Through which revision the table is complete, as this connection sees it.
  func settled(in db: Database) throws -> UInt64? {
    var settled: UInt64?
    try db.run("SELECT value FROM meta WHERE name = ?", [.text(name)], isCached: true) { settled = UInt64($0.text(0)) }
    return settled
  }

  private func setSettled(_ revision: UInt64, in db: Database) throws {
    try db.setMeta(name, String(revision))
  }

  private static func head(in db: Database) throws -> UInt64 {
    UInt64(clamping: try db.integer("SELECT max(revision) FROM change_log") ?? 0)
  }

  /// Keys of records that the index does not lead to: none in a sound ledger.
  func lostKeys(limit: Int, in db: Database) throws -> [String] {
    try db.texts(
      """
      SELECT r.key FROM \(quoted(type)) AS r WHERE r.\(quoted(column)) IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM \(table) AS i WHERE i.value = r.\(quoted(column)) AND i.key = r.key)
      AND NOT EXISTS (SELECT 1 FROM change_log AS c WHERE c.record_type = ? AND c.key = r.key AND c.revision > ?) LIMIT ?
      """, [.text(type), SQLValue(revision: try settled(in: db) ?? 0), .integer(Int64(limit))])
  }

  // MARK: The memory

  /// Everything through a revision is in the table.
  func adopt(_ settled: UInt64) {
    state.withLock { $0 = State(settled: settled, fillings: $0.fillings + 1) }
  }

  /// Reads the table's values, so that lookups need not look there for most values that it does not have.
  ///
  /// - Parameter read: gives the first of the values that come after one, in their order, or none to end it.
  func learn(_ read: (_ sql: String, _ after: String) throws -> [String]) throws {
    let fillings = state.withLock { state in
      // Nothing comes before it.
      state.tableValues.insert(TextKey(""))
      return state.fillings
    }
    let sql = "SELECT value FROM \(table) WHERE value > ? ORDER BY value LIMIT \(Self.valuesAtOnce)"
    var last = ""
    while true {
      let values = try read(sql, last)
      guard let next = values.last else { break }
      last = next
      let keys = values.map(TextKey.init)
      state.withLock { state in
        for value in keys { state.tableValues.insert(value) }
      }
    }
    state.withLock { state in
      if state.fillings == fillings { state.knowsTable = true }
    }
  }

  /// Read in some milliseconds.
  private static let valuesAtOnce = 4096

  /// Whether a record may have a value; nil when only a look into the table tells.
  ///
  /// - Parameter settled: as for ``keys(of:after:)``.
  func mayHave(_ value: String, after settled: UInt64?) -> Bool? {
    let value = TextKey(value)
    return state.withLock { state in
      if let settled, settled < state.settled { return true }
      if state.recent[value] != nil || state.merge?.keys[value] != nil { return true }
      return state.knowsTable && !state.tableValues.mayHold(value) ? false : nil
    }
  }

  /// What a record has in the column.
  func value(of record: StoredRecord) -> String? {
    if case .text(let value) = record.columns[place] { value } else { nil }
  }

  /// Takes in what is written, before anybody else can see it.
  func add(_ value: TextKey, _ key: String) {
    state.withLock { state in
      if state.recent[value]?.others.append(key) == nil { state.recent[value] = KeyList(first: key) }
      state.recentCount += 1
    }
  }

  /// Takes back what was added last for this value: it is undone.
  func remove(_ value: TextKey, _ key: String) {
    state.withLock { state in
      guard let keys = state.recent[value], (keys.others.last ?? keys.first) == key else { return }
      if keys.others.isEmpty { state.recent[value] = nil } else { state.recent[value]?.others.removeLast() }
      state.recentCount -= 1
    }
  }

  /// The table has every entry of changes through this revision.
  var settled: UInt64 { state.withLock { $0.settled } }

  /// Where a query looks for a value: in the table, and at these keys.
  ///
  /// - Parameter settled: what the query's connection sees; nil for the writer's, which sees what memory belongs to.
  /// - Returns: nil when memory has let go of entries that the connection's table does not have yet.
  func keys(of value: String, after settled: UInt64?) -> [String]? {
    let value = TextKey(value)
    return state.withLock { state in
      if let settled, settled < state.settled { return nil }
      return (state.merge?.keys[value]?.all ?? []) + (state.recent[value]?.all ?? [])
    }
  }

  // MARK: Merging

  /// So that a merge comes to an end where few write.
  private static let entriesAtLeast = 64
  /// Changes that opening reads the log for, when few of them are of this type.
  private static let changesMax: UInt64 = 65_536

  /// Writes the next entries, as a part of a commit that makes `changes` changes.
  func merge(changes: Int, in db: Database) throws {
    let part = state.withLock { state -> (entries: ArraySlice<Entry>, through: UInt64?)? in
      guard let merge = state.merge, let entries = merge.entries else { return nil }
      let end = min(merge.done + max(Self.entriesAtLeast, 2 * changes), entries.count)
      state.merge?.written = end
      state.merge?.isWhole = end == entries.count
      for entry in entries[merge.done..<end] { state.tableValues.insert(entry.value) }
      return (entries[merge.done..<end], end == entries.count ? merge.through : nil)
    }
    guard let part else { return }
    let insert = "INSERT INTO \(table) (value, key) VALUES (?, ?) ON CONFLICT DO NOTHING"
    for entry in part.entries {
      try db.run(insert, isCached: true) { parameters in
        parameters.add(entry.value.text)
        parameters.add(entry.key)
      }
    }
    if let through = part.through { try setSettled(through, in: db) }
  }

  /// The transaction is committed; `head` is its last change. Begins the next merge when there is enough for one.
  func committed(_ head: UInt64, entriesMax: Int) {
    let (ended, begun) = state.withLock { state -> (ended: Merge?, begun: Merge?) in
      var ended: Merge?
      if let merge = state.merge {
        state.merge?.done = merge.written
        if merge.isWhole {
          ended = merge
          state.settled = merge.through
          state.merge = nil
        }
      }
      let isDue = state.recentCount >= entriesMax || head - min(state.settled, head) >= Self.changesMax
      guard isDue, state.merge == nil else { return (ended, nil) }
      return (ended, Self.begin(&state, through: head))
    }
    // Sorting, and freeing what was sorted, takes milliseconds that writers need not wait for.
    guard ended != nil || begun != nil else { return }
    DispatchQueue.global(qos: .utility).async {
      withExtendedLifetime(ended) {}
      if let begun { self.sort(begun) }
    }
  }

  /// Has a merge stand, sorted, for whoever does not wait until one is due; `head` is the last change.
  func prepareMerge(_ head: UInt64) {
    let merge = state.withLock { state -> Merge in
      if let merge = state.merge { return merge }
      return Self.begin(&state, through: head)
    }
    if merge.entries == nil { sort(merge) }
  }

  private static func begin(_ state: inout State, through head: UInt64) -> Merge {
    let merge = Merge(keys: state.recent, through: head)
    state.merge = merge
    (state.recent, state.recentCount) = ([:], 0)
    return merge
  }

  private func sort(_ merge: Merge) {
    let entries: [Entry] = merge.keys.flatMap { value, keys in keys.all.map { (value: value, key: $0) } }
    let sorted = entries.sorted { left, right in
      left.value == right.value
        ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        : left.value.text.utf8.lexicographicallyPrecedes(right.value.text.utf8)
    }
    state.withLock { state in
      if state.merge?.through == merge.through, state.merge?.entries == nil { state.merge?.entries = sorted }
    }
  }

  /// The transaction is undone.
  func cancelled() {
    state.withLock { state in
      guard let done = state.merge?.done else { return }
      state.merge?.written = done
      state.merge?.isWhole = false
    }
  }
}
