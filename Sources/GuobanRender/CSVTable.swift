public import GuobanMessages

/// A report as CSV (RFC 4180): a title line, then each table with its heads, then the notes.
public struct CSVTable: Sendable {
  private let hasByteOrderMark: Bool

  /// - Parameter hasByteOrderMark: what a spreadsheet on Windows needs in order to read UTF-8.
  public init(hasByteOrderMark: Bool) {
    self.hasByteOrderMark = hasByteOrderMark
  }

  /// Renders the whole report; lines end with CR LF.
  public func render(_ result: Reporting.Result) -> String {
    let print = CellPrint(result)
    var records = [[result.title] + (result.subtitle.isEmpty ? [] : [result.subtitle])]
    for table in result.tables {
      records.append([])
      if !table.title.isEmpty { records.append([table.title]) }
      records.append(table.columns.map(print.head))
      for row in table.rows { records.append(zip(row.cells, table.columns).map { field($0, $1, print) }) }
    }
    if !result.notes.isEmpty { records.append([]) }
    for note in result.notes { records.append(["\(note.kind.title)：\(note.text)"]) }
    let lines = records.map { $0.map { Self.quoted(print.oneLine($0)) }.joined(separator: ",") + "\r\n" }
    return (hasByteOrderMark ? "\u{FEFF}" : "") + lines.joined()
  }

  /// A missing value is an empty field. A text that a spreadsheet would take for a formula gets an apostrophe.
  private func field(_ cell: Reporting.Cell, _ column: Reporting.ColumnSpec, _ print: CellPrint) -> String {
    switch cell.value {
    case .missing?, nil: return ""
    case .text(let text)?:
      let shown = print.text(cell, in: column)
      // By scalar: a combining mark after the sign makes another character of it, but not for a spreadsheet.
      return text.unicodeScalars.first.map { "=+-@\t\r＝＋－＠".unicodeScalars.contains($0) } == true ? "'" + shown : shown
    case .integer?, .ratio?: return print.text(cell, in: column)
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    var text = "\""
    for character in field { text += character == "\"" ? "\"\"" : String(character) }
    return text + "\""
  }
}
