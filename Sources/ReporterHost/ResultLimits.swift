/// How large a report may be.
public struct ResultLimits: Sendable, Hashable {
  public var tablesMax = 64
  public var columnsMax = 64
  /// Of all tables together.
  public var rowsMax = 100_000
  public var notesMax = 1_000
  public var chartsMax = 64
  /// One text: a title, a note, a cell.
  public var textBytesMax = 4_096
  public var decimalsMax = 9

  /// The standard limits.
  public init() {}
}
