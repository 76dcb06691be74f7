/// Rows of as many cells each, in columns that begin at the same place.
func alignedColumns(_ rows: [[String]]) -> String {
  var table = TextTable(Array(repeating: .left, count: rows.first?.count ?? 0))
  for row in rows { table.add(row) }
  return table.lines.joined(separator: "\n")
}
