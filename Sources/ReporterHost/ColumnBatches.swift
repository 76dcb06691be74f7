internal import GuobanMessages
internal import GuobanStorage

/// A query's rows as Columns messages of bounded size; at least one, so that the columns are always named.
struct ColumnBatches: Sequence {
  let query: String
  let rows: GroupResult
  let batchRowsMax: Int

  func makeIterator() -> AnyIterator<Reporting.Columns> {
    let count = rows.columns.first?.count ?? 0
    var start = 0
    var isFirst = true
    return AnyIterator {
      guard isFirst || start < count else { return nil }
      isFirst = false
      let range = start..<Swift.min(start + batchRowsMax, count)
      start = range.upperBound
      return Reporting.Columns(query: query, columns: rows.packedColumns(rows: range))
    }
  }
}
