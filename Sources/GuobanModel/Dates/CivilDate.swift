/// A day of the civil calendar (proleptic Gregorian), years 1…9999: no clock and no time zone.
///
///     try CivilDate("2023-06-30").addingDays(1).text  // "2023-07-01"
public struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// The years that four digits can write.
  public static let years = 1...9999

  /// The last day that four digits can write.
  public static let last = CivilDate(checkedYear: 9999, month: 12, day: 31)

  /// - Throws: `DATE_RANGE` for a day that the calendar does not have.
  public init(year: Int, month: Int, day: Int) throws(RuleViolation) {
    guard Self.years.contains(year), (1...12).contains(month),
      (1...Self.dayCount(year: year, month: month)).contains(day)
    else {
      throw RuleViolation(
        rule: "DATE_RANGE",
        message: "日期 \(year) 年 \(month) 月 \(day) 日不存在，请核对年、月、日",
        englishMessage: "there is no day \(day) of month \(month) in year \(year)")
    }
    self.init(checkedYear: year, month: month, day: day)
  }

  private init(checkedYear year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// ISO 8601: `2023-06-30`.
  public var text: String {
    // Safety: the ten bytes of the capacity are written, each once.
    String(unsafeUninitializedCapacity: 10) { bytes in
      func write(_ number: Int, at end: Int, digits: Int) {
        var rest = number
        for place in 1...digits {
          bytes[end - place] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
      }
      write(year, at: 4, digits: 4)
      write(month, at: 7, digits: 2)
      write(day, at: 10, digits: 2)
      bytes[4] = UInt8(ascii: "-")
      bytes[7] = UInt8(ascii: "-")
      return 10
    }
  }
  public var description: String { text }

  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// Gregorian, for years before 1582 as well.
  public static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Days in a month 1…12.
  public static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year: year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

// Arithmetic goes through the number of days since 1970-01-01, with eras of 400 years that start in March
// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
extension CivilDate {
  /// Days since 1970-01-01, negative before.
  public var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static let daysSinceEpochRange = -719_162...2_932_896

  /// - Throws: `DATE_RANGE` outside years 1…9999.
  public init(daysSinceEpoch: Int) throws(RuleViolation) {
    guard Self.daysSinceEpochRange.contains(daysSinceEpoch) else {
      throw RuleViolation(
        rule: "DATE_RANGE", message: "日期超出公元 1–9999 年，请核对天数", englishMessage: "the date lies outside years 1…9999")
    }
    let shifted = daysSinceEpoch + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      checkedYear: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// - Throws: `DATE_RANGE` outside years 1…9999.
  public func addingDays(_ days: Int) throws(RuleViolation) -> CivilDate {
    let (sum, overflow) = daysSinceEpoch.addingReportingOverflow(days)
    return try CivilDate(daysSinceEpoch: overflow ? .max : sum)
  }

  /// Days from `first` to `last`: 1 from a day to the next, negative backwards.
  public static func daysBetween(_ first: CivilDate, _ last: CivilDate) -> Int {
    last.daysSinceEpoch - first.daysSinceEpoch
  }

  /// The day of the week.
  public var weekday: Weekday {
    let index = ((daysSinceEpoch + 4) % 7 + 7) % 7
    return Weekday.allCases[index]
  }

  /// The last day of this month.
  public var monthEnd: CivilDate {
    CivilDate(checkedYear: year, month: month, day: Self.dayCount(year: year, month: month))
  }
}

/// Days of the week, numbered as cron numbers them.
public enum Weekday: Int, Sendable, CaseIterable {
  case sunday
  case monday
  case tuesday
  case wednesday
  case thursday
  case friday
  case saturday
}
