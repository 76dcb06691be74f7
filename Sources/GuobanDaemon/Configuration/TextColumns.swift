internal import GuobanModel

/// Lines up rows on a terminal, where a full-width character takes two columns.
enum TextColumns {
  /// Rows of cells, each column as wide as its widest cell, two spaces between.
  static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? displayWidth(of: $0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += column < row.count - 1 ? padded(cell, toWidth: widths[column]) + "  " : cell
      }
      return line + "\n"
    }.joined()
  }
}
