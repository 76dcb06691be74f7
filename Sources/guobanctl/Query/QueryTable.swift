internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel

/// The answer of a query as a person, a spreadsheet or a script takes it. Pure.
struct QueryTable {
  /// One column as it is shown: a ratio is one, of two in the answer.
  private struct Column {
    var title: String
    var name: String
    var isKey: Bool
    /// Shown, one a row.
    var cells: [String]
    /// As JSON, one a row.
    var values: [String]
    var total: String
  }

  private let columns: [Column]
  private let rows: Int
  private let isWhole: Bool

  /// - Parameters:
  ///   - measures: what was asked for.
  ///   - regionNames: by code.
  ///   - title: how a person calls a column.
  init(
    _ answer: Ledger.QueryResponse, measures: [Reporting.Measure], money: MoneyUnit, regionNames: [String: String],
    title: (String) -> String
  ) {
    let packed = answer.columns?.columns ?? []
    let widths = measures.map { $0.kind == .ratio ? 2 : 1 }
    let keysCount = max(0, packed.count - widths.reduce(0, +))
    rows = packed.first.map { max($0.texts.count, $0.integers.count) } ?? 0
    isWhole = !answer.more
    let unit = { (index: Int) in index < answer.meanings.count ? answer.meanings[index].unit : "" }
    var columns = packed.prefix(keysCount).enumerated().map { index, column in
      let isRegion = index < answer.meanings.count && answer.meanings[index].references == "Region"
      let texts = column.optionalTexts
      let scale = FigureScale(unit: column.isText ? "" : unit(index), money: money)
      return Column(
        title: scale.head(title(column.name)), name: column.name, isKey: true,
        cells: (column.isText ? texts : scale.texts(column.amounts)).map { text in
          guard let text else { return say("（不在其中）", "(none)") }
          if text.isEmpty { return say("（空）", "(empty)") }
          guard isRegion, let name = regionNames[text] else { return text }
          return "\(text) \(name)"
        }, values: texts.map { $0.map(jsonString) ?? "null" }, total: "")
    }
    var place = keysCount
    for (measure, width) in zip(measures, widths) where place + width <= packed.count {
      let values = packed[place].amounts
      if width == 2 {
        columns.append(Self.ratio(measure, values, packed[place + 1].amounts, title))
      } else if packed[place].isText {
        let texts = packed[place].optionalTexts
        columns.append(
          Column(
            title: measure.title(unit: "", title), name: measure.name, isKey: false, cells: texts.map { $0 ?? "" },
            values: texts.map { $0.map(jsonString) ?? "null" }, total: ""))
      } else {
        columns.append(Self.amounts(measure, values, unit: unit(place), money: money, title))
      }
      place += width
    }
    self.columns = columns
  }

  /// For a terminal.
  var lines: [String] {
    var table = TextTable(columns.map { $0.isKey ? .left : .right })
    table.add(columns.map(\.title))
    for row in 0..<rows { table.add(columns.map { $0.cells[row] }) }
    let hasKeys = columns.contains(where: \.isKey)
    if hasKeys, rows > 1, isWhole, columns.contains(where: { !$0.total.isEmpty }) {
      table.add(columns.enumerated().map { $0 == 0 ? say("合计", "Total") : $1.total })
    }
    return table.lines
  }

  /// RFC 4180, without the total.
  var csvLines: [String] {
    let line = { (cells: [String]) in cells.map(csvField).joined(separator: ",") }
    return [line(columns.map(\.title))] + (0..<rows).map { row in line(columns.map { $0.cells[row] }) }
  }

  /// One object a row: exact, money in 分, a ratio as both sums.
  var jsonLines: [String] {
    (0..<rows).map { row in
      "{" + columns.map { "\(jsonString($0.name)):\($0.values[row])" }.joined(separator: ",") + "}"
    }
  }

  private static func amounts(
    _ measure: Reporting.Measure, _ values: [Int64?], unit: String, money: MoneyUnit, _ title: (String) -> String
  ) -> Column {
    let total = measure.addsUp ? sum(values) : nil
    let scale = FigureScale(unit: unit, money: money)
    let texts = scale.texts(values + [total]).map { $0 ?? "" }
    return Column(
      title: measure.title(unit: scale.word, title), name: measure.name, isKey: false, cells: texts.dropLast(),
      values: values.map { $0.map(String.init) ?? "null" }, total: texts.last ?? "")
  }

  private static func ratio(
    _ measure: Reporting.Measure, _ tops: [Int64?], _ bottoms: [Int64?], _ title: (String) -> String
  ) -> Column {
    let text = { (top: Int64?, bottom: Int64?) -> String in
      guard let top, let bottom, let share = try? Fraction(top, over: bottom) else { return "-" }
      return share.percentText(DecimalStyle(decimals: 2))
    }
    return Column(
      title: measure.title(unit: "%", title), name: measure.name, isKey: false, cells: zip(tops, bottoms).map(text),
      values: zip(tops, bottoms).map { top, bottom in
        "{\"numerator\":\(top.map(String.init) ?? "null"),\"denominator\":\(bottom.map(String.init) ?? "null")}"
      }, total: text(sum(tops), sum(bottoms)))
  }

  /// Nil when it leaves 64 bits.
  private static func sum(_ values: [Int64?]) -> Int64? {
    var sum: Int64 = 0
    for value in values.compactMap({ $0 }) {
      let (next, overflow) = sum.addingReportingOverflow(value)
      if overflow { return nil }
      sum = next
    }
    return sum
  }
}

/// A field of a CSV line. What a spreadsheet would take for a formula is made text; a negative figure is none.
private func csvField(_ text: String) -> String {
  let isFigure = text.hasPrefix("-") && text.utf8.dropFirst().allSatisfy { "0123456789.".utf8.contains($0) }
  let safe = isFigure ? text : FormulaGuard.added(to: text)
  guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
  return "\"" + safe.replacing("\"", with: "\"\"") + "\""
}

extension Reporting.Column {
  fileprivate var amounts: [Int64?] {
    let gone = Set(nulls)
    return integers.enumerated().map { gone.contains(UInt32($0)) ? nil : $1 }
  }
}
