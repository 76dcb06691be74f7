internal import GuobanMessages
internal import GuobanModel

extension RecordTable<ProjectRow> {
  static let projects = RecordTable(
    file: "projects.csv",
    columns: [
      .code("code", \.project.code, ProjectCode.self, "项目代码", "代码").required,
      .text("name", \.project.name, "项目名称", "名称").required,
      .code("region", \.project.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .choice(
        "tier", \.project.tier,
        ["省重点": .provincial, "市重点": .municipal, "三高四新": .sangaoSixin, "县": .county, "县重点": .county], "项目层级", "层级"
      ).required,
      .choice("kind", \.project.kind, ["新建": .new, "续建": .continuing], "建设性质", "性质"),
      .text("sector", \.project.sector, "行业", "领域"),
      .money("total_investment_fen", \.project.totalInvestmentFen, "总投资", "total_investment"),
      .choice(
        "stage", \.project.stage,
        [
          "已签约": .signed, "已开工": .started, "已入统": .inStatistics, "已投产": .inProduction, "已达效": .atCapacity,
          "已竣工": .completed,
        ],
        "项目阶段", "阶段"),
      .date("milestones.signed", \.milestones.signed, "签约日期"),
      .date("milestones.started", \.milestones.started, "开工日期"),
      .date("milestones.in_statistics", \.milestones.inStatistics, "入统日期"),
      .date("milestones.in_production", \.milestones.inProduction, "投产日期"),
      .date("milestones.at_capacity", \.milestones.atCapacity, "达效日期"),
      .date("milestones.completed", \.milestones.completed, "竣工日期"),
      .text("responsible_unit", \.project.responsibleUnit, "责任单位"),
      .text("leader", \.project.leader, "包联领导"),
      .date("planned_completion", \.project.plannedCompletion, "计划竣工日期", "计划竣工"),
      .yesNo("supervised", \.project.supervised, "督导范围内", "是否督导"),
      .code("enterprise", \.project.enterprise, USCC.self, "业主信用代码", "统一社会信用代码"),
      .list("tags", \.project.tags, "标签"),
    ],
    openColumn: yearPlanColumn,
    empty: { ProjectRow() },
    key: \.project.code)

  /// `2023年计划(亿元)`, `plan_2023(万元)`.
  @Sendable private static func yearPlanColumn(_ head: ColumnHead) -> ColumnMapping<ProjectRow>? {
    let digits: Substring
    if let mark = head.name.firstIndex(of: "年") {
      let rest = head.name[head.name.index(after: mark)...]
      guard ["计划", "度计划", "计划投资", "度计划投资"].contains(rest) else { return nil }
      digits = head.name[..<mark]
    } else {
      guard head.name.hasPrefix("plan_") else { return nil }
      digits = head.name.dropFirst("plan_".count)
    }
    guard digits.count == 4, let year = Int32(digits) else { return nil }
    return ColumnMapping(heads: ["\(year)年计划"], field: "plans/\(year)", units: .money) {
      (row, cell, powerOfTen) throws(RuleViolation) in
      let amount = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
      row.project.plans.append(Ledger.YearPlan(year: year, planFen: amount))
    }
  }
}

/// A project while it is read: its milestones become part of it when there are any.
struct ProjectRow: Sendable {
  var project = Ledger.Project()
  var milestones = Ledger.Milestones()
}
