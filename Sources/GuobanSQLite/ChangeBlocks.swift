internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// A sparse index of the change log: between which times the rows of each block of revisions lie, and which actors, types
/// and operations occur among them.
///
/// Indexes over the rows themselves would cost every change a B-tree each; this costs a few rows a commit group. Whoever
/// searches reads the blocks that may hold something (``ChangeSearch``).
struct ChangeBlocks {
  /// Revisions of one block: what is read to find a single row. Another number needs a migration.
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
    let block = SQLValue.integer(revision / revisions)
    try db.run("DELETE FROM change_block WHERE block < ?", [block], isCached: true)
    // Value by value, the table's own order: there are many more blocks than values.
    var last: [SQLValue]? = [.text(""), .text("")]
    while let before = last {
      last = nil
      let next = """
        SELECT field, value FROM change_block_value WHERE (field, value) > (?, ?) ORDER BY field, value LIMIT 1
        """
      try db.run(next, before, isCached: true) { last = [.text($0.text(0)), .text($0.text(1))] }
      guard let value = last else { break }
      let delete = "DELETE FROM change_block_value WHERE field = ? AND value = ? AND block < ?"
      try db.run(delete, value + [block], isCached: true)
    }
  }

  /// An operation as a value.
  static func text(_ operation: Ledger.ChangeOperation) -> String { "\(operation.rawValue)" }

  /// The revisions of a block.
  static func revisions(of block: Int64) -> Range<Int64> {
    let first = clamped(block) * revisions
    return first..<first + revisions
  }

  /// The number of a block as it was read: whoever has the file may have written anything there.
  static func clamped(_ block: Int64) -> Int64 { min(max(block, 0), blockMax) }

  /// No revision lies beyond.
  static let blockMax = Int64.max / revisions - 1
}
