/// What one file may cost to read.
public struct ImportLimits: Sendable {
  /// Of a file as it lies on disk, and again of its text as UTF-8.
  public var fileBytesMax: Int
  /// Cells of one row.
  public var rowCellsMax: Int
  /// Of one cell, as UTF-8.
  public var cellBytesMax: Int
  /// Rows under the header.
  public var rowsMax: Int
  /// Problems that are kept with their text; further ones are only counted.
  public var problemsMax: Int

  public init(fileBytesMax: Int, rowCellsMax: Int, cellBytesMax: Int, rowsMax: Int, problemsMax: Int) {
    self.fileBytesMax = fileBytesMax
    self.rowCellsMax = rowCellsMax
    self.cellBytesMax = cellBytesMax
    self.rowsMax = rowsMax
    self.problemsMax = problemsMax
  }

  /// 64 MiB a file, 256 cells a row, 64 KiB a cell, a million rows, 20 problems.
  public static let standard = ImportLimits(
    fileBytesMax: 64 << 20, rowCellsMax: 256, cellBytesMax: 64 << 10, rowsMax: 1_000_000, problemsMax: 20)

  /// The same for someone who asked for every problem: 100 000 of them.
  public var withAllProblems: ImportLimits {
    var limits = self
    limits.problemsMax = 100_000
    return limits
  }
}
