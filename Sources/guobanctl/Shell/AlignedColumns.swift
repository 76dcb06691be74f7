internal import GuobanModel

/// Rows whose columns line up, full-width characters counting two; the last column is as wide as it likes.
func alignedColumns(_ rows: [[String]]) -> String {
  var widths: [Int] = []
  for row in rows {
    for (index, cell) in row.enumerated() {
      if index == widths.count { widths.append(0) }
      widths[index] = max(widths[index], displayWidth(of: cell))
    }
  }
  return rows.map { row in
    row.enumerated().map { index, cell in
      let room = index == row.count - 1 ? 0 : widths[index] - displayWidth(of: cell)
      return cell + String(repeating: " ", count: max(room, 0))
    }.joined(separator: "  ")
  }.joined(separator: "\n")
}
