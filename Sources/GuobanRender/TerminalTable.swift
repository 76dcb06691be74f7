public import GuobanMessages
internal import GuobanModel

/// A report for a terminal: columns line up, full-width characters counting two.
public struct TerminalTable: Sendable {
  private let usesColour: Bool

  /// - Parameter usesColour: only where a terminal reads it.
  public init(usesColour: Bool) {
    self.usesColour = usesColour
  }

  /// Renders the whole report, ending with a line break.
  public func render(_ result: Reporting.Result) -> String {
    let print = CellPrint(result)
    var text = styled(print.oneLine(result.title), .bold)
    if !result.subtitle.isEmpty { text += "  " + print.oneLine(result.subtitle) }
    text += "\n"
    for table in result.tables { text += "\n" + render(table, print) }
    if !result.notes.isEmpty { text += "\n" }
    for note in result.notes {
      text += styled("\(note.kind.title)：", note.kind == .method ? .plain : .yellow) + print.oneLine(note.text) + "\n"
    }
    return text
  }

  private func render(_ table: Reporting.Table, _ print: CellPrint) -> String {
    let heads = table.columns.map(print.head)
    let rows = table.rows.map { row in
      zip(row.cells, table.columns).map { cell, column in
        let text = print.text(cell, in: column)
        return column.kind == .light && text != CellPrint.missing ? "●\(text)" : text
      }
    }
    var widths = heads.map { displayWidth(of: $0) }
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], displayWidth(of: cell)) }
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──") + "\n"

    var text = table.title.isEmpty ? "" : "【\(print.oneLine(table.title))】\n"
    text += line(heads, table, widths) + rule
    for (row, cells) in zip(table.rows, rows) {
      if row.kind == .total { text += rule }
      text += line(cells, table, widths, lights: row)
    }
    return text
  }

  private func line(
    _ cells: [String], _ table: Reporting.Table, _ widths: [Int], lights row: Reporting.Row? = nil
  ) -> String {
    var parts: [String] = []
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(widths[index] - displayWidth(of: cell), 0))
      let shown = row.flatMap { colour(of: $0.cells[index], table.columns[index]) }.map { styled(cell, $0) } ?? cell
      parts.append(table.columns[index].isNumeric ? padding + shown : shown + padding)
    }
    var text = parts.joined(separator: "  ")
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  private enum Style: String {
    case plain = ""
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  private func colour(of cell: Reporting.Cell, _ column: Reporting.ColumnSpec) -> Style? {
    guard case .text(let text)? = cell.value else { return nil }
    return switch (column.kind, text) {
    case (.light, "GREEN"), (.outcome, "PASSED"), (.outcome, "MET"): .green
    case (.light, "YELLOW"), (.outcome, "NO_DATA"): .yellow
    case (.light, "RED"), (.outcome, "NOT_PASSED"), (.outcome, "NOT_MET"): .red
    default: nil
    }
  }

  private func styled(_ text: String, _ style: Style) -> String {
    usesColour && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
