public import GuobanMessages

/// Checks that a report is what renderers and readers rely on. Its bytes come from a process that may be broken.
public struct ResultCheck: Sendable {
  let limits: ResultLimits

  static let lights: Set<String> = ["GREEN", "YELLOW", "RED"]
  static let outcomes: Set<String> = ["PASSED", "NOT_PASSED", "MET", "NOT_MET", "NO_TARGET", "NO_DATA"]

  /// Checks against `limits`.
  public init(limits: ResultLimits) {
    self.limits = limits
  }

  /// The first rule that the report breaks; nil for a good one.
  public func problem(of result: Reporting.Result) -> String? {
    if result.title.isEmpty { return "the report has no title" }
    if result.methodVersion.isEmpty { return "the report has no method_version" }
    if result.tables.count > limits.tablesMax { return "more than \(limits.tablesMax) tables" }
    if result.notes.count > limits.notesMax { return "more than \(limits.notesMax) notes" }
    if result.charts.count > limits.chartsMax { return "more than \(limits.chartsMax) charts" }
    let texts = [result.title, result.subtitle, result.methodVersion] + result.notes.map(\.text)
    if texts.contains(where: isTooLong) { return "a text over \(limits.textBytesMax) bytes" }
    if result.rounding.knownName == nil { return "an unknown rounding \(result.rounding.rawValue)" }
    var rows = 0
    for (index, table) in result.tables.enumerated() {
      if let problem = problem(of: table) { return "table \(index) (\(table.id)): \(problem)" }
      rows += table.rows.count
    }
    if rows > limits.rowsMax { return "more than \(limits.rowsMax) rows" }
    if Set(result.tables.map(\.id)).count != result.tables.count { return "two tables with one id" }
    for chart in result.charts {
      if let problem = problem(of: chart, in: result) { return "chart \(chart.id): \(problem)" }
    }
    return nil
  }

  private func problem(of table: Reporting.Table) -> String? {
    if table.id.isEmpty || isTooLong(table.id) || isTooLong(table.title) { return "id or title empty or too long" }
    if table.columns.isEmpty || table.columns.count > limits.columnsMax {
      return "0 or over \(limits.columnsMax) columns"
    }
    if Set(table.columns.map(\.id)).count != table.columns.count { return "two columns with one id" }
    for column in table.columns {
      if column.kind.knownName == nil || column.kind == .unspecified { return "column \(column.id): no known kind" }
      if isTooLong(column.title) || isTooLong(column.unit) || isTooLong(column.id) {
        return "a column's text is too long"
      }
      if !(0...limits.decimalsMax).contains(Int(column.decimals)) { return "column \(column.id): decimals" }
      if column.divisor < 0 { return "column \(column.id): a divisor below zero" }
    }
    for (index, row) in table.rows.enumerated() {
      if row.cells.count != table.columns.count {
        return "row \(index) has \(row.cells.count) cells, there are \(table.columns.count) columns"
      }
      for (cell, column) in zip(row.cells, table.columns) {
        if let problem = problem(of: cell, in: column) { return "row \(index), column \(column.id): \(problem)" }
      }
    }
    return nil
  }

  private func problem(of cell: Reporting.Cell, in column: Reporting.ColumnSpec) -> String? {
    switch (cell.value, column.kind) {
    case (nil, _): nil
    case (.missing(let reason)?, _): isTooLong(reason) ? "a text too long" : nil
    case (.text(let text)?, .text): isTooLong(text) ? "a text too long" : nil
    case (.text(let text)?, .light): Self.lights.contains(text) ? nil : "no light is called \(text.prefix(32))"
    case (.text(let text)?, .outcome): Self.outcomes.contains(text) ? nil : "no outcome is called \(text.prefix(32))"
    case (.integer?, .integer), (.integer?, .ratio): nil
    case (.ratio(let ratio)?, .ratio): ratio.denominator > 0 ? nil : "a denominator that is not above zero"
    default: "a value of another kind"
    }
  }

  private func problem(of chart: Reporting.Chart, in result: Reporting.Result) -> String? {
    guard let table = result.tables.first(where: { $0.id == chart.table }) else { return "no table \(chart.table)" }
    let ids = Set(table.columns.map(\.id))
    let missing = ([chart.labelColumn] + chart.valueColumns).first { !ids.contains($0) }
    if isTooLong(chart.title) { return "a text too long" }
    return missing.map { "no column \($0)" }
  }

  private func isTooLong(_ text: String) -> Bool { text.utf8.count > limits.textBytesMax }
}
