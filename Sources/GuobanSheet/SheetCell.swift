/// What is written into a cell.
public enum SheetCell: Hashable, Sendable {
  case empty
  case text(String)
  /// A decimal without an exponent. It becomes a number where a double holds all its digits, else text.
  case number(String)
  /// `2023-06-30`; a date where the spreadsheet's calendar has it right (from March 1900), else text.
  case date(String)
}

/// How a cell looks.
public enum SheetStyle: Sendable {
  case plain
  /// A column's head.
  case head
  /// A head whose column must be filled.
  case requiredHead
}

/// What a column of cells accepts, as the spreadsheet shows it.
public struct SheetChoice: Sendable {
  public var column: Int
  /// Together less than 255 characters: the format's limit; else nothing is shown.
  public var allowed: [String]

  public init(column: Int, allowed: [String]) {
    self.column = column
    self.allowed = allowed
  }
}
