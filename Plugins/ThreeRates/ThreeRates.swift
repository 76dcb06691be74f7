internal import GuobanModel
internal import ReporterKit

/// 三个一批与三率: what is on the list, what was recognised 达效 and left it, and how much reached the next stage.
struct ThreeRates: Reporter {
  static let id = "three_rates"
  static let version = "1.0.0"

  func describe(_ parameters: Parameters) throws -> [DataQuery] {
    let question = try Question(parameters, today: nil)
    let filter = question.period.map { "period = \(DataQuery.quoted($0))" } ?? ""
    return [
      RegionTree.query,
      DataQuery(
        "entries", from: "BatchEntry", where: filter,
        groupBy: [
          "project", "project.region", "project.total_investment_fen", "batch", "period", "next_stage", "left",
        ], measures: [.count]),
    ]
  }

  func run(_ context: RunContext) throws -> Report {
    let question = try Question(context.parameters, today: context.today)
    let regions = try RegionTree(try context.frame("regions"))
    let root = try question.region.map { try regions.required($0) }
    let batches = try BatchTables(try context.frame("entries"), question: question, regions: regions)
    guard !batches.isEmpty else {
      throw ReportFailure("NO_DATA", "没有符合条件的三个一批项目；请先导入 BatchEntry，或放宽地区、期次条件")
    }
    var report = Report(
      title: "三个一批与三率",
      subtitle: "\(root.map { $0.name + "，" } ?? "")\(question.period.map { "第 \($0) 期，" } ?? "")截至 \(question.day)",
      methodVersion: "three_rates/1", rounding: question.rounding)
    report.note(
      .method, "在库＝入批后尚未认定达效退出；签约开工率、开工投产率、投产达效率＝在库项目中已进入下一阶段的÷该批在库项目。")
    try batches.add(to: &report)
    return report
  }
}

/// What is asked: the parameters, checked.
struct Question {
  let region: String?
  let period: String?
  let day: CivilDate
  let rounding: Reporting.Rounding

  /// - Parameter today: nil where the day does not matter yet.
  init(_ parameters: Parameters, today: CivilDate?) throws {
    region = parameters.optionalText("region")
    period = parameters.optionalText("period")
    let given = try parameters.optionalText("as_of").map { (text) throws(RuleViolation) in try CivilDate(text) }
    day = try given ?? today ?? CivilDate(year: 2000, month: 1, day: 1)
    rounding = try parameters.rounding()
  }
}

private let module = ReporterModule { serve(ThreeRates(), in: $0, out: $1) }

/// What `guoban-sandbox` calls.
@c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
