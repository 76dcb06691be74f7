/// A month, `2023-06`: what progress figures are cumulative to the end of.
public struct CivilMonth: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let year: Int
  public let month: Int

  /// - Throws: `MONTH_RANGE` outside months 1…12 of years 1…9999.
  public init(year: Int, month: Int) throws(RuleViolation) {
    guard CivilDate.years.contains(year), (1...12).contains(month) else {
      throw RuleViolation(
        rule: "MONTH_RANGE",
        message: "月份 \(year) 年 \(month) 月不存在：月应在 1–12 之间",
        englishMessage: "there is no month \(month) in year \(year)")
    }
    self.year = year
    self.month = month
  }

  /// - Throws: `MONTH_FORMAT` for anything but `2023-06`, or `MONTH_RANGE`.
  public init(_ text: String) throws(RuleViolation) {
    guard let (year, month, _) = isoNumbers(text, 4, 2) else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "MONTH_FORMAT",
        message: "月份 \(shown) 应写作 年-月，如 2023-06",
        englishMessage: "month \(shown) must be written year-month, such as 2023-06")
    }
    try self.init(year: year, month: month)
  }

  /// The month that a day lies in.
  public init(_ date: CivilDate) {
    self.year = date.year
    self.month = date.month
  }

  /// `2023-06`
  public var text: String { "\(zeroPadded(year, 4))-\(zeroPadded(month, 2))" }
  public var description: String { text }

  /// - Throws: `MONTH_RANGE` outside years 1…9999.
  public func addingMonths(_ months: Int) throws(RuleViolation) -> CivilMonth {
    let (index, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, index >= 0 else { return try CivilMonth(year: 0, month: 1) }
    return try CivilMonth(year: index / 12, month: index % 12 + 1)
  }

  /// Never throws in fact: every month that exists has a first day.
  public var firstDay: CivilDate {
    get throws(RuleViolation) { try CivilDate(year: year, month: month, day: 1) }
  }

  /// Never throws in fact, as `firstDay`.
  public var lastDay: CivilDate {
    get throws(RuleViolation) { try firstDay.monthEnd }
  }

  public static func < (left: CivilMonth, right: CivilMonth) -> Bool {
    (left.year, left.month) < (right.year, right.month)
  }
}
