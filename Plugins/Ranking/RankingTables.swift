internal import GuobanModel
internal import ReporterKit

/// One table for each group that ranks apart, the ordinary one first, and what must be read with care.
struct RankingTables {
  let question: Question
  let regions: RegionTree

  static let smallCountMax: Int64 = 20

  func add(now: UnitFigures, before: UnitFigures?, to report: inout Report) throws {
    let previous = before.map { groups($0) } ?? []
    for (index, group) in groups(now).enumerated() {
      let old = previous.first { $0.name == group.name }
      let title = group.name.isEmpty ? "县区" : group.name
      var table = ReportTable(
        id: index == 0 ? "ranking" : "ranking_\(index + 1)",
        title: question.level == .county ? title : group.name.isEmpty ? "排名" : group.name, columns: columns)
      for row in group.rows { table.add(try cells(row, now, group: group, old: old, before: before)) }
      report.tables.append(table)
      report.charts.append(
        Reporting.Chart(
          id: "chart_\(table.id)", title: table.title + "完成率", kind: .bar, table: table.id, labelColumn: "name",
          valueColumns: ["share"]))
    }
    if let before, let month = question.before, before.units.values.allSatisfy({ $0.reported == 0 }) {
      report.note(.missing, "\(month) 没有进度数据，位次变化从缺。")
    }
  }

  func note(_ now: UnitFigures, _ report: inout Report) {
    let codes = now.units.keys.sorted(by: regions.precedes)
    let missing = codes.compactMap { code -> String? in
      guard let sums = now.units[code], sums.unreported > 0 else { return nil }
      return "\(regions.name(code))（\(sums.projects) 个中缺 \(sums.unreported) 个）"
    }
    if !missing.isEmpty {
      report.note(.missing, "有项目没有 \(question.month) 的进度：\(missing.joined(separator: "、"))。全部缺报的不排名，部分缺报的完成率偏低。")
    }
    let small = codes.filter { (now.units[$0]?.projects ?? 0) <= Self.smallCountMax }
    if !small.isEmpty {
      report.note(
        .warning,
        "项目不超过 \(Self.smallCountMax) 个，完成率易受个别项目影响：\(small.map(regions.name).joined(separator: "、"))。")
    }
    if !now.overReported.isEmpty {
      report.note(
        .warning,
        "有进度的项目多于有年度计划的项目，完成率可能偏高，请补年度计划：\(now.overReported.map(regions.name).joined(separator: "、"))。")
    }
    if !now.outside.isEmpty {
      let names = now.outside.keys.sorted(by: regions.precedes).map { "\(regions.name($0)) \(now.outside[$0] ?? 0) 个" }
      report.note(.missing, "有项目不属于所排层级的地区，未计入：\(names.joined(separator: "、"))。")
    }
  }

  private func groups(_ figures: UnitFigures) -> [RankGroup<String>] {
    rankGroups(
      Array(figures.units.keys), by: figures.share, regionCode: { $0 }, group: { regions[$0]?.rankGroup ?? "" },
      better: .higher, tieRule: question.tieRule)
  }

  private var columns: [ReportColumn] {
    let places: Int32 = question.tieRule == .fractional ? 1 : 0
    return [
      .number("rank", "名次", unit: "", decimals: places), .text("name", "地区"), .integer("projects", "项目", unit: "个"),
      .integer("unreported", "缺报", unit: "个"), .yiYuan("plan", "年度计划"), .yiYuan("done", "累计完成"),
      .percent("share", "完成率"), .percentagePoints("lead", "超序时"), .light("light", "灯"),
      .number("change", "位次变化", unit: "位", decimals: places, signed: true),
    ]
  }

  private func cells(
    _ row: Ranked<String>, _ now: UnitFigures, group: RankGroup<String>, old: RankGroup<String>?, before: UnitFigures?
  ) throws -> [ReportCell] {
    let sums = now.units[row.item] ?? PlanSums()
    let check = try HalfYearCheck(
      target: sums.plan, done: sums.doneIfReported, month: question.month.month, schedule: try sums.schedule(),
      thresholds: .standard)
    let reason = sums.plan > 0 ? "缺数据" : "无年度计划"
    return [
      .ratio(row.rank, missing: reason), .text(regions.name(row.item)), .integer(sums.projects),
      .integer(sums.unreported), .amount(sums.plan), sums.doneIfReported.map(ReportCell.amount) ?? .missing("缺数据"),
      .ratio(row.value, missing: reason), .ratio(check.lead, missing: reason), .light(check.light, missing: reason),
      change(row, group, old, before),
    ]
  }

  private func change(
    _ row: Ranked<String>, _ group: RankGroup<String>, _ old: RankGroup<String>?, _ before: UnitFigures?
  ) -> ReportCell {
    guard let old, before != nil else { return .missing("不比较") }
    let previous = old.rows.first { $0.item == row.item }?.rank
    let change = RankChange(
      from: previous, on: RankBasis(methodVersion: question.methodVersion, units: Set(old.rows.map(\.item))),
      to: row.rank, on: RankBasis(methodVersion: question.methodVersion, units: Set(group.rows.map(\.item))))
    return switch change {
    case .up(let places): .ratio(places)
    case .down(let places): .ratio((try? Fraction.zero.subtracting(places)) ?? .zero)
    case .unchanged: .ratio(.zero)
    case .new: .missing("上期无名次")
    case .unranked: .missing("缺数据")
    case .notComparable: .missing("不可比")
    }
  }
}
