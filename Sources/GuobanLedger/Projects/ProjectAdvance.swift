public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Brings a project to a stage: stage, date, and its entries on the 三个一批 lists, in one write.
public struct ProjectAdvance: Sendable {
  private let request: Ledger.AdvanceProjectRequest
  private let reached: ProjectStage
  private let date: CivilDate
  private let recognised: CivilDate?

  /// Checks everything that needs no ledger.
  public init(_ request: Ledger.AdvanceProjectRequest, today: CivilDate) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.code("code", request.code) { text throws(RuleViolation) in try ProjectCode(text) }
    checks.choice("stage", request.stage, among: Ledger.ProjectStage.allCases)
    let date = checks.date("date", request.date) ?? today
    recognised = checks.date("recognised", request.recognised)
    for (name, day) in [("date", date), ("recognised", recognised)] {
      guard let day, day > today else { continue }
      checks.report(
        name, value: day.text, rule: "IN_THE_FUTURE", "\(day) 还没有到（今天是 \(today)），到了再记",
        "\(day) has not come yet (today is \(today)); record it when it has")
    }
    if let recognised, request.stage != .atCapacity || recognised < date && !request.date.isEmpty {
      checks.report(
        "recognised", value: recognised.text, rule: "NOT_AT_CAPACITY", "认定达效的日期只能随达效一起填，且不早于达效的日期",
        "the date of recognition goes with the stage at capacity only, and is not before its date")
    }
    guard checks.violations.isEmpty, let stage = ProjectStage(rawValue: request.stage.name) else {
      throw .invalid(checks.violations)
    }
    self.request = request
    self.date = date
    reached = stage
  }

  /// Writes the project, then those of its entries that change with it.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.AdvanceProjectResponse {
    guard let bytes = try writer.record("Project", request.code) else {
      throw LedgerError.notFound("Project", request.code)
    }
    let old = try Ledger.Project(packed: bytes, limits: .standard)
    try writer.requireEtag(request.etag, current: old.meta, key: old.code)
    var progression = ProjectProgression(old)
    var project = old
    let isKnown = recognised != nil && progression.stage == .atCapacity
    if !isKnown {
      do throws(RuleViolation) {
        try progression.reach(reached, on: date)
      } catch {
        throw LedgerError(
          .precondition, reason: error.rule, "项目 \(old.code)：\(error.message)",
          "project \(old.code): \(error.englishMessage)")
      }
      progression.show(in: &project)
      project = try Ledger.Project(
        packed: try writer.write(project, after: old.meta ?? Ledger.RecordMeta()), limits: .standard)
    }
    return Ledger.AdvanceProjectResponse(project: project, batchEntries: try advanceEntries(progression, writer))
  }

  private func advanceEntries(_ progression: ProjectProgression, _ writer: any LedgerWriter) throws -> [String] {
    try writer.changeBatchEntries(of: request.code) { entry in
      if entry.nextStage.isEmpty, let next = ProjectStage(after: entry.batch), progression.hasReached(next),
        let date = progression.dates[next]
      {
        entry.nextStage = date.text
      }
      if entry.left.isEmpty, let recognised { entry.left = recognised.text }
    }
  }
}

extension ProjectStage {
  /// What a project on this list is to reach next: 签约→开工, 开工→投产, 投产→达效.
  init?(after batch: Ledger.BatchKind) {
    switch batch {
    case .signing: self = .started
    case .starting: self = .inProduction
    case .production: self = .atCapacity
    default: return nil
    }
  }
}

extension ProjectProgression {
  /// Where a project stands. A stage or date that this version cannot read counts as none.
  init(_ project: Ledger.Project) {
    let dates = (project.milestones ?? Ledger.Milestones()).byStage.compactMapValues { try? CivilDate($0) }
    self.init(stage: ProjectStage(rawValue: project.stage.name), dates: dates)
  }

  func show(in project: inout Ledger.Project) {
    project.stage = stage.flatMap { Ledger.ProjectStage(name: $0.rawValue) } ?? .unspecified
    func text(_ stage: ProjectStage) -> String { dates[stage]?.text ?? "" }
    project.milestones = Ledger.Milestones(
      signed: text(.signed), started: text(.started), inStatistics: text(.inStatistics),
      inProduction: text(.inProduction), atCapacity: text(.atCapacity), completed: text(.completed))
  }
}

extension Ledger.Milestones {
  fileprivate var byStage: [ProjectStage: String] {
    [
      .signed: signed, .started: started, .inStatistics: inStatistics, .inProduction: inProduction,
      .atCapacity: atCapacity, .completed: completed,
    ]
  }
}
