public import GuobanMessages

/// A report as JSON: every value exact, and beside it as printed.
///
///     {"ratio": {"numerator": "5456", "denominator": "12003"}, "printed": "45.46"}
///
/// 64-bit integers are strings, as in protobuf's JSON: a reader with doubles would lose digits.
public struct JSONReport: Sendable {
  /// There is nothing to choose.
  public init() {}

  /// Renders the whole report on one line, ending with a line break.
  public func render(_ result: Reporting.Result) -> String {
    let print = CellPrint(result)
    let tables = result.tables.map { table in
      JSON.object([
        ("id", .text(table.id)), ("title", .text(table.title)),
        ("columns", .array(table.columns.map(column))),
        ("rows", .array(table.rows.map { row($0, table.columns, print) })),
      ])
    }
    let notes = result.notes.map { note in
      JSON.object([("kind", .text(note.kind.name)), ("text", .text(note.text))])
    }
    let charts = result.charts.map { chart in
      JSON.object([
        ("id", .text(chart.id)), ("title", .text(chart.title)), ("kind", .text(chart.kind.name)),
        ("table", .text(chart.table)), ("labelColumn", .text(chart.labelColumn)),
        ("valueColumns", .array(chart.valueColumns.map(JSON.text))),
      ])
    }
    let rounding: Reporting.Rounding = result.rounding == .unspecified ? .halfUp : result.rounding
    return JSON.object([
      ("title", .text(result.title)), ("subtitle", .text(result.subtitle)),
      ("methodVersion", .text(result.methodVersion)), ("rounding", .text(rounding.name)),
      ("tables", .array(tables)), ("notes", .array(notes)), ("charts", .array(charts)),
    ]).text + "\n"
  }

  private func column(_ column: Reporting.ColumnSpec) -> JSON {
    .object([
      ("id", .text(column.id)), ("title", .text(column.title)), ("kind", .text(column.kind.name)),
      ("unit", .text(column.unit)), ("decimals", .number(Int(column.decimals))), ("signed", .bool(column.signed)),
      ("divisor", .text(String(max(column.divisor, 1)))),
    ])
  }

  private func row(_ row: Reporting.Row, _ columns: [Reporting.ColumnSpec], _ print: CellPrint) -> JSON {
    let cells = zip(row.cells, columns).map { cell, column in
      (column.id, JSON.object(value(cell) + [("printed", .text(print.text(cell, in: column)))]))
    }
    return .object([("total", .bool(row.kind == .total)), ("cells", .object(cells))])
  }

  private func value(_ cell: Reporting.Cell) -> [(String, JSON)] {
    switch cell.value {
    case .text(let text)?: [("text", .text(text))]
    case .integer(let value)?: [("integer", .text(String(value)))]
    case .ratio(let ratio)?:
      [
        (
          "ratio",
          .object([
            ("numerator", .text(String(ratio.numerator))), ("denominator", .text(String(ratio.denominator))),
          ])
        )
      ]
    case .missing(let reason)?: [("missing", .text(reason))]
    case nil: [("missing", .text(""))]
    }
  }
}
