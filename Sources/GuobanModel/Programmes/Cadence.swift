/// What comes round in a campaign: 日监测, 周调度, 半月调度, 月通报, 季观摩.
///
///     try Cadence.weekly(on: 2).dates(from: first, through: last, countMax: 4)  // four Tuesdays
public struct Cadence: Hashable, Sendable {
  private enum Rule: Hashable, Sendable {
    case daily
    /// ISO weekday.
    case weekly(Int)
    case halfMonthly
    /// A day, 0 for the last one, of every month whose number these months divide.
    case monthly(day: Int, months: Int)
  }

  private let rule: Rule

  /// Every day.
  public static let daily = Cadence(rule: .daily)
  /// The 15th and the last day of every month.
  public static let halfMonthly = Cadence(rule: .halfMonthly)

  /// - Parameter weekday: 1 = Monday … 7 = Sunday, as ISO 8601 counts them.
  /// - Throws: `CADENCE_WEEKDAY`
  public static func weekly(on weekday: Int) throws(RuleViolation) -> Cadence {
    guard (1...7).contains(weekday) else {
      throw RuleViolation(
        rule: "CADENCE_WEEKDAY", message: "星期是 \(weekday)，应为 1（星期一）到 7（星期日）",
        englishMessage: "weekday \(weekday) is outside 1 (Monday) … 7 (Sunday)")
    }
    return Cadence(rule: .weekly(weekday))
  }

  /// - Parameters:
  ///   - day: of the month; past its end stands for its last day, and so does 0.
  ///   - everyMonths: 1, 3 (March, June, …) or 6 (June and December).
  /// - Throws: `CADENCE_DAY` or `CADENCE_MONTHS`
  public static func monthly(on day: Int, everyMonths: Int) throws(RuleViolation) -> Cadence {
    guard (0...31).contains(day) else {
      throw RuleViolation(
        rule: "CADENCE_DAY", message: "日是 \(day)，应为 1 到 31；0 表示月末",
        englishMessage: "day \(day) is outside 1…31; 0 is the month's last day")
    }
    guard [1, 3, 6, 12].contains(everyMonths) else {
      throw RuleViolation(
        rule: "CADENCE_MONTHS", message: "间隔 \(everyMonths) 个月，应为 1、3、6 或 12",
        englishMessage: "every \(everyMonths) months; it must be 1, 3, 6 or 12")
    }
    return Cadence(rule: .monthly(day: day, months: everyMonths))
  }

  /// Whether this day is one of its days.
  public func falls(on date: CivilDate) -> Bool {
    switch rule {
    case .daily: true
    case .weekly(let weekday): date.weekday.rawValue == weekday % 7
    case .halfMonthly: date.day == 15 || date == date.monthEnd
    case .monthly(let day, let months):
      date.month.isMultiple(of: months) && date.day == (day == 0 ? date.monthEnd.day : min(day, date.monthEnd.day))
    }
  }

  /// Its days from `first` through `last`, at most `countMax`.
  public func dates(from first: CivilDate, through last: CivilDate, countMax: Int) -> [CivilDate] {
    var dates: [CivilDate] = []
    var day = first
    while day <= last, dates.count < countMax {
      if falls(on: day) { dates.append(day) }
      guard let next = try? day.addingDays(1) else { break }
      day = next
    }
    return dates
  }

  /// The next day after `date`, within a year.
  public func next(after date: CivilDate) -> CivilDate? {
    guard let first = try? date.addingDays(1), let last = try? date.addingDays(366) else { return nil }
    return dates(from: first, through: last, countMax: 1).first
  }
}
