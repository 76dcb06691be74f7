internal import GuobanMessages
internal import GuobanModel
internal import GuobanSheet

extension RecordTable<ProjectPlanRow> {
  /// One row per project and year; read into the projects before they are sent.
  static let projectPlans = RecordTable(
    stem: "project_plans", title: "项目年度计划",
    columns: [
      .code("project", \.project, ProjectCode.self, "项目代码").required,
      .year("year", \.plan.year, "年度", "年份").required,
      .money("plan_fen", \.plan.planFen, "年度计划", "计划投资", "plan").required,
    ] + (1...12).map(curveColumn),
    empty: { ProjectPlanRow() },
    key: { "\($0.project)/\($0.plan.year)" },
    check: { row in
      row.curve.isEmpty || row.curve.count == 12
        ? nil
        : .curveMonths(row.curve.count)
    })

  private static func curveColumn(_ month: Int) -> ColumnMapping<ProjectPlanRow> {
    ColumnMapping(
      heads: ["\(month)月累计", "\(month)月累计计划"], field: "curve_\(month)_fen", units: .money,
      guide: ColumnGuide(kind: "金额", isNumber: true)
    ) { (row, cell, powerOfTen) throws(RuleViolation) in
      row.curve[month] = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
    } show: { row, powerOfTen in
      row.curve[month].map { .number(decimalText($0, powerOfTen: powerOfTen)) } ?? .empty
    }
  }
}

/// A year's plan of one project, while it is read.
struct ProjectPlanRow: Sendable {
  var project = ""
  var plan = Ledger.YearPlan()
  /// Cumulative amounts by month, 1…12.
  var curve: [Int: Int64] = [:]

  /// The plan with its curve.
  var wholePlan: Ledger.YearPlan {
    var whole = plan
    whole.curveFen = curve.sorted { $0.key < $1.key }.map(\.value)
    return whole
  }
}
