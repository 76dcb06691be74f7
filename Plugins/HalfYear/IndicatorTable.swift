internal import GuobanModel
internal import ReporterKit

/// Table 2: indicators with a target or a figure, region by region.
struct IndicatorTable {
  let question: Question
  let regions: RegionTree
  let observations: Observations

  private struct Indicator {
    let name: String
    let unit: String
    let nature: String
    let better: BetterWhen
  }

  private struct Key: Hashable {
    let indicator: String
    let region: String
  }

  func add(_ context: RunContext, to report: inout Report) throws {
    let indicators = try indicators(try context.frame("indicators"))
    let targets = try targets(try context.frame("targets"))
    var keys = Set(targets.keys)
    for key in observations.values.keys where key.period == question.month.text {
      keys.insert(Key(indicator: key.indicator, region: key.region))
    }
    keys = keys.filter { key in
      key.indicator != question.publishedIndicator && question.region.map { regions.isWithin(key.region, $0) } ?? true
    }
    guard !keys.isEmpty else { return }

    var table = ReportTable(id: "indicators", title: "经济指标", columns: Self.columns)
    var missing: [String] = []
    let sorted = keys.sorted {
      $0.region == $1.region ? $0.indicator < $1.indicator : regions.precedes($0.region, $1.region)
    }
    for key in sorted {
      let indicator = indicators[key.indicator] ?? Indicator(name: key.indicator, unit: "", nature: "", better: .higher)
      let actual = observations.value(key.indicator, key.region, question.month)
      if actual == nil { missing.append(regions.name(key.region) + indicator.name) }
      table.add(try cells(key, indicator, target: targets[key], actual: actual))
    }
    report.tables.append(table)
    if !missing.isEmpty {
      let names = missing.prefix(ProjectTable.namesMax).joined(separator: "、")
      report.note(
        .missing,
        "\(missing.count) 项指标没有 \(question.month) 的数：\(names)\(missing.count > ProjectTable.namesMax ? "等" : "")。")
    }
  }

  private static let columns: [ReportColumn] = [
    .text("region", "地区"), .text("indicator", "指标"), .text("unit", "单位"),
    .number("target", "全年目标", unit: "", decimals: 2), .number("actual", "实际", unit: "", decimals: 2),
    .percent("share", "完成率"), .percentagePoints("lead", "超序时"),
    .number("difference", "与目标差", unit: "", decimals: 2, signed: true), .light("light", "灯"),
    .outcome("outcome", "结论"), .number("last_year", "上年同期", unit: "", decimals: 2),
    .percent("growth", "同比", signed: true),
  ]

  private func cells(
    _ key: Key, _ indicator: Indicator, target: DecimalE6?, actual: DecimalE6?
  ) throws -> [ReportCell] {
    let last = observations.value(key.indicator, key.region, question.lastYearsMonth)
    let (share, lead, difference, light, outcome) = try judgement(indicator, target: target, actual: actual)
    var growth: Fraction?
    if indicator.nature != "GROWTH", let last, let actual, last.millionths > 0 {
      growth = try Fraction.growth(from: last.millionths, to: actual.millionths)
    }
    let noFigure = actual == nil ? "缺数据" : "不适用"
    return [
      .text(regions.name(key.region)), .text(indicator.name), .text(indicator.unit),
      .ratio(try target.map(number), missing: "无目标"), .ratio(try actual.map(number), missing: "缺数据"),
      .ratio(share, missing: noFigure), .ratio(lead, missing: noFigure), .ratio(difference, missing: noFigure),
      .light(light, missing: noFigure), .text(outcome), .ratio(try last.map(number), missing: "缺上年同期"),
      .ratio(growth, missing: last == nil ? "缺上年同期" : noFigure),
    ]
  }

  /// Cumulative indicators have a half to pass; growth rates and stocks have a level to meet.
  private func judgement(
    _ indicator: Indicator, target: DecimalE6?, actual: DecimalE6?
  ) throws -> (share: Fraction?, lead: Fraction?, difference: Fraction?, light: Light?, outcome: String) {
    guard let nature = LevelCheck.Nature(rawValue: indicator.nature) else {
      let check = try HalfYearCheck(
        target: target?.millionths, done: actual?.millionths, month: question.month.month, schedule: .monthly,
        thresholds: question.thresholds)
      return (check.share, check.lead, nil, check.light, check.outcome.rawValue)
    }
    let check = try LevelCheck(
      nature: nature, target: target, actual: actual, better: indicator.better, thresholds: question.thresholds)
    return (nil, nil, try check.difference.map(number), check.light, check.outcome.rawValue)
  }

  private func number(_ value: DecimalE6) throws(RuleViolation) -> Fraction {
    try Fraction(value.millionths, over: 1_000_000)
  }

  private func indicators(_ frame: DataFrame) throws -> [String: Indicator] {
    var indicators: [String: Indicator] = [:]
    for row in 0..<frame.rowCount {
      indicators[try frame.text("key", row)] = Indicator(
        name: try frame.text("name", row), unit: try frame.text("unit", row), nature: try frame.text("nature", row),
        better: BetterWhen(rawValue: try frame.text("better", row)) ?? .higher)
    }
    return indicators
  }

  private func targets(_ frame: DataFrame) throws -> [Key: DecimalE6] {
    var targets: [Key: DecimalE6] = [:]
    for row in 0..<frame.rowCount {
      let key = Key(indicator: try frame.text("indicator", row), region: try frame.text("region", row))
      targets[key] = DecimalE6(millionths: try frame.integer("sum(value_e6)", row))
    }
    return targets
  }
}
