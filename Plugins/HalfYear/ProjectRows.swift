internal import GuobanModel
internal import ReporterKit

/// The projects with a plan for the year, each with what it has done, where a figure for the month exists.
struct ProjectRows {
  struct Project {
    let code: String
    let name: String
    let region: String
    let tier: String
    let sums: PlanSums
  }

  private(set) var projects: [Project] = []
  /// Projects with a figure but without a plan: they are in no sum.
  private(set) var withoutPlan = 0

  var isEmpty: Bool { projects.isEmpty }

  init(_ context: RunContext, question: Question, regions: RegionTree) throws {
    let progress = try context.frame("progress")
    var done: [String: Int64] = [:]
    for row in 0..<progress.rowCount {
      done[try progress.text("project", row)] = try progress.integer("sum(completed_fen)", row)
    }
    let plans = try context.frame("plans")
    var planned: Set<String> = []
    for row in 0..<plans.rowCount {
      let code = try plans.text("project", row)
      let region = try plans.text("project.region", row)
      planned.insert(code)
      if let root = question.region, !regions.isWithin(region, root) { continue }
      var sums = PlanSums()
      var curve: [Int64]?
      if try plans.integer("has_curve", row) != 0 {
        curve = try PlanSums.curveColumns.map { try plans.integer("sum(\($0))", row) }
      }
      try sums.addPlan(projects: 1, plan: try plans.integer("sum(plan_fen)", row), curve: curve)
      if let amount = done[code] { try sums.addDone(projects: 1, amount: amount) }
      projects.append(
        Project(
          code: code, name: try plans.text("project.name", row), region: region,
          tier: try plans.text("project.tier", row), sums: sums))
    }
    withoutPlan = done.keys.count { !planned.contains($0) }
  }
}
