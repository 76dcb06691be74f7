/// What a step is refused for: each refusal says what is possible and who may.
extension TicketStanding {
  func checkActor(of step: TicketStep, _ row: TicketTransition, _ judge: TicketJudge?) throws(TicketRefusal) {
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

  func checkLevel(of step: TicketStep) throws(TicketRefusal) {
    if step.action == .escalate, level.above == nil { throw refusal(of: step.action) }
    if step.action == .handDown, level.below == nil { throw refusal(of: step.action) }
    if step.action == .exempt, !exemptReason.isEmpty {
      throw TicketRefusal(
        .state, "TICKET_EXEMPT", "这个问题已经容错：\(exemptReason)；现在可以：\(allowedText(without: .exempt))",
        "this ticket is exempt already: \(exemptReason); possible: \(englishAllowedText(without: .exempt))")
    }
  }

  func checkTimetable(of step: TicketStep) throws(TicketRefusal) {
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
  func checkWords(of step: TicketStep, _ row: TicketTransition, _ judge: TicketJudge?) throws(TicketRefusal) {
    for word in row.words where !step.says(word) && (judge != nil || word == .outcome || word == .satisfaction) {
      throw TicketRefusal(
        .step, "TICKET_\(word.rawValue.uppercased())_MISSING", "\(step.action.chinese)要写明\(word.chinese)",
        "\(step.action.english) needs \(word.rawValue)")
    }
  }

  func checkReturn(_ step: TicketStep, _ judge: TicketJudge) throws(TicketRefusal) {
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

  func refusal(of action: TicketAction) -> TicketRefusal {
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
