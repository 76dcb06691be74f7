import GuobanClient
import GuobanMessages
import GuobanRender
import Testing

/// A report, read by the names of rows and columns.
struct Figures {
  let result: Reporting.Result
  /// As a terminal shows it.
  let text: String

  init(_ report: Ledger.Report) throws {
    result = try #require(report.result)
    text = TerminalTable(usesColour: false).render(result)
  }

  /// The printed cells of the row whose cells include all of `names`.
  func printed(_ table: String, _ names: String..., columns: [String]) throws -> [String] {
    let (table, row) = try row(table, names)
    return try columns.map { column in
      let index = try #require(table.columns.firstIndex { $0.id == column }, "no column \(column)")
      return CellPrint(result).text(row.cells[index], in: table.columns[index])
    }
  }

  /// The exact value of one cell.
  func value(_ table: String, _ names: String..., column: String) throws -> Reporting.Cell.Value? {
    let (table, row) = try row(table, names)
    return row.cells[try #require(table.columns.firstIndex { $0.id == column }, "no column \(column)")].value
  }

  /// The line of the rendered text that begins with these words, its columns one blank apart.
  func line(_ words: String) -> String? {
    text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }.first {
      $0.hasPrefix(words + " ")
    }
  }

  private func row(_ id: String, _ names: [String]) throws -> (Reporting.Table, Reporting.Row) {
    let table = try #require(result.tables.first { $0.id == id }, "no table \(id) in \(text)")
    let row = table.rows.first { row in names.allSatisfy { name in row.cells.contains { $0.value == .text(name) } } }
    return (table, try #require(row, "no row \(names) in \(text)"))
  }
}

extension Reporting.Cell.Value {
  /// A ratio as exact as it travels.
  static func exactly(_ numerator: Int64, over denominator: Int64) -> Self {
    .ratio(Reporting.Ratio(numerator: numerator, denominator: denominator))
  }
}
