import GuobanModel
import GuobanTestSupport
import Testing

private let day = try? CivilDate("2021-03-01")

/// A county's ticket in each state, by the shortest way.
private func standing(
  _ state: TicketState, level: TicketLevel = .county, severity: TicketSeverity = .ordinary
) throws -> TicketStanding {
  let day = try #require(day)
  var standing = TicketStanding(registeredOn: day, at: level, severity: severity)
  let way: [TicketAction] =
    switch state {
    case .registered: []
    case .assigned: [.assign]
    case .handling: [.assign, .feedback]
    case .pendingClosure: [.assign, .feedback, .requestClosure]
    case .closed: [.assign, .feedback, .requestClosure, .approveClosure]
    }
  for action in way {
    try standing.take(whole(action, by: action == .approveClosure ? "leader" : "handler"), judge: nil)
  }
  return standing
}

/// A step that says everything.
private func whole(_ action: TicketAction, by actor: String = "leader", on date: CivilDate? = nil) throws -> TicketStep
{
  var step = TicketStep(action, on: try date ?? #require(day), by: actor)
  (step.note, step.owner, step.method, step.result) = ("因故", "县住建局", "改管", "通水")
  (step.outcome, step.satisfaction) = (.solved, .satisfied)
  return step
}

private func judge(_ rank: GovernmentRank = .county) throws -> TicketJudge {
  TicketJudge(rank: rank, deadlines: TicketDeadlines(), count: .calendarDays)
}

private func refusal(_ standing: TicketStanding, _ step: TicketStep, _ judge: TicketJudge?) throws -> TicketRefusal? {
  var standing = standing
  do throws(TicketRefusal) {
    try standing.take(step, judge: judge)
    return nil
  } catch {
    return error
  }
}

/// The table, written down a second time: what each state allows, and where it leads.
private let ways: KeyValuePairs<TicketState, [TicketAction: TicketState]> = [
  .registered: [
    .assign: .assigned, .escalate: .registered, .exempt: .registered, .supervise: .registered,
  ],
  .assigned: [
    .assign: .assigned, .return: .registered, .feedback: .handling, .requestClosure: .pendingClosure,
    .escalate: .registered, .exempt: .assigned, .supervise: .assigned,
  ],
  .handling: [
    .assign: .assigned, .feedback: .handling, .requestClosure: .pendingClosure, .escalate: .registered,
    .exempt: .handling, .supervise: .handling,
  ],
  .pendingClosure: [.approveClosure: .closed, .refuseClosure: .handling, .supervise: .pendingClosure],
  .closed: [.survey: .closed, .reopen: .handling],
]

struct TicketMachineTests {
  @Test func everyStateAllowsWhatTheTableSaysAndNothingElse() throws {
    #expect(ways.map(\.key) == TicketState.allCases)
    for (state, allowed) in ways {
      let start = try standing(state)
      #expect(start.state == state)
      #expect(Set(start.allowed.map(\.action)) == Set(allowed.keys), "\(state)")
      for action in TicketAction.allCases {
        var next = start
        let step = try whole(action)
        if let expected = allowed[action] {
          try next.take(step, judge: try judge())
          #expect(next.state == expected, "\(state) \(action)")
        } else {
          let refused = try #require(try refusal(start, step, try judge()))
          #expect(refused.kind == .state && refused.violation.rule == "TICKET_STATE", "\(state) \(action)")
          #expect(refused.violation.message.contains("“\(state.chinese)”"))
          // It says what is possible, and who may.
          for row in start.allowed { #expect(refused.violation.message.contains(row.action.chinese + "（")) }
        }
      }
    }
  }

  @Test func levelsGoUpAndDownOneByOne() throws {
    var ticket = try standing(.handling)
    for level in [TicketLevel.dispatch, .city, .province] {
      try ticket.take(whole(.escalate), judge: nil)
      #expect(ticket.level == level && ticket.state == .registered && ticket.owner.isEmpty)
    }
    let top = try #require(try refusal(ticket, whole(.escalate), nil))
    #expect(top.violation.rule == "TICKET_STATE" && !ticket.allowed.contains { $0.action == .escalate })
    for level in [TicketLevel.city, .dispatch, .county] {
      try ticket.take(whole(.handDown), judge: nil)
      #expect(ticket.level == level)
    }
    #expect(try refusal(ticket, whole(.handDown), nil)?.kind == .state)
    #expect(ticket.reached == Set(TicketLevel.allCases) && ticket.originLevel == .county)
  }

  @Test func approvalIsOfTheRightLevelAndNeverOnesOwn() throws {
    for (level, rank, isAllowed) in [
      (TicketLevel.county, GovernmentRank.township, false), (.county, .county, true), (.county, .city, true),
      (.dispatch, .county, true), (.city, .county, false), (.city, .city, true), (.province, .city, false),
      (.province, .province, true), (.province, .everywhere, true),
    ] {
      var ticket = TicketStanding(registeredOn: try #require(day), at: level, severity: .ordinary)
      try ticket.take(whole(.assign), judge: nil)
      try ticket.take(whole(.requestClosure, by: "handler"), judge: nil)
      let refused = try refusal(ticket, whole(.approveClosure), try judge(rank))
      #expect((refused == nil) == isAllowed, "\(level) \(rank)")
      if let refused {
        #expect(refused.kind == .authority && refused.violation.rule == "TICKET_LEVEL")
        #expect(refused.violation.message.contains("\(level.rank.chinese)及以上"))
      }
      for action in [TicketAction.approveClosure, .refuseClosure] {
        let own = try refusal(ticket, whole(action, by: "handler"), try judge(.everywhere))
        #expect(own?.violation.rule == "TICKET_OWN_WORK" && own?.kind == .authority)
      }
    }
    // Whoever gave feedback has handled it, and asking for mercy is no one's own business either.
    #expect(try refusal(try standing(.handling), whole(.exempt, by: "handler"), try judge())?.kind == .authority)
    // Once is enough; what else can be done is said, and who may do it.
    var spared = try standing(.handling)
    try spared.take(whole(.exempt), judge: nil)
    let again = try #require(try refusal(spared, whole(.exempt), try judge(.everywhere)))
    #expect(again.violation.rule == "TICKET_EXEMPT" && again.violation.message.contains("县"))
    #expect(again.violation.message.contains(TicketAction.requestClosure.chinese))
    // Whoever has it next is excused for nothing.
    #expect(!spared.exemptReason.isEmpty)
    try spared.take(whole(.escalate), judge: nil)
    #expect(spared.exemptReason.isEmpty)
  }

  @Test func givingBackIsForTwoDays() throws {
    let ticket = try standing(.assigned)
    let day = try #require(day)
    for (later, rule) in [(0, nil), (2, nil), (3, "TICKET_RETURN_LATE")] as [(Int, String?)] {
      let step = try whole(.return, on: try day.addingDays(later))
      #expect(try refusal(ticket, step, try judge())?.violation.rule == rule)
    }
    // Friday to Tuesday are two working days.
    var friday = TicketStanding(registeredOn: try CivilDate("2022-01-28"), at: .county, severity: .ordinary)
    try friday.take(whole(.assign, on: try CivilDate("2022-01-28")), judge: nil)
    let working = TicketJudge(
      rank: .county, deadlines: TicketDeadlines(), count: .workingDays(try springFestival2022()))
    // Here the weekend is worked for the Spring Festival, which is no exception: Saturday and Sunday count.
    #expect(try refusal(friday, whole(.return, on: try CivilDate("2022-01-30")), working) == nil)
    #expect(
      try refusal(friday, whole(.return, on: try CivilDate("2022-02-07")), working)?.violation.rule
        == "TICKET_RETURN_LATE")
    let unknown = TicketJudge(rank: .county, deadlines: TicketDeadlines(), count: .workingDays(WorkCalendar()))
    #expect(
      try refusal(friday, whole(.return, on: try CivilDate("2022-01-29")), unknown)?.violation.rule
        == "HOLIDAYS_MISSING")
  }

  @Test func stepsSayWhatTheyMust() throws {
    for row in TicketTransition.table {
      let start = try standing(row.from.first ?? .registered, level: .city)
      for word in row.words {
        var step = try whole(row.action)
        switch word {
        case .note: step.note = ""
        case .owner: step.owner = ""
        case .method: step.method = ""
        case .result: step.result = ""
        case .outcome: step.outcome = nil
        case .satisfaction: step.satisfaction = nil
        }
        let refused = try refusal(start, step, try judge(.city))
        #expect(refused?.violation.rule == "TICKET_\(word.rawValue.uppercased())_MISSING", "\(row.action) \(word)")
        #expect(refused?.kind == .step)
        // History may have been written down with fewer words, but what came of it is never guessed.
        let isFact = word == .outcome || word == .satisfaction
        #expect(try (refusal(start, step, nil) == nil) == !isFact)
      }
    }
  }

  @Test func timeGoesForwardAndTimetablesAreForMajorProblems() throws {
    let day = try #require(day)
    let early = try whole(.feedback, on: try day.addingDays(-1))
    #expect(try refusal(try standing(.assigned), early, nil)?.violation.rule == "TICKET_DATE")
    var step = try whole(.feedback)
    step.timetable = try day.addingDays(90)
    #expect(try refusal(try standing(.assigned), step, nil)?.violation.rule == "TICKET_TIMETABLE")
    var major = try standing(.assigned, severity: .major)
    try major.take(step, judge: try judge())
    #expect(major.timetable == step.timetable)
    step.timetable = try day.addingDays(-1)
    #expect(try refusal(major, step, nil)?.violation.rule == "TICKET_TIMETABLE")
  }

  @Test func randomHistoriesKeepTheirPromises() throws {
    var random = SeededGenerator("ticket histories")
    var (taken, refused, closings) = (0, 0, 0)
    for _ in 0..<1000 {
      var day = try #require(day)
      var ticket = TicketStanding(
        registeredOn: day, at: TicketLevel.allCases.randomElement(using: &random) ?? .county,
        severity: TicketSeverity.allCases.randomElement(using: &random) ?? .ordinary)
      var steps: [TicketStep] = []
      var handlers: Set<String> = []
      for _ in 0..<30 {
        day = try day.addingDays(Int.random(in: 0...2, using: &random))
        let action = TicketAction.allCases.randomElement(using: &random) ?? .assign
        let actor = ["a", "b", "c"].randomElement(using: &random) ?? "a"
        let rank = GovernmentRank.allCases.randomElement(using: &random) ?? .county
        let (before, judge) = (ticket, try judge(rank))
        let step = try whole(action, by: actor, on: day)
        do throws(TicketRefusal) {
          try ticket.take(step, judge: judge)
        } catch {
          refused += 1
          #expect(ticket == before, "a refused step changes nothing")
          continue
        }
        taken += 1
        steps.append(step)
        if action == .approveClosure {
          closings += 1
          #expect(before.state == .pendingClosure && !handlers.contains(actor) && rank >= before.level.rank)
        }
        if action == .feedback || action == .requestClosure { handlers.insert(actor) }
        #expect((ticket.state == .closed) == (ticket.closed != nil))
        #expect(ticket.registered <= ticket.since && ticket.since <= ticket.lastDate && ticket.lastDate == day)
        #expect(ticket.reached.contains(ticket.level) && ticket.reached.contains(ticket.originLevel))
        #expect(ticket.state != .pendingClosure || ticket.closureRequested != nil && ticket.outcome != nil)
        #expect(ticket.state != .assigned || !ticket.owner.isEmpty && ticket.assigned != nil)
        let due = TicketDue(ticket, on: day, deadlines: TicketDeadlines(), count: .calendarDays)
        #expect((due == nil) == (ticket.state == .closed))
        if let due, let last = due.due, let left = due.daysLeft {
          #expect(CivilDate.daysBetween(day, last) == left && due.isLate == (left < 0 && ticket.exemptReason.isEmpty))
        }
      }
      // The history alone gives the same standing again.
      var replayed = TicketStanding(
        registeredOn: ticket.registered, at: ticket.originLevel, severity: ticket.severity)
      for step in steps { try replayed.take(step, judge: nil) }
      #expect(replayed == ticket)
    }
    print("steps taken: \(taken), refused: \(refused), closings: \(closings)")
    #expect(taken > 1000 && refused > 1000 && closings > 20)
  }
}
