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

/// A query that the storage groups: "sum of plan_fen by region@city". Reports, services and the command line all ask in
/// this one shape.
public struct GroupQuery: Sendable {
  /// A record type or a child source.
  public var source: String
  public var filter: Filter?
  /// As ``GroupKey`` reads them. Rows come in their order, unless `orderBy` says otherwise.
  public var groupBy: [String]
  public var measures: [Measure]
  /// What decides the rows' order before `groupBy` does.
  public var orderBy: [GroupOrder]
  /// The first groups alone; nil for all.
  public var limit: Int?
  /// Where columns are taken that a record has once a year.
  public var period: YearPeriod?
  /// More groups than this, after `limit`, is an error, never a silent cut.
  public var rowsMax: Int

  /// Asks for `measures` of every group.
  public init(
    source: String, filter: Filter?, groupBy: [String], measures: [Measure], orderBy: [GroupOrder] = [],
    limit: Int? = nil, period: YearPeriod? = nil, rowsMax: Int
  ) {
    self.source = source
    self.filter = filter
    self.groupBy = groupBy
    self.measures = measures
    self.orderBy = orderBy
    self.limit = limit
    self.period = period
    self.rowsMax = rowsMax
  }

  /// What the columns of its result are called.
  public var resultNames: [String] { groupBy + measures.flatMap(\.resultNames) }

  /// Every column that it groups by or measures, without its filter's.
  public var paths: [String] {
    groupBy.map { GroupKey($0).path } + measures.flatMap(\.columns)
  }
}

/// What is measured of a group.
public enum Measure: Sendable, Equatable {
  case count
  case sum(String)
  case min(String)
  case max(String)
  /// How many different values there are.
  case countDistinct(String)
  /// The sum of one column over the sum of another, as both sums: no figure is ever rounded.
  case ratio(String, String)

  /// The columns that it looks at.
  public var columns: [String] {
    switch self {
    case .count: []
    case .sum(let column), .min(let column), .max(let column), .countDistinct(let column): [column]
    case .ratio(let numerator, let denominator): [numerator, denominator]
    }
  }

  /// The same of other columns.
  func renamed(_ name: (String) -> String) -> Measure {
    switch self {
    case .count: .count
    case .sum(let column): .sum(name(column))
    case .min(let column): .min(name(column))
    case .max(let column): .max(name(column))
    case .countDistinct(let column): .countDistinct(name(column))
    case .ratio(let numerator, let denominator): .ratio(name(numerator), name(denominator))
    }
  }

  /// How ``GroupQuery/orderBy`` and results call it: "sum(plan_fen)".
  public var name: String {
    switch self {
    case .count: "count"
    case .sum(let column): "sum(\(column))"
    case .min(let column): "min(\(column))"
    case .max(let column): "max(\(column))"
    case .countDistinct(let column): "count_distinct(\(column))"
    case .ratio(let numerator, let denominator): "ratio(\(numerator),\(denominator))"
    }
  }

  /// The result's columns: one, or a ratio's two.
  public var resultNames: [String] {
    if case .ratio = self { return ["\(name).numerator", "\(name).denominator"] }
    return [name]
  }
}

/// One step of an order of groups.
public struct GroupOrder: Sendable, Equatable {
  /// A group key as it was written, or a ``Measure/name``.
  public var column: String
  public var descending: Bool

  /// Orders by a column of the result. What has no value comes last.
  public init(_ column: String, descending: Bool) {
    self.column = column
    self.descending = descending
  }
}

/// Equally long columns: the group keys, then the measures.
public struct GroupResult: Sendable, Equatable {
  /// "project.region", "sum(plan_fen)", "count".
  public var names: [String]
  /// One array per name.
  public var columns: [[ColumnValue]]
  /// There are more groups than ``GroupQuery/limit``.
  public var more: Bool

  /// Puts a result together.
  public init(names: [String], columns: [[ColumnValue]], more: Bool = false) {
    self.names = names
    self.columns = columns
    self.more = more
  }
}
