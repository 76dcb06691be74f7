import GuobanModel
import Testing

/// 13710, on the days that it ends.
struct TicketDueTests {
  /// Registered on Friday 2022-01-28, before a Spring Festival whose weekend was worked.
  private func ticket(_ severity: TicketSeverity = .ordinary, _ actions: [TicketAction]) throws -> TicketStanding {
    let day = try CivilDate("2022-01-28")
    var ticket = TicketStanding(registeredOn: day, at: .county, severity: severity)
    for action in actions {
      var step = TicketStep(action, on: day)
      step.outcome = .solved
      step.note = "等上级批复"
      try ticket.take(step, judge: nil)
    }
    return ticket
  }

  @Test(
    arguments: [
      ([], TicketSeverity.ordinary, TicketDue.Step.assign, "2022-01-29", "2022-01-29"),
      ([.assign], .ordinary, .firstFeedback, "2022-01-31", "2022-02-07"),
      ([.assign, .feedback], .ordinary, .solve, "2022-02-04", "2022-02-11"),
      // A month from 01-28 is 02-28, a Monday.
      ([.assign, .feedback], .major, .solve, "2022-02-28", "2022-02-28"),
    ] as [([TicketAction], TicketSeverity, TicketDue.Step, String, String)])
  func eachStepHasItsLastDay(
    actions: [TicketAction], severity: TicketSeverity, step: TicketDue.Step, calendar: String, working: String
  ) throws {
    let ticket = try ticket(severity, actions)
    for (count, last) in [(DayCount.calendarDays, calendar), (.workingDays(try springFestival2022()), working)] {
      let last = try CivilDate(last)
      for (day, isLate) in [(last, false), (try last.addingDays(1), true)] {
        let due = try #require(TicketDue(ticket, on: day, deadlines: TicketDeadlines(), count: count))
        #expect(due.step == step && due.due == last && due.isLate == isLate, "\(step) \(day)")
        #expect(due.daysLeft == (isLate ? -1 : 0))
      }
    }
  }

  @Test func solvedOnesAreTrackedToTheEnd() throws {
    let pending = try ticket(.ordinary, [.assign, .requestClosure])
    let day = try CivilDate("2023-01-01")
    let due = try #require(TicketDue(pending, on: day, deadlines: TicketDeadlines(), count: .calendarDays))
    #expect(due.step == .close && due.due == nil && !due.isLate)
    let closed = try ticket(.ordinary, [.assign, .requestClosure, .approveClosure])
    #expect(TicketDue(closed, on: day, deadlines: TicketDeadlines(), count: .calendarDays) == nil)
  }

  @Test func timetablesExemptionsAndNewRoundsMoveTheDay() throws {
    let deadlines = TicketDeadlines()
    let day = try CivilDate("2022-06-01")
    var major = try ticket(.major, [.assign])
    var step = TicketStep(.feedback, on: try CivilDate("2022-01-29"))
    step.timetable = try CivilDate("2022-05-30")
    try major.take(step, judge: nil)
    let late = try #require(TicketDue(major, on: day, deadlines: deadlines, count: .calendarDays))
    #expect(late.due == step.timetable && late.isLate && late.daysLeft == -2)
    let exempt = try ticket(.ordinary, [.assign, .exempt])
    let excused = try #require(TicketDue(exempt, on: day, deadlines: deadlines, count: .calendarDays))
    #expect(!excused.isLate && (excused.daysLeft ?? 0) < 0)
    var escalated = try ticket(.ordinary, [.assign, .feedback])
    try escalated.take(TicketStep(.escalate, on: try CivilDate("2022-05-31")), judge: nil)
    let again = try #require(TicketDue(escalated, on: day, deadlines: deadlines, count: .calendarDays))
    #expect(again.step == .assign && again.due == day && !again.isLate)
  }

  /// The year after the calendar's last is not known: the days late cannot be counted, and it is late all the same.
  @Test func aLastDayThatIsKnownOutlivesTheCalendar() throws {
    let count = DayCount.workingDays(try springFestival2022())
    let ticket = try ticket(.ordinary, [.assign, .feedback])
    let due = try #require(
      TicketDue(ticket, on: try CivilDate("2023-02-20"), deadlines: TicketDeadlines(), count: count))
    #expect(due.due == (try CivilDate("2022-02-11")) && due.isLate && due.daysLeft == nil)
    #expect(due.problem?.rule == "HOLIDAYS_MISSING")
  }

  @Test func aMissingYearIsSaid() throws {
    let due = try #require(
      TicketDue(
        try ticket(.ordinary, []), on: try CivilDate("2022-02-01"), deadlines: TicketDeadlines(),
        count: .workingDays(WorkCalendar())))
    #expect(due.due == nil && due.daysLeft == nil && !due.isLate)
    #expect(due.problem?.rule == "HOLIDAYS_MISSING" && due.problem?.message.contains("2022 年") == true)
  }
}
