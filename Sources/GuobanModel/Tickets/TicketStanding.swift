/// Where a ticket stands: what its events come to. All that becomes of a ticket is decided here.
///
///     var standing = TicketStanding(registeredOn: day, at: .county, severity: .ordinary)
///     try standing.take(TicketStep(.assign, on: day, by: "liu"), judge: judge)
public struct TicketStanding: Sendable, Equatable {
  public let severity: TicketSeverity
  public let originLevel: TicketLevel
  public let registered: CivilDate
  public private(set) var state = TicketState.registered
  public private(set) var level: TicketLevel
  /// The day that the deadlines are counted from: when this level, or a new round, got it.
  public private(set) var since: CivilDate
  /// Every level that it has been at.
  public private(set) var reached: Set<TicketLevel>
  public private(set) var escalated: CivilDate?
  public private(set) var assigned: CivilDate?
  public private(set) var firstFeedback: CivilDate?
  public private(set) var closureRequested: CivilDate?
  public private(set) var closed: CivilDate?
  public private(set) var timetable: CivilDate?
  public private(set) var owner = ""
  public private(set) var supervisor = ""
  /// How it is being solved, and what came of it; what an earlier round said stands in its events alone.
  public private(set) var method = ""
  public private(set) var result = ""
  public private(set) var outcome: TicketOutcome?
  public private(set) var satisfaction: TicketSatisfaction?
  public private(set) var exemptReason = ""
  /// The day of the last step; none may come before it.
  public private(set) var lastDate: CivilDate
  /// Who gave feedback or asked for closing: they approve nothing here.
  private(set) var handlers: Set<String> = []

  /// A ticket that was just registered.
  public init(registeredOn date: CivilDate, at level: TicketLevel, severity: TicketSeverity) {
    self.severity = severity
    originLevel = level
    self.level = level
    reached = [level]
    registered = date
    since = date
    lastDate = date
  }

  /// Takes a step, or refuses it and stays as it is.
  ///
  /// - Parameter judge: nil for a step that history tells: it is held to the table, not to who might take it today.
  public mutating func take(_ step: TicketStep, judge: TicketJudge?) throws(TicketRefusal) {
    guard let row = TicketTransition.of(step.action), row.from.contains(state) else { throw refusal(of: step.action) }
    guard step.date >= lastDate else {
      throw TicketRefusal(
        .step, "TICKET_DATE", "\(step.action.chinese)的日期 \(step.date) 早于上一步的 \(lastDate)，请核对",
        "\(step.action.english) on \(step.date) comes before the last step, on \(lastDate)")
    }
    try checkActor(of: step, row, judge)
    try checkLevel(of: step)
    try checkTimetable(of: step)
    try checkWords(of: step, row, judge)
    if let judge, step.action == .return { try checkReturn(step, judge) }
    apply(step, row)
  }

  /// What can be done now, with who may do it.
  public var allowed: [TicketTransition] {
    TicketTransition.table.filter { row in
      row.from.contains(state) && !(row.action == .escalate && level.above == nil)
        && !(row.action == .handDown && level.below == nil) && !(row.action == .exempt && !exemptReason.isEmpty)
    }
  }

  private mutating func apply(_ step: TicketStep, _ row: TicketTransition) {
    lastDate = step.date
    state = row.to ?? state
    switch step.action {
    case .register, .supervise: break
    case .assign:
      assigned = step.date
      firstFeedback = nil
      owner = step.owner
      if !step.supervisor.isEmpty { supervisor = step.supervisor }
    case .return: beginRound(step.date)
    case .feedback: heard(step)
    case .requestClosure:
      heard(step)
      closureRequested = step.date
      outcome = step.outcome
    case .approveClosure: closed = step.date
    case .refuseClosure: reconsider()
    case .escalate, .handDown:
      level = (step.action == .escalate ? level.above : level.below) ?? level
      reached.insert(level)
      if step.action == .escalate { escalated = step.date }
      // It was this level's that was excused.
      exemptReason = ""
      beginRound(step.date)
    case .exempt: exemptReason = step.note.isEmpty ? "-" : step.note
    case .survey: satisfaction = step.satisfaction
    case .reopen:
      since = step.date
      (closed, satisfaction, timetable) = (nil, nil, nil)
      exemptReason = ""
      (method, result) = ("", "")
      reconsider()
    }
  }

  /// Whoever gets it now starts anew.
  private mutating func beginRound(_ date: CivilDate) {
    since = date
    (assigned, firstFeedback, timetable) = (nil, nil, nil)
    (owner, method, result) = ("", "", "")
  }

  private mutating func heard(_ step: TicketStep) {
    if firstFeedback == nil { firstFeedback = step.date }
    if let date = step.timetable { timetable = date }
    if !step.method.isEmpty { method = step.method }
    if !step.result.isEmpty { result = step.result }
    if !step.actor.isEmpty { handlers.insert(step.actor) }
  }

  private mutating func reconsider() {
    closureRequested = nil
    outcome = nil
  }
}
