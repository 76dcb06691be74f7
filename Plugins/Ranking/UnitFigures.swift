internal import GuobanModel
internal import ReporterKit

/// Plans and what is done of them by ranked unit. Storage adds up: a million projects come as a row per region.
struct UnitFigures {
  /// By region code.
  private(set) var units: [String: PlanSums] = [:]
  /// Regions with projects but not below any region of the level asked for, by how many projects.
  private(set) var outside: [String: Int64] = [:]
  /// Regions where more projects reported than have a plan.
  private(set) var overReported: [String] = []

  static func plans(_ question: Question) -> DataQuery {
    DataQuery(
      "plans", from: "ProjectPlan",
      where: "year = \(question.month.year)" + ProjectTierName.filter(question.tiers),
      groupBy: ["project.region", "has_curve"],
      measures: [.count, .sum("plan_fen")] + PlanSums.curveColumns.map { .sum($0) })
  }

  static func progress(_ name: String, _ month: CivilMonth, _ question: Question) -> DataQuery {
    DataQuery(
      name, from: "ProjectProgress", where: "month = \"\(month)\"" + ProjectTierName.filter(question.tiers),
      groupBy: ["project.region"], measures: [.count, .sum("completed_fen")])
  }

  init(_ context: RunContext, progress: String, question: Question, regions: RegionTree) throws {
    let plans = try context.frame("plans")
    for row in 0..<plans.rowCount {
      let region = try plans.text("project.region", row)
      let count = try plans.integer("count", row)
      guard let unit = Self.unit(of: region, question, regions) else {
        outside[region, default: 0] += count
        continue
      }
      var curve: [Int64]?
      if try plans.integer("has_curve", row) != 0 {
        curve = try PlanSums.curveColumns.map { try plans.integer("sum(\($0))", row) }
      }
      try units[unit, default: PlanSums()]
        .addPlan(projects: count, plan: try plans.integer("sum(plan_fen)", row), curve: curve)
    }
    let done = try context.frame(progress)
    for row in 0..<done.rowCount {
      guard let unit = Self.unit(of: try done.text("project.region", row), question, regions), units[unit] != nil else {
        continue
      }
      try units[unit, default: PlanSums()]
        .addDone(projects: try done.integer("count", row), amount: try done.integer("sum(completed_fen)", row))
    }
    overReported = units.filter { $0.value.reported > $0.value.projects }.keys.sorted()
    if let parent = question.parent { outside = outside.filter { regions.isWithin($0.key, parent) } }
  }

  /// The region of the level asked for that a project's region is or lies below, inside the parent asked for.
  private static func unit(of region: String, _ question: Question, _ regions: RegionTree) -> String? {
    let unit = regions.path(region).first { question.level.kinds.contains($0.kind) }?.code
    guard let unit, question.parent.map({ regions.isWithin(unit, $0) }) ?? true else { return nil }
    return unit
  }

  /// The share that is ranked by; nil without a plan or without any figure.
  func share(_ unit: String) -> Fraction? {
    guard let sums = units[unit], sums.plan > 0, let done = sums.doneIfReported else { return nil }
    return try? Fraction(done, over: sums.plan)
  }
}
