public import GuobanMessages

/// A report as Markdown with pipe tables.
public struct MarkdownTable: Sendable {
  /// There is nothing to choose.
  public init() {}

  /// Renders the whole report, ending with a line break.
  public func render(_ result: Reporting.Result) -> String {
    let print = CellPrint(result)
    var text = "# \(escaped(print.oneLine(result.title)))\n"
    if !result.subtitle.isEmpty { text += "\n\(escaped(print.oneLine(result.subtitle)))\n" }
    for table in result.tables {
      text += table.title.isEmpty ? "\n" : "\n## \(escaped(print.oneLine(table.title)))\n\n"
      text += line(table.columns.map(print.head))
      text += "|" + table.columns.map { $0.isNumeric ? "---:|" : "---|" }.joined() + "\n"
      for row in table.rows {
        let cells = zip(row.cells, table.columns).map { print.text($0, in: $1) }
        text += line(row.kind == .total ? cells.map { "**\($0)**" } : cells, isMarkup: row.kind == .total)
      }
    }
    if !result.notes.isEmpty { text += "\n" }
    for note in result.notes { text += "- \(note.kind.title)：\(escaped(print.oneLine(note.text)))\n" }
    return text
  }

  private func line(_ cells: [String], isMarkup: Bool = false) -> String {
    "|" + cells.map { " \(isMarkup ? escaped($0, keeping: "*") : escaped($0)) |" }.joined() + "\n"
  }

  private func escaped(_ text: String, keeping kept: Character? = nil) -> String {
    var result = ""
    for character in text {
      if "\\|*_`<>[]#".contains(character) && character != kept { result += "\\" }
      result.append(character)
    }
    return result
  }
}
