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
      return Reporting.Columns(
        query: query, columns: zip(rows.names, rows.columns).map { Self.column($0, $1, range) })
    }
  }

  /// A column is text when the whole of it holds a text; a column of nothing but NULL is one of integers, unless its
  /// name is a plain path: measures are integers.
  private static func column(_ name: String, _ values: [ColumnValue], _ range: Range<Int>) -> Reporting.Column {
    let isText = values.contains { if case .text = $0 { true } else { false } }
    var column = Reporting.Column(name: name, isText: isText)
    for (row, value) in values[range].enumerated() {
      switch value {
      case .text(let text): column.texts.append(text)
      case .integer(let integer) where isText: column.texts.append(String(integer))
      case .integer(let integer): column.integers.append(integer)
      case .null, .textList:
        if isText { column.texts.append("") } else { column.integers.append(0) }
        column.nulls.append(UInt32(row))
      }
    }
    return column
  }
}
