internal import GuobanMessages
internal import GuobanModel

extension ReadRows<ProjectRow> {
  /// The projects with the plans of both files. A project is sent whole, so each plan needs its project in projects.csv.
  func merged(with plans: ReadRows<ProjectPlanRow>?) -> ImportedFile {
    var projects = self
    var origins: [[PlanOrigin]] = rows.map { line, row in
      row.project.plans.enumerated().map { index, plan in
        PlanOrigin(path: "plans[\(index)]", file: file, line: line, head: heads["plans/\(plan.year)"] ?? "")
      }
    }
    if let plans {
      projects.problems.append(plans.problems)
      projects.rowCount += plans.rowCount
      let places = Dictionary(
        rows.enumerated().map { ($1.row.project.code, $0) }, uniquingKeysWith: { first, _ in first })
      for (line, row) in plans.rows {
        guard let place = places[row.project] else {
          // Without the project's own row nothing else could be said about it.
          if problems.isEmpty { projects.report(plans, line, .planWithoutProject(row.project)) }
          continue
        }
        let index = projects.rows[place].row.project.plans.count
        if projects.rows[place].row.project.plans.contains(where: { $0.year == row.plan.year }) {
          projects.report(plans, line, .planTwice(row.plan.year))
          continue
        }
        projects.rows[place].row.project.plans.append(row.wholePlan)
        origins[place].append(
          PlanOrigin(path: "plans[\(index)]", file: plans.file, line: line, head: plans.heads["plan_fen"] ?? ""))
      }
    }
    var place = 0
    return ImportedFile(recordType: "Project", projects) { line, row in
      defer { place += 1 }
      return ImportedRecord(bytes: row.whole.packed(), line: line, plans: origins[place])
    }
  }

  private mutating func report(_ plans: ReadRows<ProjectPlanRow>, _ line: Int, _ violation: RuleViolation) {
    problems.append(
      ImportProblem(file: plans.file, line: line, column: plans.heads["project"] ?? "", violation: violation))
  }
}

extension ProjectRow {
  fileprivate var whole: Ledger.Project {
    var whole = project
    if milestones != Ledger.Milestones() { whole.milestones = milestones }
    return whole
  }
}

extension RuleViolation {
  fileprivate static func planWithoutProject(_ code: String) -> RuleViolation {
    RuleViolation(
      rule: "PLAN_WITHOUT_PROJECT", message: "projects.csv 里没有项目 \(code)：年度计划要和项目一起导入",
      englishMessage: "projects.csv has no project \(code); a plan is imported together with its project")
  }

  fileprivate static func planTwice(_ year: Int32) -> RuleViolation {
    RuleViolation(
      rule: "PLAN_TWICE", message: "projects.csv 已有该项目 \(year) 年的计划，只能在一处填写",
      englishMessage: "projects.csv already gives this project's plan of \(year)")
  }
}
