internal import GuobanModel

/// Rows of cells in columns that line up on a terminal, whatever script they are written in.
struct TextTable {
  /// Where a column's cells stand.
  enum Alignment { case left, right }

  let alignments: [Alignment]
  private(set) var rows: [[String]] = []

  /// An empty table.
  init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// Adds a row; cells must be as many as columns.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == alignments.count, "a row has \(alignments.count) cells")
    // A line break in a cell would begin a row of its own, and look like one of the ledger's.
    rows.append(cells.map { Terminal.harmless($0).replacing(/[\n\t]+/, with: " ") })
  }

  /// The lines, two spaces between columns, none at the end.
  var lines: [String] {
    let widths = alignments.indices.map { column in rows.map { displayWidth(of: $0[column]) }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - displayWidth(of: cell))
        if column > 0 { line += "  " }
        line += alignments[column] == .left ? cell + space : space + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
