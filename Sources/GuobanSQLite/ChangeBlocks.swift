internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// A sparse index of the change log: between which times the rows of each block of revisions lie, and which actors, types
/// and operations occur among them.
///
/// Indexes over the rows themselves would cost every commit a B-tree each; this costs a few rows a commit group. Whoever
/// searches reads the blocks that may hold something (``ChangeSearch``).
struct ChangeBlocks {
  /// Revisions of one block: what is read to find a single row.
  static let revisions: Int64 = 64

  /// What occurs in a block.
  enum Field: String, CaseIterable {
    case actor, type, operation

    /// The column of the change log.
    var column: String { self == .type ? "record_type" : rawValue }
  }

  private struct Row: Equatable {
    var block: Int64
    var actor: String
    var type: String
    var operation: Ledger.ChangeOperation
  }

  private struct Value: Hashable {
    var field: Field
    var value: String
    var block: Int64
  }

  private var times: [Int64: ClosedRange<Int64>] = [:]
  private var values: Set<Value> = []
  private var last: Row?

  /// Blocks that wait to be written.
  var count: Int { times.count }

  /// Notes one row of the log.
  mutating func add(_ change: Ledger.Change) {
    let block = Int64(clamping: change.revision) / Self.revisions
    let seconds = change.time?.seconds ?? 0
    let known = times[block] ?? seconds...seconds
    times[block] = min(known.lowerBound, seconds)...max(known.upperBound, seconds)
    let row = Row(block: block, actor: change.actor, type: change.recordType, operation: change.operation)
    // Most rows are like the one before.
    if row == last { return }
    last = row
    values.insert(Value(field: .actor, value: row.actor, block: block))
    values.insert(Value(field: .type, value: row.type, block: block))
    values.insert(Value(field: .operation, value: Self.text(row.operation), block: block))
  }

  /// Writes what was noted, in the transaction of the rows themselves, and forgets it.
  mutating func write(to db: Database) throws {
    for (block, seconds) in times {
      try db.run(
        """
        INSERT INTO change_block (block, first_seconds, last_seconds) VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET
        first_seconds = min(first_seconds, excluded.first_seconds), last_seconds = max(last_seconds, excluded.last_seconds)
        """, [.integer(block), .integer(seconds.lowerBound), .integer(seconds.upperBound)], isCached: true)
    }
    for value in values {
      try db.run(
        "INSERT INTO change_block_value (field, value, block) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [.text(value.field.rawValue), .text(value.value), .integer(value.block)], isCached: true)
    }
    self = ChangeBlocks()
  }

  /// Lets go of the blocks whose rows are all gone.
  static func removeBlocks(before revision: Int64, in db: Database) throws {
    for table in ["change_block", "change_block_value"] {
      try db.run("DELETE FROM \(table) WHERE block < ?", [.integer(revision / revisions)], isCached: true)
    }
  }

  /// An operation as a value.
  static func text(_ operation: Ledger.ChangeOperation) -> String { "\(operation.rawValue)" }

  /// Creates the tables, and fills them from a log that has none.
  static let definition =
    [
      """
      CREATE TABLE change_block (
        block INTEGER PRIMARY KEY, first_seconds INTEGER NOT NULL, last_seconds INTEGER NOT NULL
      ) STRICT
      """,
      """
      CREATE TABLE change_block_value (
        field TEXT NOT NULL, value TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (field, value, block)
      ) STRICT, WITHOUT ROWID
      """,
      """
      INSERT INTO change_block
      SELECT revision / \(revisions), min(time_seconds), max(time_seconds) FROM change_log GROUP BY 1
      """,
    ]
    + Field.allCases.map {
      """
      INSERT INTO change_block_value
      SELECT DISTINCT '\($0.rawValue)', CAST(\($0.column) AS TEXT), revision / \(revisions) FROM change_log
      """
    }
}
