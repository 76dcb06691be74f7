internal import GuobanMessages
internal import GuobanModel
internal import GuobanSheet

extension RecordTable<Ledger.Project> {
  static let projects = RecordTable(
    stem: "projects", title: "项目",
    columns: [
      .code("code", \.code, ProjectCode.self, "项目代码", "代码").required,
      .text("name", \.name, "项目名称", "名称").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .choice(
        "tier", \.tier,
        ["省重点": .provincial, "市重点": .municipal, "三高四新": .sangaoSixin, "县": .county, "县重点": .county], "项目层级", "层级"
      ).required,
      .choice("kind", \.kind, ["新建": .new, "续建": .continuing], "建设性质", "性质"),
      .text("sector", \.sector, "行业", "领域"),
      .money("total_investment_fen", \.totalInvestmentFen, "总投资", "total_investment"),
      .choice(
        "stage", \.stage,
        [
          "已签约": .signed, "已开工": .started, "已入统": .inStatistics, "已投产": .inProduction, "已达效": .atCapacity,
          "已竣工": .completed,
        ],
        "项目阶段", "阶段"),
      .date("milestones.signed", \.milestoneDates.signed, "签约日期").masked(as: "milestones"),
      .date("milestones.started", \.milestoneDates.started, "开工日期").masked(as: "milestones"),
      .date("milestones.in_statistics", \.milestoneDates.inStatistics, "入统日期").masked(as: "milestones"),
      .date("milestones.in_production", \.milestoneDates.inProduction, "投产日期").masked(as: "milestones"),
      .date("milestones.at_capacity", \.milestoneDates.atCapacity, "达效日期").masked(as: "milestones"),
      .date("milestones.completed", \.milestoneDates.completed, "竣工日期").masked(as: "milestones"),
      .text("responsible_unit", \.responsibleUnit, "责任单位"),
      .text("leader", \.leader, "包联领导"),
      .date("planned_completion", \.plannedCompletion, "计划竣工日期", "计划竣工"),
      .yesNo("supervised", \.supervised, "督导范围内", "是否督导"),
      .code("enterprise", \.enterprise, USCC.self, "业主信用代码", "统一社会信用代码"),
      .text("correction_reason", \.correctionReason, "更正原因").noted("阶段要往回改，或已登记的日期要改时填写"),
      .corrections(\.corrections),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    openColumn: yearColumn,
    openHeads: { project in
      project.plans.flatMap { plan in
        ["\(plan.year)年计划(万元)"] + (plan.curveFen.isEmpty ? [] : ["\(plan.year)年月度累计(万元)"])
      }
    },
    openNotes: [
      "每年的计划各占一列：2023年计划(万元)；需要按月的计划曲线时再加一列 2023年月度累计(万元)，一格里写 1–12 月的累计数，用“、”隔开。"
    ],
    empty: { Ledger.Project() },
    key: \.code)

  /// `2023年计划(亿元)`, `plan_2023(万元)`; `2023年月度累计(万元)`, `curve_2023(万元)`.
  @Sendable private static func yearColumn(_ head: ColumnHead) -> ColumnMapping<Ledger.Project>? {
    let digits: Substring
    let rest: Substring
    if let mark = head.name.firstIndex(of: "年") {
      digits = head.name[..<mark]
      rest = head.name[head.name.index(after: mark)...]
    } else {
      let parts = head.name.split(separator: "_", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      (rest, digits) = (parts[0], parts[1])
    }
    guard digits.count == 4, let year = Int32(digits) else { return nil }
    switch rest {
    case "计划", "度计划", "计划投资", "度计划投资", "plan": return planColumn(year)
    case "月度累计", "月度计划", "月度累计计划", "curve": return curveColumn(year)
    default: return nil
    }
  }

  private static func planColumn(_ year: Int32) -> ColumnMapping<Ledger.Project> {
    ColumnMapping(
      heads: ["\(year)年计划"], field: "plans/\(year)", mask: "plans.\(year).plan_fen", units: .money,
      guide: ColumnGuide(kind: "金额", example: "12000", isNumber: true)
    ) { (project, cell, powerOfTen) throws(RuleViolation) in
      let amount = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
      project.setPlan(of: year) { $0.planFen = amount }
    } show: { project, powerOfTen in
      guard let plan = project.plans.first(where: { $0.year == year }) else { return .empty }
      return .number(decimalText(plan.planFen, powerOfTen: powerOfTen))
    }
  }

  /// Twelve cumulative amounts in one cell.
  private static func curveColumn(_ year: Int32) -> ColumnMapping<Ledger.Project> {
    ColumnMapping(
      heads: ["\(year)年月度累计"], field: "curve/\(year)", mask: "plans.\(year).curve_fen", units: .money,
      guide: ColumnGuide(kind: "金额", example: "100、200、…、1200", note: "1–12 月的累计计划，用“、”隔开，共 12 个")
    ) { (project, cell, powerOfTen) throws(RuleViolation) in
      let parts = ListText.split(cell)
      guard parts.count == 12 else { throw .curveMonths(parts.count) }
      let amounts = try parts.map { part throws(RuleViolation) in
        try ExactDecimal(part).scaled(byPowerOfTen: powerOfTen, text: part)
      }
      project.setPlan(of: year) { $0.curveFen = amounts }
    } show: { project, powerOfTen in
      guard let plan = project.plans.first(where: { $0.year == year }), !plan.curveFen.isEmpty else { return .empty }
      return .text(plan.curveFen.map { decimalText($0, powerOfTen: powerOfTen) }.joined(separator: "、"))
    }
  }
}

extension Ledger.Project {
  /// The milestones as they are set one by one: there are none when all are empty.
  fileprivate var milestoneDates: Ledger.Milestones {
    get { milestones ?? Ledger.Milestones() }
    set { milestones = newValue == Ledger.Milestones() ? nil : newValue }
  }

  fileprivate mutating func setPlan(of year: Int32, _ change: (inout Ledger.YearPlan) -> Void) {
    let index = plans.firstIndex { $0.year == year } ?? plans.count
    if index == plans.count { plans.append(Ledger.YearPlan(year: year)) }
    change(&plans[index])
  }
}

extension RuleViolation {
  static func curveMonths(_ count: Int) -> RuleViolation {
    RuleViolation(
      rule: "PLAN_CURVE", message: "月度计划曲线要么全空，要么 1–12 月都填累计数；这一行只有 \(count) 个月",
      englishMessage: "a plan curve needs all twelve months; this row has \(count)")
  }
}
