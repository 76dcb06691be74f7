/// Counts events; never goes down.
public final class Counter: Sendable {
  private let cells = StripedCells(count: 1)

  /// Zero.
  public init() {}

  /// Counts `amount` more. Any thread.
  public func add(_ amount: UInt64 = 1) { cells.add(amount, to: 0) }

  /// The count so far.
  public var value: UInt64 { cells.sum(0) }
}

/// Counters in rows and columns, such as methods and codes.
public final class CounterTable: Sendable {
  public let rows: Int
  public let columns: Int
  private let cells: StripedCells

  /// All zero.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    cells = StripedCells(count: rows * columns)
  }

  /// Counts `amount` more. A place outside the table is ignored. Any thread.
  public func add(_ amount: UInt64 = 1, row: Int, column: Int) {
    guard row >= 0, row < rows, column >= 0, column < columns else { return }
    cells.add(amount, to: row * columns + column)
  }

  /// The count at a place inside the table.
  public func value(row: Int, column: Int) -> UInt64 {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "no such counter")
    return cells.sum(row * columns + column)
  }
}
