/// 13710: 1 day studied and assigned, 3 days first feedback, 7 days an ordinary problem solved, 1 month a major one, 0 left
/// untracked. All are counted from the day that the level got the ticket.
public struct TicketDeadlines: Sendable, Equatable {
  public var assignDays = 1
  public var firstFeedbackDays = 3
  public var ordinaryDays = 7
  public var majorMonths = 1
  /// How long after the assignment whoever it was assigned to may give it back.
  public var returnDays = 2

  /// The rule's own.
  public init() {}
}

/// What an open ticket waits for, and until when it is in time.
public struct TicketDue: Sendable, Equatable {
  /// The steps of 13710. The names are Proto/'s.
  public enum Step: String, Sendable, CaseIterable {
    case assign = "ASSIGN"
    case firstFeedback = "FIRST_FEEDBACK"
    case solve = "SOLVE"
    /// Solved, and to be looked at: 0, tracked until it is closed.
    case close = "CLOSE"
  }

  public let step: Step
  /// The day that the days are counted from.
  public let since: CivilDate
  /// The last day in time; nil when the step has none, or ``problem`` says why it is not known.
  public let due: CivilDate?
  /// Of the kind that is counted; below 0: so many days late. Nil with ``due``, or where ``problem`` says why it is not
  /// known.
  public let daysLeft: Int?
  /// Late, and not exempt.
  public let isLate: Bool
  public let problem: RuleViolation?

  /// What `standing` waits for on a day; nil when it is closed.
  public init?(_ standing: TicketStanding, on day: CivilDate, deadlines: TicketDeadlines, count: DayCount) {
    let step: Step
    switch standing.state {
    case .registered: step = .assign
    case .assigned: step = .firstFeedback
    case .handling: step = .solve
    case .pendingClosure: step = .close
    case .closed: return nil
    }
    var (due, daysLeft, problem): (CivilDate?, Int?, RuleViolation?)
    do {
      due = try Self.lastDay(of: step, standing, deadlines, count)
      // A last day that is known stays so where the days up to it cannot be counted.
      daysLeft = try due.map { (due) throws(RuleViolation) in try Self.daysLeft(from: day, to: due, count) }
    } catch {
      problem = error
    }
    self.step = step
    since = step == .close ? standing.closureRequested ?? standing.since : standing.since
    self.due = due
    self.daysLeft = daysLeft
    self.problem = problem
    isLate = standing.exemptReason.isEmpty && (due.map { $0 < day } ?? false)
  }

  /// On a free day after the last one no working day has passed, and yet it is late.
  private static func daysLeft(
    from day: CivilDate, to due: CivilDate, _ count: DayCount
  ) throws(RuleViolation) -> Int {
    let days = try count.days(from: day, to: due)
    return day > due ? min(days, -1) : days
  }

  private static func lastDay(
    of step: Step, _ standing: TicketStanding, _ deadlines: TicketDeadlines, _ count: DayCount
  ) throws(RuleViolation) -> CivilDate? {
    switch step {
    case .assign: return try count.adding(days: deadlines.assignDays, to: standing.since)
    case .firstFeedback: return try count.adding(days: deadlines.firstFeedbackDays, to: standing.since)
    case .solve:
      guard standing.severity == .major else {
        return try count.adding(days: deadlines.ordinaryDays, to: standing.since)
      }
      if let timetable = standing.timetable { return timetable }
      return try count.adding(months: deadlines.majorMonths, to: standing.since)
    case .close: return nil
    }
  }
}
