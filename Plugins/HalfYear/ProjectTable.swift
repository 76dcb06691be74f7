internal import GuobanModel
internal import ReporterKit

/// Projects by region, tier or one by one, and the total: where they stand, and what is still to be done.
struct ProjectTable {
  let question: Question
  let regions: RegionTree
  let observations: Observations

  static let namesMax = 10

  func add(_ rows: ProjectRows, to report: inout Report) throws {
    var table = ReportTable(id: "projects", title: "重点项目投资", columns: columns)
    var outlook = ReportTable(id: "outlook", title: "差额与进度推算", columns: outlookColumns)
    var total = PlanSums()
    for group in groups(rows.projects) {
      var sums = PlanSums()
      for project in group.projects { try sums.add(project.sums) }
      try total.add(sums)
      let published = publishedShare(of: group.region)
      let check = try check(sums)
      table.add(cells(group.name, sums, check, published))
      outlook.add(outlookCells(group.name, sums, check))
      if let region = group.region, let published, let share = check.share, sums.unreported == 0 {
        compare(published, share, region: region, &report)
      }
    }
    let check = try check(total)
    table.add(cells("合计", total, check, publishedShare(of: nil)), kind: .total)
    outlook.add(outlookCells("合计", total, check), kind: .total)
    report.tables += [table, outlook]
    report.charts.append(
      Reporting.Chart(
        id: "shares", title: "完成率", kind: .bar, table: "projects", labelColumn: "name",
        valueColumns: ["share", "schedule"]))
    note(rows, &report)
  }

  private func check(_ sums: PlanSums) throws -> HalfYearCheck {
    try HalfYearCheck(
      target: sums.plan, done: sums.doneIfReported, month: question.month.month, schedule: try sums.schedule(),
      thresholds: question.thresholds)
  }

  private var nameColumn: ReportColumn {
    switch question.grouping {
    case .region: .text("name", "地区")
    case .tier: .text("name", "层级")
    case .project: .text("name", "项目")
    }
  }

  private var columns: [ReportColumn] {
    let columns: [ReportColumn] = [
      nameColumn, .integer("projects", "项目", unit: "个"), .integer("unreported", "缺报", unit: "个"),
      .yiYuan("plan", "年度计划"), .yiYuan("done", "累计完成"), .percent("share", "完成率"), .percent("schedule", "序时进度"),
      .percentagePoints("lead", "超序时"), .light("light", "灯"), .outcome("outcome", "结论"),
    ]
    return question.grouping == .region ? columns + [.percent("published", "已公布")] : columns
  }

  private var outlookColumns: [ReportColumn] {
    [
      nameColumn, .yiYuan("gap", "距过半"), .yiYuan("pace", "目前月均"), .yiYuan("pace_needed", "今后月均需"),
      .yiYuan("projection", "全年预测"), .percent("projected_share", "预测完成率"),
    ]
  }

  /// With unreported projects what is done is a lower bound: what it proves is said, the rest is 缺数据.
  private func cells(_ name: String, _ sums: PlanSums, _ check: HalfYearCheck, _ published: Fraction?) -> [ReportCell] {
    let isWhole = sums.unreported == 0
    let reason = reason(sums, check)
    let outcome = !isWhole && check.outcome == .notPassed ? HalfYearCheck.Outcome.noData : check.outcome
    let light = isWhole || check.light == .green ? check.light : nil
    let cells: [ReportCell] = [
      .text(name), .integer(sums.projects), .integer(sums.unreported), .amount(sums.plan),
      sums.doneIfReported.map(ReportCell.amount) ?? .missing("缺数据"),
      .ratio(check.share, missing: reason), .ratio(check.scheduleShare), .ratio(check.lead, missing: reason),
      .light(light, missing: reason), .text(outcome.rawValue),
    ]
    return question.grouping == .region ? cells + [.ratio(published, missing: "未公布")] : cells
  }

  private func outlookCells(_ name: String, _ sums: PlanSums, _ check: HalfYearCheck) -> [ReportCell] {
    let isWhole = sums.unreported == 0
    let figures = [
      check.gapToHalf.map { Fraction($0) }, check.paceSoFar, check.paceNeeded, check.projection, check.projectedShare,
    ]
    return [.text(name)] + figures.map { .ratio(isWhole ? $0 : nil, missing: reason(sums, check)) }
  }

  private func reason(_ sums: PlanSums, _ check: HalfYearCheck) -> String {
    if check.outcome == .noTarget { return "无年度计划" }
    return sums.unreported == 0 ? "不适用" : "有项目缺报"
  }

  private struct Group {
    let name: String
    let region: String?
    let projects: [ProjectRows.Project]
  }

  private func groups(_ projects: [ProjectRows.Project]) -> [Group] {
    switch question.grouping {
    case .region:
      let groups = Dictionary(grouping: projects, by: \.region)
      return groups.keys.sorted(by: regions.precedes).map {
        Group(name: regions.name($0), region: $0, projects: groups[$0] ?? [])
      }
    case .tier:
      let groups = Dictionary(grouping: projects, by: \.tier)
      let known = ProjectTierName.allCases.map(\.rawValue)
      let order = known + groups.keys.filter { !known.contains($0) }.sorted()
      return order.compactMap { tier in
        groups[tier].map { Group(name: ProjectTierName(rawValue: tier)?.title ?? tier, region: nil, projects: $0) }
      }
    case .project:
      let sorted = projects.sorted {
        $0.region == $1.region
          ? $0.code.utf8.lexicographicallyPrecedes($1.code.utf8) : regions.precedes($0.region, $1.region)
      }
      return sorted.map { Group(name: $0.name, region: nil, projects: [$0]) }
    }
  }

  /// What was published is about all projects of a region: beside a part of them it would mislead.
  private func publishedShare(of region: String?) -> Fraction? {
    guard question.tiers.isEmpty, let region = region ?? question.region,
      let value = observations.value(question.publishedIndicator, region, question.month)
    else { return nil }
    return try? Fraction(value.millionths, over: 100_000_000)
  }

  /// Both figures stand; where they differ at the published precision, that is said.
  private func compare(_ published: Fraction, _ share: Fraction, region: String, _ report: inout Report) {
    // The published figure's own decimals: 45.5 says nothing about the second.
    let decimals =
      (0...6).first { published.isWhole(timesPowerOfTen: $0 + 2) } ?? 6
    let style = DecimalStyle(decimals: decimals, rounding: question.roundingMode)
    guard published.percentText(style) != share.percentText(style) else { return }
    let signed = DecimalStyle(decimals: max(decimals, 2), rounding: question.roundingMode, showsPlus: true)
    let difference = (try? share.subtracting(published))?.percentText(signed) ?? "?"
    report.note(
      .warning,
      "\(regions.name(region))：已公布 \(published.percentText(style))%，按台账计算 \(share.percentText(style))%，相差 \(difference) "
        + "个百分点，两者并列；请核对口径，或公布时所用数据是否已四舍五入。")
  }

  private func note(_ rows: ProjectRows, _ report: inout Report) {
    let missing = rows.projects.filter { $0.sums.unreported > 0 }
    if !missing.isEmpty {
      let names = missing.prefix(Self.namesMax).map(\.name).joined(separator: "、")
      let more = missing.count > Self.namesMax ? "等" : ""
      report.note(
        .missing,
        "\(missing.count) 个项目没有 \(question.month) 的进度：\(names)\(more)。这些项目的完成额未作估计，所在组的完成率是下限，"
          + "不足以判定的记为缺数据。")
    }
    if rows.withoutPlan > 0 {
      report.note(
        .warning, "\(rows.withoutPlan) 个项目有 \(question.month) 的进度而没有 \(question.month.year) 年的计划，未计入。")
    }
  }
}

extension Fraction {
  /// Whether the value times 10^power is a whole number.
  fileprivate func isWhole(timesPowerOfTen power: Int) -> Bool {
    var scaled = self
    for _ in 0..<power {
      guard let next = try? scaled.multiplied(by: Fraction(10)) else { return false }
      scaled = next
    }
    return scaled.denominator == 1
  }
}
