/// Records of one type in key order, a page at a time.
public struct ListQuery: Sendable {
  public var type: String
  public var filter: Filter?
  /// Exclusive; nil from the start.
  public var afterKey: String?
  public var limit: Int

  /// Asks for at most `limit` records.
  public init(type: String, filter: Filter?, afterKey: String?, limit: Int) {
    self.type = type
    self.filter = filter
    self.afterKey = afterKey
    self.limit = limit
  }
}

/// A query that the storage groups: "sum of plan_fen by project.region".
public struct GroupQuery: Sendable {
  /// A record type or a child source.
  public var source: String
  public var filter: Filter?
  /// Columns of the source, or of a record that it refers to ("project.region"). Rows come in their order.
  public var groupBy: [String]
  public var measures: [Measure]
  /// More groups than this is an error, never a silent cut.
  public var rowsMax: Int

  /// Asks for `measures` of every group.
  public init(source: String, filter: Filter?, groupBy: [String], measures: [Measure], rowsMax: Int) {
    self.source = source
    self.filter = filter
    self.groupBy = groupBy
    self.measures = measures
    self.rowsMax = rowsMax
  }
}

/// What is measured of a group.
public enum Measure: Sendable, Equatable {
  case count
  case sum(String)
  case min(String)
  case max(String)
}

/// Equally long columns: the group keys, then the measures.
public struct GroupResult: Sendable, Equatable {
  /// "project.region", "sum(plan_fen)", "count".
  public var names: [String]
  /// One array per name.
  public var columns: [[ColumnValue]]

  /// Puts a result together.
  public init(names: [String], columns: [[ColumnValue]]) {
    self.names = names
    self.columns = columns
  }
}
