/// A column that a record has once a year, or once a month of a year, in another source: a project's plan_fen of 2023, and
/// its done_fen as of June. Grouped queries name it like a column of the record; ``GroupQuery/period`` says when.
public struct YearlyColumn: Sendable, Hashable {
  /// How queries call it: "done_fen".
  public var name: String
  /// Where it stands: "ProjectProgress".
  public var source: String
  /// The source's column that holds this record's key.
  public var link: String
  /// The source's column that is taken: an integer.
  public var column: String
  /// The source's column with the year: an integer.
  public var year: String
  /// The source's column with the month, "2023-06": the last one of the period counts. Nil: there is one row a year.
  public var month: String?

  /// Describes a yearly column.
  public init(_ name: String, source: String, link: String, column: String, year: String, month: String?) {
    self.name = name
    self.source = source
    self.link = link
    self.column = column
    self.year = year
    self.month = month
  }
}

/// How records of a type lie above each other, so that queries can group by any level: "region@city".
public struct TreeSchema: Sendable, Equatable {
  /// The column with the key of the record above.
  public var parent: String
  /// The column that says the level.
  public var level: String
  /// From the top: how queries call a level, and what the column says. Whatever else the column says counts as the level
  /// below its parent's.
  public var levels: [Level]

  /// One level.
  public struct Level: Sendable, Equatable {
    public var name: String
    public var value: String

    /// Pairs a query's word with a column's value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Describes a tree.
  public init(parent: String, level: String, levels: [Level]) {
    self.parent = parent
    self.level = level
    self.levels = levels
  }
}
