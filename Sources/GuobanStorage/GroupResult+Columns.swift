public import GuobanMessages

extension GroupResult {
  /// Some rows as reporters and clients take them; nil for all.
  public func packedColumns(rows: Range<Int>? = nil) -> [Reporting.Column] {
    let range = rows ?? 0..<(columns.first?.count ?? 0)
    return zip(names, columns).map { Self.packed($0, $1, range) }
  }

  /// A column is text when the whole of it holds a text; a column of nothing but NULL is one of integers, unless its
  /// name is a plain path: measures are integers.
  private static func packed(_ name: String, _ values: [ColumnValue], _ range: Range<Int>) -> Reporting.Column {
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
