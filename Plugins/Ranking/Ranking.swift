internal import GuobanModel
internal import ReporterKit

/// 年度计划完成率排名: regions by the share of the year's plan that is done, exact fractions, zones apart.
struct Ranking: Reporter {
  static let id = "ranking"
  static let version = "1.0.0"

  func describe(_ parameters: Parameters) throws -> [DataQuery] {
    let question = try Question(parameters)
    var queries = [
      RegionTree.query, UnitFigures.plans(question),
      UnitFigures.progress("progress", question.month, question),
    ]
    if let before = question.before { queries.append(UnitFigures.progress("before", before, question)) }
    return queries
  }

  func run(_ context: RunContext) throws -> Report {
    let question = try Question(context.parameters)
    let regions = try RegionTree(try context.frame("regions"))
    let parent = try question.parent.map { try regions.required($0) }

    let now = try UnitFigures(context, progress: "progress", question: question, regions: regions)
    guard !now.units.isEmpty else {
      throw ReportFailure("NO_DATA", "\(question.month.year) 年没有符合条件的项目计划；请先导入 Project（含年度计划），或放宽层级、地区条件")
    }
    var report = Report(
      title: "年度计划完成率排名",
      subtitle: "\(parent.map { $0.name + "，" } ?? "")截至 \(question.month.year) 年 \(question.month.month) 月底",
      methodVersion: question.methodVersion, rounding: question.rounding)
    report.note(
      .method,
      "完成率＝累计完成投资÷年度计划投资，按精确分数比较；并列规则：\(question.tieRuleTitle)；功能区与县区分开排名；缺报项目的完成额未作估计。")

    let before = try question.before.map { _ in
      try UnitFigures(context, progress: "before", question: question, regions: regions)
    }
    let tables = RankingTables(question: question, regions: regions)
    try tables.add(now: now, before: before, to: &report)
    tables.note(now, &report)
    return report
  }
}

private let module = ReporterModule { serve(Ranking(), in: $0, out: $1) }

/// What `guoban-sandbox` calls.
@c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
