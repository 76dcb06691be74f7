internal import GuobanMessages

/// The rows of one query, column by column: text or integers, NULL as nil.
public struct DataFrame: Sendable {
  /// A column's values.
  public enum Values: Sendable, Equatable {
    case text([String?])
    case integer([Int64?])

    var count: Int {
      switch self {
      case .text(let values): values.count
      case .integer(let values): values.count
      }
    }
  }

  /// The query's.
  public let name: String
  /// All columns are as long.
  public private(set) var rowCount: Int
  /// In the order of group_by, then measures.
  public private(set) var columnNames: [String]
  private var columns: [String: Values]

  /// No rows yet.
  public init(name: String) {
    self.name = name
    rowCount = 0
    columnNames = []
    columns = [:]
  }

  /// The text of a row; nil for NULL.
  public func optionalText(_ column: String, _ row: Int) throws(ProtocolError) -> String? {
    switch try values(column) {
    case .text(let values) where values.indices.contains(row): return values[row]
    // A column of nothing but NULL comes as one of integers.
    case .integer(let values) where values.indices.contains(row) && values[row] == nil: return nil
    case let values: throw wrong(column, row, values, "text")
    }
  }

  /// The text of a row; "" for NULL.
  public func text(_ column: String, _ row: Int) throws(ProtocolError) -> String {
    try optionalText(column, row) ?? ""
  }

  /// The integer of a row; nil for NULL.
  public func optionalInteger(_ column: String, _ row: Int) throws(ProtocolError) -> Int64? {
    switch try values(column) {
    case .integer(let values) where values.indices.contains(row): return values[row]
    case let values: throw wrong(column, row, values, "an integer")
    }
  }

  /// The integer of a row; 0 for NULL, as the sum of nothing is.
  public func integer(_ column: String, _ row: Int) throws(ProtocolError) -> Int64 {
    try optionalInteger(column, row) ?? 0
  }

  private func wrong(_ column: String, _ row: Int, _ values: Values, _ kind: String) -> ProtocolError {
    let isInside = (0..<values.count).contains(row)
    return ProtocolError(isInside ? "\(name).\(column) is not \(kind)" : "\(name) has no row \(row)")
  }

  private func values(_ column: String) throws(ProtocolError) -> Values {
    if let values = columns[column] { return values }
    throw ProtocolError("\(name) has no column \(column), only \(columnNames.joined(separator: ", "))")
  }

  mutating func append(_ batch: Reporting.Columns) throws(ProtocolError) {
    var added: [String: Values] = [:]
    var rows: Int?
    for column in batch.columns {
      let values = try Self.values(of: column)
      guard rows == nil || rows == values.count else { throw ProtocolError("columns of \(name) differ in length") }
      rows = values.count
      added[column.name] = values
    }
    guard rowCount == 0 || columnNames == batch.columns.map(\.name) else {
      throw ProtocolError("batches of \(name) differ in their columns")
    }
    columnNames = batch.columns.map(\.name)
    for (name, values) in added {
      switch (columns[name], values) {
      case (nil, _): columns[name] = values
      case (.text(let old)?, .text(let new)): columns[name] = .text(old + new)
      case (.integer(let old)?, .integer(let new)): columns[name] = .integer(old + new)
      default: throw ProtocolError("column \(name) changes its kind between batches")
      }
    }
    rowCount += rows ?? 0
  }

  private static func values(of column: Reporting.Column) throws(ProtocolError) -> Values {
    let count = column.isText ? column.texts.count : column.integers.count
    guard column.nulls.allSatisfy({ $0 < count }) else { throw ProtocolError("a NULL outside column \(column.name)") }
    if column.isText {
      var values: [String?] = column.texts
      for row in column.nulls { values[Int(row)] = nil }
      return .text(values)
    }
    var values: [Int64?] = column.integers
    for row in column.nulls { values[Int(row)] = nil }
    return .integer(values)
  }
}
