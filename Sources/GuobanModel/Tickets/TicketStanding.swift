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
  public private(set) var method = ""
  public private(set) var result = ""
  public private(set) var outcome: TicketOutcome?
  public private(set) var satisfaction: TicketSatisfaction?
  public private(set) var exemptReason = ""
  /// The day of the last step; none may come before it.
  public private(set) var lastDate: CivilDate
  private var handlers: Set<String> = []

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
      beginRound(step.date)
    case .exempt: exemptReason = step.note.isEmpty ? "-" : step.note
    case .survey: satisfaction = step.satisfaction
    case .reopen:
      since = step.date
      (closed, satisfaction, timetable) = (nil, nil, nil)
      reconsider()
    }
  }

  /// Whoever gets it now starts anew.
  private mutating func beginRound(_ date: CivilDate) {
    since = date
    (assigned, firstFeedback, timetable) = (nil, nil, nil)
    owner = ""
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

// What a step is refused for.
extension TicketStanding {
  private func checkActor(of step: TicketStep, _ row: TicketTransition, _ judge: TicketJudge?) throws(TicketRefusal) {
    if row.authority == .anyone { return }
    let (whom, englishWhom) = (row.authority.chinese(at: level), row.authority.english(at: level))
    if let judge, judge.rank < level.rank {
      throw TicketRefusal(
        .authority, "TICKET_LEVEL",
        "这个问题在\(level.chinese)，\(step.action.chinese)要由\(whom)办理；\(step.actor) 是\(judge.rank.chinese)",
        "this ticket is at level \(level.rawValue): \(step.action.english) takes \(englishWhom); \(step.actor) is \(judge.rank.english)"
      )
    }
    if row.authority == .levelAndNotHandler, handlers.contains(step.actor) {
      throw TicketRefusal(
        .authority, "TICKET_OWN_WORK", "\(step.actor) 经办过这个问题，不能自己\(step.action.chinese)；要由\(whom)办理",
        "\(step.actor) has handled this ticket; \(step.action.english) takes \(englishWhom)")
    }
  }

  private func checkLevel(of step: TicketStep) throws(TicketRefusal) {
    if step.action == .escalate, level.above == nil { throw refusal(of: step.action) }
    if step.action == .handDown, level.below == nil { throw refusal(of: step.action) }
    if step.action == .exempt, !exemptReason.isEmpty {
      throw TicketRefusal(
        .state, "TICKET_EXEMPT", "这个问题已经容错：\(exemptReason)", "this ticket is exempt already: \(exemptReason)")
    }
  }

  private func checkTimetable(of step: TicketStep) throws(TicketRefusal) {
    guard let date = step.timetable else { return }
    guard severity == .major else {
      throw TicketRefusal(
        .step, "TICKET_TIMETABLE", "一般问题不能另定时间表；确属重大的，先把问题改为重大",
        "an ordinary problem has no timetable; if it is a major one, change its severity first")
    }
    if date < step.date {
      throw TicketRefusal(
        .step, "TICKET_TIMETABLE", "时间表的日期 \(date) 已经过去", "the timetable's day \(date) has passed already")
    }
  }

  /// History may have said less than is asked for now, but not whether the problem was solved.
  private func checkWords(of step: TicketStep, _ row: TicketTransition, _ judge: TicketJudge?) throws(TicketRefusal) {
    for word in row.words where !step.says(word) && (judge != nil || word == .outcome || word == .satisfaction) {
      throw TicketRefusal(
        .step, "TICKET_\(word.rawValue.uppercased())_MISSING", "\(step.action.chinese)要写明\(word.chinese)",
        "\(step.action.english) needs \(word.rawValue)")
    }
  }

  private func checkReturn(_ step: TicketStep, _ judge: TicketJudge) throws(TicketRefusal) {
    guard let assigned else { return }
    let last: CivilDate
    do {
      last = try judge.count.adding(days: judge.deadlines.returnDays, to: assigned)
    } catch {
      throw TicketRefusal(.step, error)
    }
    if step.date > last {
      throw TicketRefusal(
        .state, "TICKET_RETURN_LATE",
        "\(assigned) 交办，\(judge.deadlines.returnDays) 天内（到 \(last)）才能退回；现在可以：\(allowedText(without: .return))",
        "assigned on \(assigned): it could be returned until \(last); now: \(englishAllowedText(without: .return))")
    }
  }

  private func refusal(of action: TicketAction) -> TicketRefusal {
    TicketRefusal(
      .state, "TICKET_STATE",
      "问题现在是“\(state.chinese)”（\(level.chinese)），不能\(action.chinese)；现在可以：\(allowedText(without: action))",
      "the ticket is \(state.rawValue) at level \(level.rawValue): no \(action.english) now; possible: \(englishAllowedText(without: action))"
    )
  }

  private func allowedText(without action: TicketAction) -> String {
    allowed.filter { $0.action != action }.map { "\($0.action.chinese)（\($0.authority.chinese(at: level))）" }
      .joined(separator: "、")
  }

  private func englishAllowedText(without action: TicketAction) -> String {
    allowed.filter { $0.action != action }.map { "\($0.action.english) (\($0.authority.english(at: level)))" }
      .joined(separator: ", ")
  }
}

extension TicketTransition.Word {
  fileprivate var chinese: String {
    switch self {
    case .note: "说明或原因"
    case .owner: "责任单位"
    case .method: "办法"
    case .result: "结果"
    case .outcome: "是否解决"
    case .satisfaction: "是否满意"
    }
  }
}
