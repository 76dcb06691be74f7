/// How days of a deadline are counted: every day, or working days only.
public enum DayCount: Sendable, Equatable {
  case calendarDays
  case workingDays(WorkCalendar)

  /// Whether only working days count.
  public var isWorkingDays: Bool {
    if case .workingDays = self { true } else { false }
  }

  /// The last day of a deadline of so many days from `start`, which does not count itself.
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func adding(days: Int, to start: CivilDate) throws(RuleViolation) -> CivilDate {
    switch self {
    case .calendarDays: try start.addingDays(days)
    case .workingDays(let calendar): try calendar.adding(workdays: days, to: start)
    }
  }

  /// The same day so many months later, or the month's last; where only working days count and it is none, the next
  /// that is (as Civil Code 203 has it).
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func adding(months: Int, to start: CivilDate) throws(RuleViolation) -> CivilDate {
    let day = try start.addingMonths(months)
    guard case .workingDays(let calendar) = self else { return day }
    return try calendar.workday(onOrAfter: day)
  }

  /// Days after `start` up to and with `end`; below 0 when `end` comes first.
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func days(from start: CivilDate, to end: CivilDate) throws(RuleViolation) -> Int {
    switch self {
    case .calendarDays: CivilDate.daysBetween(start, end)
    case .workingDays(let calendar): try calendar.workdays(from: start, to: end)
    }
  }
}
