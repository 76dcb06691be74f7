/// Where a dotted path such as "project.region" ends: the references to follow, then a column.
public struct ColumnPath: Sendable, Equatable {
  /// One reference: the column that holds the key, and the record type whose key it is.
  public struct Step: Sendable, Hashable {
    public var column: String
    public var target: String

    /// Follows `column` to the record of type `target` that it names.
    public init(column: String, target: String) {
      self.column = column
      self.target = target
    }
  }

  /// From the source on; empty when the column is the source's own.
  public var steps: [Step]
  /// The column of the last step's target, or of the source.
  public var column: String
  /// What it holds.
  public var kind: ColumnSchema.Kind
  /// The record type whose keys it holds; nil when it refers to nothing.
  public var references: String?
  /// ``ColumnSchema/isSparse``.
  public var isSparse = false
  /// ``ColumnSchema/keyPrefix``.
  public var keyPrefix: Int?
  /// ``ColumnSchema/values``.
  public var values: ColumnValues?
  /// Where it stands, when it is a column that a record has once a year.
  public var yearly: YearlyColumn?

  init(steps: [Step], column: ColumnSchema) {
    self.steps = steps
    self.column = column.name
    kind = column.kind
    references = column.references
    isSparse = column.isSparse
    keyPrefix = column.keyPrefix
    values = column.values
  }

  init(steps: [Step], yearly: YearlyColumn) {
    self.steps = steps
    column = yearly.name
    kind = .integer
    self.yearly = yearly
  }
}
