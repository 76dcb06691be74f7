/// Which days are worked: the ordinary week, and what the State Council's yearly notice changes of it.
///
/// A year whose notice was not given is not guessed: asking about its days throws.
///
///     calendar.set(try CivilDate("2022-01-29"), isWorkday: true, year: 2022)  // a Saturday, worked for 春节
public struct WorkCalendar: Sendable, Equatable {
  /// Days that are counted through at most; longer spans are a mistake of whoever asks.
  public static let daysMax = 36_600

  private var changes: [CivilDate: Bool] = [:]
  /// The years whose notices are in.
  public private(set) var years: Set<Int> = []

  /// An empty calendar knows no year.
  public init() {}

  /// Takes in one day of a notice.
  ///
  /// - Parameter year: the notice's, which may be the one after the day's: 元旦 2023 began on 2022-12-31.
  public mutating func set(_ date: CivilDate, isWorkday: Bool, year: Int) {
    changes[date] = isWorkday
    years.insert(year)
  }

  /// - Throws: `HOLIDAYS_MISSING` when the notice that the day depends on is not in.
  public func isWorkday(_ date: CivilDate) throws(RuleViolation) -> Bool {
    if !years.contains(date.year) { throw Self.missing(date.year) }
    if let change = changes[date] { return change }
    // 元旦 takes its first days, and the weekend worked for them, from the year before: 2018-12-29 was worked for 2019.
    let next = date.year + 1
    if date.month == 12, date.day >= Self.newYearFirstDay, !years.contains(next) { throw Self.missing(next) }
    return !date.isWeekend
  }

  /// The `days`th working day after `date`, which does not count itself; `date` for 0.
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func adding(workdays days: Int, to date: CivilDate) throws(RuleViolation) -> CivilDate {
    var (day, rest, walked) = (date, days, 0)
    while rest > 0 {
      day = try day.addingDays(1)
      walked += 1
      guard walked <= Self.daysMax else { throw Self.tooFar }
      if try isWorkday(day) { rest -= 1 }
    }
    return day
  }

  /// `date`, or the first working day after it.
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func workday(onOrAfter date: CivilDate) throws(RuleViolation) -> CivilDate {
    var day = date
    var walked = 0
    while try !isWorkday(day) {
      day = try day.addingDays(1)
      walked += 1
      guard walked <= Self.daysMax else { throw Self.tooFar }
    }
    return day
  }

  /// Working days after `start` up to and with `end`; below 0 when `end` comes first.
  /// - Throws: `HOLIDAYS_MISSING`, `DATE_RANGE`.
  public func workdays(from start: CivilDate, to end: CivilDate) throws(RuleViolation) -> Int {
    if end < start { return -(try workdays(from: end, to: start)) }
    guard CivilDate.daysBetween(start, end) <= Self.daysMax else { throw Self.tooFar }
    var (day, count) = (start, 0)
    while day < end {
      day = try day.addingDays(1)
      if try isWorkday(day) { count += 1 }
    }
    return count
  }

  /// From this day of December on, the next year's notice has a say.
  static let newYearFirstDay = 29

  private static func missing(_ year: Int) -> RuleViolation {
    RuleViolation(
      rule: "HOLIDAYS_MISSING",
      message: "台账里没有 \(year) 年的节假日安排，算不出工作日；请先导入",
      englishMessage: "the holidays of \(year) are not in the ledger, so working days cannot be counted; import them")
  }

  private static let tooFar = RuleViolation(
    rule: "DATE_RANGE", message: "日期相隔太远，最多 \(daysMax) 天，请核对",
    englishMessage: "the dates are too far apart; at most \(daysMax) days are counted")
}

extension CivilDate {
  /// Saturday or Sunday.
  public var isWeekend: Bool { weekday == .saturday || weekday == .sunday }

  /// The same day so many months later; the month's last where it is shorter.
  /// - Throws: `DATE_RANGE` or `MONTH_RANGE` outside years 1…9999.
  public func addingMonths(_ months: Int) throws(RuleViolation) -> CivilDate {
    let target = try CivilMonth(self).addingMonths(months)
    return try CivilDate(
      year: target.year, month: target.month, day: min(day, Self.dayCount(year: target.year, month: target.month)))
  }
}
