/// A filter as a typed tree: what an AIP-160 expression was parsed into, checked against the columns of its source.
public indirect enum Filter: Sendable, Equatable {
  case and([Filter])
  case or([Filter])
  case not(Filter)
  case compare(column: String, Operator, ColumnValue)
  /// The column holds one of these texts. No filter that a client writes becomes this: it holds a principal to a region.
  case isOne(column: String, of: [String])
  /// The `:` operator: a text list has this element, or a text has this part.
  case has(column: String, String)

  /// A comparison of a column with a literal.
  public enum Operator: String, Sendable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// Every column that it names.
  public var columns: [String] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.columns)
    case .not(let part): part.columns
    case .compare(let column, _, _), .has(let column, _), .isOne(let column, _): [column]
    }
  }
}
