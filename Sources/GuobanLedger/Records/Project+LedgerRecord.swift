public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Project: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Project",
    [
      ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"),
      .choice("tier", Ledger.ProjectTier.self),
      .choice("kind", Ledger.ProjectKind.self), ColumnSchema("sector", .text),
      .choice("stage", Ledger.ProjectStage.self),
      ColumnSchema("total_investment_fen", .integer), ColumnSchema("supervised", .integer),
      ColumnSchema("enterprise", .text, references: "Enterprise"), ColumnSchema("responsible_unit", .text),
      ColumnSchema("leader", .text), .day("planned_completion"),
    ] + milestoneNames.map { ColumnSchema.day("milestones_\($0)") } + [
      // 按期竣工率 is ratio(completed_on_time, completion_planned) of those that were to be completed by a day.
      ColumnSchema("completion_planned", .integer), ColumnSchema("completed_on_time", .integer),
      // Days from the planned completion to the real one, below 0 ahead of it; no value until there are both.
      ColumnSchema("days_late", .integer),
    ],
    children: [
      ChildSchema(
        name: "ProjectPlan",
        columns: [
          ColumnSchema("project", .text, references: "Project"), ColumnSchema("year", .integer),
          ColumnSchema("plan_fen", .integer), ColumnSchema("has_curve", .integer),
        ] + (1...12).map { ColumnSchema("curve_\($0 < 10 ? "0" : "")\($0)_fen", .integer) })
    ],
    indexes: [["region", "tier"], ["enterprise"]], regions: ["region"],
    yearly: [
      YearlyColumn("plan_fen", source: "ProjectPlan", link: "key", column: "plan_fen", year: "year", month: nil),
      progress("done_fen", "completed_fen"), progress("funds_fen", "funds_in_place_fen"),
      progress("physical_permille", "physical_permille"),
    ], projection: 2)

  /// The last figure of a year, up to the month that is asked for.
  private static func progress(_ name: String, _ column: String) -> YearlyColumn {
    YearlyColumn(
      name, source: "ProjectProgress", link: "project", column: column, year: "year", month: "month")
  }

  private static let milestoneNames = [
    "signed", "started", "in_statistics", "in_production", "at_capacity", "completed",
  ]

  /// Dates in the order of ``milestoneNames``, which is the order that they must come in, but for 入统 and 竣工,
  /// which may fall anywhere after the start.
  private var milestoneDates: [String] {
    let milestones = milestones ?? Ledger.Milestones()
    return [
      milestones.signed, milestones.started, milestones.inStatistics, milestones.inProduction, milestones.atCapacity,
      milestones.completed,
    ]
  }

  public static var isShared: Bool { false }

  /// A stage that is taken back has no date any more.
  public static let hangingFields = ["stage": "milestones"]

  public var key: String { code }

  public mutating func normalise() {
    plans.sort { $0.year < $1.year }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.code("code", code) { text throws(RuleViolation) in try ProjectCode(text) }
    checks.name("name", name)
    checks.reference("region", region)
    checks.choice("tier", tier, among: Ledger.ProjectTier.allCases)
    checks.choice("kind", kind, among: Ledger.ProjectKind.allCases, required: false)
    checks.choice("stage", stage, among: Ledger.ProjectStage.allCases, required: false)
    checks.name("sector", sector, required: false)
    checks.money("total_investment_fen", totalInvestmentFen)
    checks.name("responsible_unit", responsibleUnit, required: false)
    checks.name("leader", leader, required: false)
    checks.date("planned_completion", plannedCompletion)
    checks.code("enterprise", enterprise, required: false) { text throws(RuleViolation) in try USCC(text) }
    checkMilestones(&checks)
    checkPlans(&checks)
    checks.corrections(corrections.map { ($0.reason, $0.actor) }, reason: correctionReason)
  }

  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    try correct(after: old, in: writer, path: path)
  }

  public func carryOver(after old: Self, in writer: any LedgerWriter, path: String) throws {
    try correctBatchEntries(after: old, in: writer, path: path)
  }

  func checkMilestones(_ checks: inout RecordChecks) {
    var dates: [String: CivilDate] = [:]
    for (name, text) in zip(Self.milestoneNames, milestoneDates) {
      dates[name] = checks.date("milestones.\(name)", text)
    }
    for (earlier, later) in [
      ("signed", "started"), ("started", "in_production"), ("in_production", "at_capacity"),
    ] {
      if let first = dates[earlier], let second = dates[later], second < first {
        checks.report(
          "milestones.\(later)", value: second.description, rule: "OUT_OF_ORDER", "早于前一节点 \(earlier) 的 \(first)",
          "is before the milestone ahead of it, \(earlier), of \(first)")
      }
    }
  }

  private func checkPlans(_ checks: inout RecordChecks) {
    var years = Set<Int32>()
    for (index, plan) in plans.enumerated() {
      let path = "plans[\(index)]."
      checks.year(path + "year", plan.year)
      checks.money(path + "plan_fen", plan.planFen)
      if !years.insert(plan.year).inserted {
        checks.report(
          path + "year", value: "\(plan.year)", rule: "REPEATED", "\(plan.year) 年的计划有两条，只能有一条",
          "there are two plans for \(plan.year); there can be one")
      }
      checkCurve(plan, path: path + "curve_fen", &checks)
    }
  }

  private func checkCurve(_ plan: Ledger.YearPlan, path: String, _ checks: inout RecordChecks) {
    let curve = plan.curveFen
    guard !curve.isEmpty else { return }
    guard curve.count == 12 else {
      checks.report(
        path, value: "\(curve.count)", rule: "TWELVE_MONTHS", "有 \(curve.count) 个数，逐月计划要么不填，要么填满 12 个月",
        "has \(curve.count) figures; a plan by month is empty or has all 12 months")
      return
    }
    for month in curve.indices.dropFirst() where curve[month] < curve[month - 1] {
      checks.report(
        "\(path)[\(month)]", value: "\(curve[month])", rule: "FALLING", "\(month + 1) 月的累计计划少于上月；逐月计划填累计数，不填当月数",
        "the plan to the end of month \(month + 1) is less than that of the month before; give sums since January, not figures of a month"
      )
    }
    if curve.contains(where: { $0 < 0 }) {
      checks.report(path, value: "\(curve)", rule: "OUT_OF_RANGE", "累计计划不能是负数", "the plan cannot be negative")
    }
    if curve[11] != plan.planFen {
      checks.report(
        "\(path)[11]", value: "\(curve[11])", rule: "NOT_THE_PLAN",
        "12 月的累计计划 \(curve[11]) 分，应等于年度计划 \(plan.planFen) 分",
        "the plan to the end of December is \(curve[11]) fen; it must be that of the year, \(plan.planFen) fen"
      )
    }
  }

  /// What was corrected, and why, must not go with it.
  public func checkDeletable() throws {
    guard !corrections.isEmpty else { return }
    throw LedgerError(
      .precondition, reason: "HAS_CORRECTIONS",
      "项目 \(code) 的阶段更正过 \(corrections.count) 次，经过要留存，不能删除；不再推进的，可以打标签注明",
      "the stage of project \(code) was corrected \(corrections.count) times, which is kept: it cannot be deleted; a tag can say that it was given up"
    )
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(name), .text(region), .text(tier.name), .text(kind.name), .text(sector), .text(stage.name),
      .integer(totalInvestmentFen), .integer(supervised ? 1 : 0), .text(enterprise), .text(responsibleUnit),
      .text(leader), .text(plannedCompletion),
    ] + milestoneDates.map(ColumnValue.text) + completion
  }

  /// Whether it has a planned completion; whether it met it, no value without one; by how many days it did not.
  private var completion: [ColumnValue] {
    guard let planned = try? CivilDate(plannedCompletion) else { return [.integer(0), .null, .null] }
    guard let completed = try? CivilDate(milestones?.completed ?? "") else {
      return [.integer(1), .integer(0), .null]
    }
    let days = CivilDate.daysBetween(planned, completed)
    return [.integer(1), .integer(days <= 0 ? 1 : 0), .integer(Int64(days))]
  }

  public var childRows: [[[ColumnValue]]] {
    [
      plans.map { plan in
        let curve =
          plan.curveFen.count == 12
          ? plan.curveFen.map(ColumnValue.integer) : [ColumnValue](repeating: .null, count: 12)
        return [
          .text(code), .integer(Int64(plan.year)), .integer(plan.planFen), .integer(plan.curveFen.isEmpty ? 0 : 1),
        ] + curve
      }
    ]
  }
}
