internal import GuobanMessages
internal import GuobanModel

/// Projects with the plans of a second file. A project is sent whole, so each plan needs its project's own row.
struct ProjectReading: RecordReading {
  private var projects: TableReading<Ledger.Project>
  private var plans: [String: [(line: Int, row: ProjectPlanRow)]] = [:]
  private var planFile = ""
  private var planHead = ""
  private var projectHead = ""
  private var isStarted = false
  /// What was wrong with plans, so far.
  private var planProblems = 0
  private var planReading: TableReading<ProjectPlanRow>?

  init(_ projects: TableReading<Ledger.Project>, plans: (reading: TableReading<ProjectPlanRow>, file: String)?) {
    self.projects = projects
    planReading = plans?.reading
    planFile = plans?.file ?? ""
  }

  mutating func next(_ log: inout ReadingLog) -> ImportedRecord? {
    if !isStarted { readPlans(&log) }
    guard case (let line, var project)? = projects.nextRow(&log) else {
      // Without the project's own row, which may be a bad one, nothing else could be said about a plan.
      if log.problems.count == planProblems {
        for (code, left) in plans.sorted(by: { ($0.value.first?.line ?? 0) < ($1.value.first?.line ?? 0) }) {
          for plan in left { report(plan.line, .planWithoutProject(code), &log) }
        }
      }
      plans = [:]
      return nil
    }
    var origins = project.plans.enumerated().map { index, plan in
      PlanOrigin(path: "plans[\(index)]", file: log.file, line: line, head: log.heads["plans/\(plan.year)"] ?? "")
    }
    for (planLine, row) in plans.removeValue(forKey: project.code) ?? [] {
      guard !project.plans.contains(where: { $0.year == row.plan.year }) else {
        report(planLine, .planTwice(row.plan.year, log.file), &log)
        continue
      }
      origins.append(PlanOrigin(path: "plans[\(project.plans.count)]", file: planFile, line: planLine, head: planHead))
      project.plans.append(row.wholePlan)
    }
    return ImportedRecord(bytes: project.packed(), line: line, plans: origins)
  }

  private mutating func readPlans(_ log: inout ReadingLog) {
    isStarted = true
    guard var reading = planReading else { return }
    var own = ReadingLog(file: planFile, limits: projects.limits)
    while let (line, row) = reading.nextRow(&own) { plans[row.project, default: []].append((line, row)) }
    planHead = own.heads["plan_fen"] ?? ""
    // Of each project only the years that the file gives.
    log.mask += Set(own.mask.compactMap(Self.planField)).sorted().map { "plans.*." + $0 }
    projectHead = own.heads["project"] ?? ""
    log.problems.append(own.problems)
    planProblems += own.problems.count
    log.rowCount += own.rowCount
    planReading = nil
  }

  /// What a column of the file of plans fills in a plan.
  private static func planField(_ column: String) -> String? {
    if column == "plan_fen" { return column }
    return column.hasPrefix("curve_") ? "curve_fen" : nil
  }

  private mutating func report(_ line: Int, _ violation: RuleViolation, _ log: inout ReadingLog) {
    planProblems += 1
    log.problems.append(ImportProblem(file: planFile, line: line, column: projectHead, violation: violation))
  }
}

extension RuleViolation {
  fileprivate static func planWithoutProject(_ code: String) -> RuleViolation {
    RuleViolation(
      rule: "PLAN_WITHOUT_PROJECT", message: "项目表里没有项目 \(code)：年度计划要和项目一起导入",
      englishMessage: "the file of projects has no project \(code); a plan is imported together with its project")
  }

  fileprivate static func planTwice(_ year: Int32, _ file: String) -> RuleViolation {
    RuleViolation(
      rule: "PLAN_TWICE", message: "\(file) 已有该项目 \(year) 年的计划，只能在一处填写",
      englishMessage: "\(file) already gives this project's plan of \(year)")
  }
}
