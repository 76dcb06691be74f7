internal import GuobanMessages
internal import GuobanStorage

/// The SQL that answers a query for changes: which blocks of the log may hold some, and which rows are some.
struct ChangeSearch {
  /// SQL and its parameters.
  typealias Statement = (sql: String, values: [SQLValue])

  private let query: ChangeQuery
  private let select: String
  private var rowConditions: [String] = []
  private var rowValues: [SQLValue] = []
  private var blockValues: [(field: ChangeBlocks.Field, value: String)] = []

  init(_ query: ChangeQuery) {
    self.query = query
    let columns =
      query.withoutRecords ? ChangeRow.columns.replacing(" record, ", with: " zeroblob(0), ") : ChangeRow.columns
    select = "SELECT \(columns) FROM change_log \(query.key.isEmpty ? "NOT INDEXED" : "INDEXED BY change_log_record")"
    if !query.actor.isEmpty { add(.actor, query.actor, .text(query.actor)) }
    if !query.type.isEmpty { add(.type, query.type, .text(query.type)) }
    if let operation = query.operation {
      add(.operation, ChangeBlocks.text(operation), .integer(Int64(operation.rawValue)))
    }
    if !query.key.isEmpty { addRow("key = ?", .text(query.key)) }
    if let seconds = query.seconds {
      addRow("time_seconds >= ?", .integer(seconds.lowerBound))
      addRow("time_seconds < ?", .integer(seconds.upperBound))
    }
  }

  /// Whether the blocks say where to look. One record's rows have an index of their own, and everything needs none.
  var readsBlocks: Bool { query.key.isEmpty && !rowConditions.isEmpty }

  /// What the page may hold.
  var revisions: Range<Int64> {
    guard let after = query.afterRevision else { return 0..<Int64.max }
    let revision = Int64(clamping: after)
    return query.oldestFirst ? min(revision, .max - 1) + 1..<Int64.max : 0..<revision
  }

  /// Rows of these revisions, in the order of the query.
  func rows(in revisions: Range<Int64>, limit: Int) -> Statement {
    let conditions = (rowConditions + ["revision >= ?", "revision < ?"]).joined(separator: " AND ")
    return (
      "\(select) WHERE \(conditions) ORDER BY revision \(order) LIMIT ?",
      rowValues + [.integer(revisions.lowerBound), .integer(revisions.upperBound), .integer(Int64(limit))]
    )
  }

  /// The first and the last block of the times asked for, between which all their rows lie; nil when no time is asked for.
  /// Both are NULL when there are none.
  var ends: Statement? {
    guard let seconds = query.seconds else { return nil }
    return (
      "SELECT min(block), max(block) FROM change_block WHERE last_seconds >= ? AND first_seconds < ?",
      [.integer(seconds.lowerBound), .integer(seconds.upperBound)]
    )
  }

  /// Blocks that may hold such rows, in the order of the query.
  func blocks(in blocks: Range<Int64>, limit: Int) -> Statement {
    var conditions = ["b.block >= ?", "b.block < ?"]
    var values: [SQLValue] = [.integer(blocks.lowerBound), .integer(blocks.upperBound)]
    // An actor is in fewer blocks than a type, mostly, and some operation is in nearly all.
    if let first = blockValues.first {
      conditions += ["b.field = ?", "b.value = ?"]
      values += [.text(first.field.rawValue), .text(first.value)]
    }
    for other in blockValues.dropFirst() {
      conditions.append(
        "EXISTS (SELECT 1 FROM change_block_value AS v WHERE v.field = ? AND v.value = ? AND v.block = b.block)")
      values += [.text(other.field.rawValue), .text(other.value)]
    }
    let table = blockValues.isEmpty ? "change_block" : "change_block_value"
    let sql = """
      SELECT b.block FROM \(table) AS b WHERE \(conditions.joined(separator: " AND ")) ORDER BY b.block \(order) LIMIT ?
      """
    return (sql, values + [.integer(Int64(limit))])
  }

  private var order: String { query.oldestFirst ? "ASC" : "DESC" }

  private mutating func add(_ field: ChangeBlocks.Field, _ value: String, _ rowValue: SQLValue) {
    addRow("\(field.column) = ?", rowValue)
    blockValues.append((field, value))
  }

  private mutating func addRow(_ condition: String, _ value: SQLValue) {
    rowConditions.append(condition)
    rowValues.append(value)
  }
}
