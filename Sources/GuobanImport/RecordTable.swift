internal import GuobanModel

/// What one kind of file holds: its columns, and what makes a row whole. Import, export and template are made of it.
struct RecordTable<Row: Sendable>: Sendable {
  /// What the file is called without its extension: `regions`.
  var stem: String
  /// What clerks call the records: `区划`.
  var title: String
  var columns: [ColumnMapping<Row>]
  /// Columns whose heads cannot be listed: a year's plan.
  var openColumn: @Sendable (ColumnHead) -> ColumnMapping<Row>? = { _ in nil }
  /// The heads of such columns that this row fills.
  var openHeads: (@Sendable (Row) -> [String])?
  /// What a template says of them.
  var openNotes: [String] = []
  var empty: @Sendable () -> Row
  /// What tells this row from all others of the file.
  var key: @Sendable (Row) -> String
  /// A rule over several cells; nil when the row keeps it.
  var check: @Sendable (Row) -> RuleViolation? = { _ in nil }
}
