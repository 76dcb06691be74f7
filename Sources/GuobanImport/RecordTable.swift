internal import GuobanModel

/// How one kind of file is read: its name, its columns, and what makes a row whole.
struct RecordTable<Row: Sendable>: Sendable {
  /// The file's name: "regions.csv".
  var file: String
  var columns: [ColumnMapping<Row>]
  /// Columns whose heads cannot be listed: a year's plan.
  var openColumn: @Sendable (ColumnHead) -> ColumnMapping<Row>? = { _ in nil }
  var empty: @Sendable () -> Row
  /// What tells this row from all others of the file.
  var key: @Sendable (Row) -> String
  /// A rule over several cells; nil when the row keeps it.
  var check: @Sendable (Row) -> RuleViolation? = { _ in nil }
}

/// A table's rows as they were read, each with its line.
struct ReadRows<Row: Sendable>: Sendable {
  var file: String
  var rows: [(line: Int, row: Row)] = []
  /// The heads of this file by the field that they fill.
  var heads: [String: String] = [:]
  var problems: ImportProblems
  /// Rows under the header, good and bad.
  var rowCount = 0
  var encoding = TextEncoding.utf8
}
