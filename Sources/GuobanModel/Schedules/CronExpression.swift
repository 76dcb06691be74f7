/// When something is due: a five-field cron line (minute, hour, day of month, month, day of week).
///
/// Numbers, lists, ranges, steps and English names, as Vixie cron (crontab(5)) reads them. If both day fields are
/// restricted (neither starts with `*`), a day matches when either does.
///
///     try CronExpression("30 2 * * MON-FRI").next(after: now)
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
  /// The line with single spaces between its fields.
  public let text: String
  let minutes: CronField
  let hours: CronField
  let daysOfMonth: CronField
  let months: CronField
  let daysOfWeek: CronField

  /// Longer lines are refused unread.
  public static let bytesMax = 256
  /// The calendar repeats after 400 years, so what is not found in them never comes.
  static let searchYearsMax = 400

  /// - Throws: `CRON_FIELDS`, `CRON_FIELD` naming the field, or `CRON_NEVER` for a day no month has.
  public init(_ text: String) throws(RuleViolation) {
    let shown = RuleViolation.quoted(text)
    let fields = text.utf8.count > Self.bytesMax ? [] : text.split { $0 == " " || $0 == "\t" }
    guard fields.count == 5 else {
      throw RuleViolation(
        rule: "CRON_FIELDS",
        message: "计划 \(shown) 应有 5 段：分 时 日 月 周，如 30 2 * * *（每天 2:30）",
        englishMessage: "schedule \(shown) needs 5 fields: minute hour day month weekday, such as 30 2 * * *")
    }
    minutes = try Self.field(fields[0], .minute, in: shown)
    hours = try Self.field(fields[1], .hour, in: shown)
    daysOfMonth = try Self.field(fields[2], .dayOfMonth, in: shown)
    months = try Self.field(fields[3], .month, in: shown)
    daysOfWeek = try Self.field(fields[4], .dayOfWeek, in: shown)
    self.text = fields.joined(separator: " ")

    let (daysOfMonth, months) = (daysOfMonth, months)
    let earliest = daysOfMonth.first(from: 1) ?? 1
    let isPossible = (1...12).contains { months.contains($0) && earliest <= CivilDate.dayCount(year: 2000, month: $0) }
    guard isPossible || !(daysOfMonth.isStar || daysOfWeek.isStar) else {
      throw RuleViolation(
        rule: "CRON_NEVER",
        message: "计划 \(shown) 永远不会到期：所选月份没有这一天",
        englishMessage: "schedule \(shown) never comes due: its months have no such day")
    }
  }

  private static func field(
    _ text: Substring, _ kind: CronField.Kind, in shown: String
  ) throws(RuleViolation) -> CronField {
    guard let field = CronField(text, kind) else {
      let bad = RuleViolation.quoted(String(text))
      throw RuleViolation(
        rule: "CRON_FIELD",
        message:
          "计划 \(shown) 的“\(kind.title)”段 \(bad) 不对：可写 \(kind.range.lowerBound)–\(kind.range.upperBound)、*、列表 1,2、范围 1-5、步长 */10",
        englishMessage:
          "schedule \(shown): field \(bad) must be \(kind.range.lowerBound)…\(kind.range.upperBound), *, 1,2, 1-5 or */10"
      )
    }
    return field
  }

  public var description: String { text }

  /// The first due minute strictly after a moment; nil only near year 9999.
  public func next(after moment: CivilDateTime) -> CivilDateTime? {
    var date = moment.date
    var earliest = moment.hour * 60 + moment.minute + 1
    let lastYear = date.year + Self.searchYearsMax
    while date.year <= lastYear {
      if matches(date), let minute = minuteOfDay(from: earliest) {
        return try? CivilDateTime(date, hour: minute / 60, minute: minute % 60)
      }
      let base = months.contains(date.month) ? date : date.monthEnd
      guard let following = try? base.addingDays(1) else { return nil }
      date = following
      earliest = 0
    }
    return nil
  }

  private func matches(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    let byMonth = daysOfMonth.contains(date.day)
    let byWeek = daysOfWeek.contains(date.weekday.rawValue)
    return daysOfMonth.isStar || daysOfWeek.isStar ? byMonth && byWeek : byMonth || byWeek
  }

  private func minuteOfDay(from earliest: Int) -> Int? {
    guard earliest < 24 * 60 else { return nil }
    if hours.contains(earliest / 60), let minute = minutes.first(from: earliest % 60) {
      return earliest / 60 * 60 + minute
    }
    guard let hour = hours.first(from: earliest / 60 + 1), let minute = minutes.first(from: 0) else { return nil }
    return hour * 60 + minute
  }
}
