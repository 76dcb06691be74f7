public import GuobanSheet

/// What one file may cost to read.
public struct ImportLimits: Sendable {
  /// Of a text file as it lies on disk. It is never in memory as a whole.
  public var fileBytesMax: Int
  /// Cells of one row.
  public var rowCellsMax: Int
  /// Of one cell, as UTF-8.
  public var cellBytesMax: Int
  /// One record as JSON.
  public var lineBytesMax = 1 << 20
  /// Rows above the header that hold one cell each: a sheet's title.
  public var titleRowsMax = 5
  /// What an XLSX workbook may cost.
  public var sheet = SheetLimits.standard
  /// Rows under the header: of each a few bytes stay in memory, to find those that repeat one.
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

  /// 4 GiB a file, 256 cells a row, 64 KiB a cell, 5 million rows, 20 problems.
  public static let standard = ImportLimits(
    fileBytesMax: 4 << 30, rowCellsMax: 256, cellBytesMax: 64 << 10, rowsMax: 5_000_000, problemsMax: 20)

  /// The same for someone who asked for every problem: 100 000 of them.
  public var withAllProblems: ImportLimits {
    var limits = self
    limits.problemsMax = 100_000
    return limits
  }
}
