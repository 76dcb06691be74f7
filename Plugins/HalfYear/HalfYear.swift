internal import GuobanModel
internal import ReporterKit

/// 双过半核验: is half of the year's plan done, how far ahead of schedule, what is still missing.
struct HalfYear: Reporter {
  static let id = "half_year"
  static let version = "1.0.0"
  static let methodVersion = "half_year/1"

  func describe(_ parameters: Parameters) throws -> [DataQuery] {
    let question = try Question(parameters)
    let project = ["project", "project.name", "project.region", "project.tier"]
    let tiers = ProjectTierName.filter(question.tiers)
    let months = [question.month, question.lastYearsMonth].map { "period = \"\($0)\"" }.joined(separator: " OR ")
    return [
      RegionTree.query,
      DataQuery(
        "plans", from: "ProjectPlan", where: "year = \(question.month.year)" + tiers, groupBy: project + ["has_curve"],
        measures: [.sum("plan_fen")] + PlanSums.curveColumns.map { .sum($0) }),
      DataQuery(
        "progress", from: "ProjectProgress", where: "month = \"\(question.month)\"" + tiers, groupBy: ["project"],
        measures: [.sum("completed_fen")]),
      DataQuery(
        "indicators", from: "Indicator", groupBy: ["key", "name", "unit", "nature", "better"], measures: [.count]),
      DataQuery(
        "targets", from: "Target", where: "year = \(question.month.year)", groupBy: ["indicator", "region"],
        measures: [.sum("value_e6")]),
      DataQuery(
        "observations", from: "Observation", where: "(\(months))", groupBy: ["indicator", "region", "period"],
        measures: [.sum("value_e6")]),
    ]
  }

  func run(_ context: RunContext) throws -> Report {
    let question = try Question(context.parameters)
    let regions = try RegionTree(try context.frame("regions"))
    let root = try question.region.map { try regions.required($0) }
    let observations = try Observations(context.frame("observations"))

    var report = Report(
      title: "双过半核验",
      subtitle: "\(root.map { $0.name + "，" } ?? "")截至 \(question.month.year) 年 \(question.month.month) 月底",
      methodVersion: Self.methodVersion, rounding: question.rounding)
    report.note(
      .method,
      "过半＝累计完成达到全年计划的一半；完成率＝累计完成投资÷年度计划投资；序时进度：有逐月计划的按计划，其余按月数÷12；"
        + "灯：不落后为绿，落后 \(question.yellow.text(DecimalStyle(decimals: 0))) 个百分点以内为黄，更多为红；全年预测按目前月均直线推算。")

    let projects = try ProjectRows(context, question: question, regions: regions)
    if !projects.isEmpty {
      try ProjectTable(question: question, regions: regions, observations: observations).add(projects, to: &report)
    }
    try IndicatorTable(question: question, regions: regions, observations: observations).add(context, to: &report)
    guard !report.tables.isEmpty else {
      throw ReportFailure(
        "NO_DATA", "\(question.month.year) 年没有符合条件的项目计划，也没有指标目标；请先导入 Project（含年度计划）或 Target，或放宽地区、层级条件")
    }
    return report
  }
}

private let module = ReporterModule { serve(HalfYear(), in: $0, out: $1) }

/// What `guoban-sandbox` calls.
@c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
