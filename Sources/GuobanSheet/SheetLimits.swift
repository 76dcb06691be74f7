internal import CSheet

/// What one workbook may cost to read.
public struct SheetLimits: Sendable {
  /// Bytes of all parts that are read, inflated.
  public var inflatedBytesMax: Int
  /// Inflated bytes over packed ones, looked at past 64 MiB. Deflate itself stops near 1032.
  public var inflationRatioMax: Int
  /// Bytes of the shared strings together: they stay in memory.
  public var sharedBytesMax: Int
  public var sharedStringsMax: Int
  /// Bytes of one cell's text.
  public var cellBytesMax: Int
  /// Columns that may hold something.
  public var columnsMax: Int
  /// Merged ranges that are remembered.
  public var mergesMax: Int

  public init(
    inflatedBytesMax: Int, inflationRatioMax: Int, sharedBytesMax: Int, sharedStringsMax: Int, cellBytesMax: Int,
    columnsMax: Int, mergesMax: Int
  ) {
    self.inflatedBytesMax = inflatedBytesMax
    self.inflationRatioMax = inflationRatioMax
    self.sharedBytesMax = sharedBytesMax
    self.sharedStringsMax = sharedStringsMax
    self.cellBytesMax = cellBytesMax
    self.columnsMax = columnsMax
    self.mergesMax = mergesMax
  }

  /// 4 GiB inflated at a ratio of at most 200, 256 MiB in 8 million shared strings, 256 columns of 64 KiB.
  public static let standard = SheetLimits(
    inflatedBytesMax: 4 << 30, inflationRatioMax: 200, sharedBytesMax: 256 << 20, sharedStringsMax: 8_000_000,
    cellBytesMax: 64 << 10, columnsMax: 256, mergesMax: 1000)

  var c: guoban_sheet_limits {
    guoban_sheet_limits(
      inflated_bytes_max: UInt64(clamping: inflatedBytesMax), inflation_ratio_max: UInt32(clamping: inflationRatioMax),
      shared_bytes_max: UInt64(clamping: sharedBytesMax), shared_strings_max: UInt32(clamping: sharedStringsMax),
      cell_bytes_max: UInt32(clamping: cellBytesMax), columns_max: UInt32(clamping: columnsMax),
      merges_max: UInt32(clamping: mergesMax))
  }
}
