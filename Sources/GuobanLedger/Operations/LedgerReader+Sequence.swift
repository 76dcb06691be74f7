internal import GuobanStorage

extension LedgerReader {
  /// The highest number in the column "sequence" of the records of a type that belong to one series; 0 when there are none.
  ///
  /// - Parameters:
  ///   - column: names the series.
  ///   - series: which one.
  func highestSequence(of type: String, where column: String, is series: String) throws -> Int64 {
    let found = try group(
      GroupQuery(
        source: type, filter: .compare(column: column, .equal, .text(series)), groupBy: [],
        measures: [.max("sequence")], rowsMax: 1))
    guard case .integer(let highest)? = found.columns.first?.first else { return 0 }
    return highest
  }
}
