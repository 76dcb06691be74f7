internal import GuobanModel
internal import Testing

struct CronTests {
  static func moment(_ text: String) throws -> CivilDateTime {
    let parts = text.split { $0 == " " || $0 == ":" }
    let numbers = parts.dropFirst().compactMap { Int($0) }
    return try CivilDateTime(
      CivilDate(String(parts[0])), hour: numbers[0], minute: numbers[1], second: numbers.count > 2 ? numbers[2] : 0)
  }

  @Test(arguments: [
    ("30 2 * * *", "2023-06-30 02:29:59", "2023-06-30 02:30"), ("30 2 * * *", "2023-06-30 02:30", "2023-07-01 02:30"),
    ("0 0 29 2 *", "2023-03-01 00:00", "2024-02-29 00:00"), ("0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00"),
    ("59 23 31 * *", "2023-01-31 23:59", "2023-03-31 23:59"),
    ("*/15 * * * *", "2023-12-31 23:45:30", "2024-01-01 00:00"),
    ("0 9-17/4 * * mon-fri", "2023-06-30 17:00", "2023-07-03 09:00"),
    ("0 8 * * 2", "2023-06-27 08:00", "2023-07-04 08:00"),
    ("0 8 * * 7", "2023-06-26 00:00", "2023-07-02 08:00"), ("0 8 * * 5-7", "2023-07-01 08:00", "2023-07-02 08:00"),
    ("5,10 1,3 * JAN,jul *", "2023-01-31 03:10", "2023-07-01 01:05"),
    // Vixie: both day fields restricted, either is enough; one of them a star, both must match.
    ("0 0 13 * FRI", "2023-10-01 00:00", "2023-10-06 00:00"), ("0 0 13 * FRI", "2023-10-06 00:00", "2023-10-13 00:00"),
    ("0 0 13 * FRI", "2023-11-10 00:00", "2023-11-13 00:00"), ("0 0 */2 * MON", "2023-07-03 00:00", "2023-07-17 00:00"),
    // A 29 February that is a Sunday: 2004, then 2032; with the stars of both fields, both must match.
    ("0 0 29 2 */7", "2004-02-29 00:00", "2032-02-29 00:00"),
    ("0 0 30 2 1", "2023-02-06 00:00", "2023-02-13 00:00"),
  ])
  func nextDueTime(cron: String, after: String, due: String) throws {
    #expect(try CronExpression(cron).next(after: Self.moment(after)) == Self.moment(due))
  }

  @Test(arguments: [
    ("", "CRON_FIELDS"), ("* * * *", "CRON_FIELDS"), ("* * * * * *", "CRON_FIELDS"), ("@daily", "CRON_FIELDS"),
    ("60 * * * *", "CRON_FIELD"), ("* 24 * * *", "CRON_FIELD"), ("* * 0 * *", "CRON_FIELD"),
    ("* * 32 * *", "CRON_FIELD"),
    ("* * * 13 *", "CRON_FIELD"), ("* * * * 8", "CRON_FIELD"), ("*/0 * * * *", "CRON_FIELD"),
    ("5/2 * * * *", "CRON_FIELD"),
    ("5-1 * * * *", "CRON_FIELD"), ("1,,2 * * * *", "CRON_FIELD"), ("1- * * * *", "CRON_FIELD"),
    ("-1 * * * *", "CRON_FIELD"),
    ("* * L * *", "CRON_FIELD"), ("* * * FOO *", "CRON_FIELD"), ("1-2-3 * * * *", "CRON_FIELD"),
    ("*/ * * * *", "CRON_FIELD"),
    ("99999999999999999999 * * * *", "CRON_FIELD"), ("0 0 30 2 *", "CRON_NEVER"), ("0 0 31 4,6,9,11 *", "CRON_NEVER"),
    (String(repeating: " ", count: 300), "CRON_FIELDS"),
  ])
  func linesThatAreNoSchedule(text: String, rule: String) {
    #expect(brokenRule { _ = try CronExpression(text) } == rule)
  }

  @Test func theEndOfTheCalendarIsReached() throws {
    #expect(try CronExpression("0 0 1 1 *").next(after: Self.moment("9999-01-01 00:00")) == nil)
  }

  /// Minute by minute over two years: nothing between two due times matches, by an independent reading of the fields.
  @Test func nothingIsSkipped() throws {
    let cron = try CronExpression("7,37 5-23/6 1,15 */2 WED")
    func isDue(_ time: CivilDateTime) -> Bool {
      let byDay = time.date.day == 1 || time.date.day == 15 || time.date.weekday == .wednesday
      return byDay && time.date.month % 2 == 1 && [5, 11, 17, 23].contains(time.hour) && [7, 37].contains(time.minute)
    }
    let start = try Self.moment("2023-01-01 00:00").epochSeconds(in: .utc)
    let times = try stride(from: start, to: start + 731 * 86_400, by: 60).map {
      try CivilDateTime(epochSeconds: $0, in: .utc)
    }
    var expected = times.filter(isDue)[...]
    #expect(expected.count > 500)
    var moment = try Self.moment("2022-12-31 23:59")
    while let due = expected.popFirst() {
      moment = try #require(cron.next(after: moment))
      #expect(moment == due)
    }
  }

  // 2023-07-01 02:30 in Shanghai.
  static let due: Int64 = 1_688_149_800

  func decide(lastRun: Int64?, keptSince: Int64, now: Int64, isRunning: Bool = false) throws -> ScheduleDecision {
    try ScheduleDecision(
      CronExpression("30 2 * * *"), in: .shanghai, lastRun: lastRun, keptSince: keptSince, now: now,
      isRunning: isRunning)
  }

  @Test func waitsThenRunsOnce() throws {
    let (due, day) = (Self.due, Int64(86_400))
    #expect(try CivilDateTime(epochSeconds: due, in: .shanghai) == Self.moment("2023-07-01 02:30"))
    #expect(try decide(lastRun: nil, keptSince: due - 10, now: due - 10) == .wait(until: due))
    #expect(try decide(lastRun: nil, keptSince: due - 10, now: due - 1) == .wait(until: due))
    #expect(try decide(lastRun: nil, keptSince: due - 10, now: due) == .run(due: due))
    #expect(try decide(lastRun: due, keptSince: due - 10, now: due) == .wait(until: due + day))
    #expect(try decide(lastRun: due + 3, keptSince: due - 10, now: due + 90) == .wait(until: due + day))
  }

  @Test func downtimeIsCaughtUpByOneRun() throws {
    let (due, day) = (Self.due, Int64(86_400))
    let now = due + 5 * day + 100
    #expect(try decide(lastRun: due, keptSince: 0, now: now) == .run(due: due + day))
    #expect(try decide(lastRun: now, keptSince: 0, now: now + 1) == .wait(until: due + 6 * day))
  }

  @Test func neverTwoAtOnce() throws {
    #expect(try decide(lastRun: 0, keptSince: 0, now: Self.due, isRunning: true) == .stillRunning)
  }

  @Test func aClockSetBackDoesNotStopTheSchedule() throws {
    let (due, day) = (Self.due, Int64(86_400))
    #expect(try decide(lastRun: due, keptSince: 0, now: due - 1) == .wait(until: due + day))
    #expect(try decide(lastRun: due + 400 * day, keptSince: 0, now: due + 1) == .run(due: due + 1))
  }
}
