internal import GuobanModel
internal import Testing

struct DateTests {
  @Test func everyDayOfTheCalendarComesBack() throws {
    var date = try CivilDate("0001-01-01")
    let first = date.daysSinceEpoch
    var weekday = Weekday.monday.rawValue
    var count = 0
    while true {
      #expect(date.daysSinceEpoch == first + count && date.weekday.rawValue == weekday)
      #expect(try CivilDate(daysSinceEpoch: date.daysSinceEpoch) == date)
      guard let next = try? date.addingDays(1) else { break }
      #expect(date < next)
      let isMonthEnd = next.day == 1
      guard isMonthEnd == (date.monthEnd == date) else {
        Issue.record("month end after \(date)")
        break
      }
      date = next
      weekday = (weekday + 1) % 7
      count += 1
    }
    #expect(date.text == "9999-12-31")
    #expect(count == 3_652_058)
  }

  @Test(arguments: [
    ("2023-06-30", 1, "2023-07-01"), ("2024-02-28", 1, "2024-02-29"), ("2023-02-28", 1, "2023-03-01"),
    ("2024-12-31", 1, "2025-01-01"), ("2000-02-29", 366, "2001-03-01"), ("1900-02-28", 1, "1900-03-01"),
    ("2022-04-07", 32, "2022-05-09"), ("2023-03-01", -1, "2023-02-28"),
  ])
  func addingDays(start: String, days: Int, end: String) throws {
    #expect(try CivilDate(start).addingDays(days).text == end)
    #expect(try CivilDate.daysBetween(CivilDate(start), CivilDate(end)) == days)
  }

  @Test(arguments: [
    ("2023-6-30", "DATE_FORMAT"), ("2023/06/30", "DATE_FORMAT"), ("2023-06-30 ", "DATE_FORMAT"), ("", "DATE_FORMAT"),
    ("-023-06-30", "DATE_FORMAT"), ("2023-02-29", "DATE_RANGE"), ("2023-13-01", "DATE_RANGE"),
    ("2023-06-31", "DATE_RANGE"), ("2023-00-10", "DATE_RANGE"), ("0000-01-01", "DATE_RANGE"),
  ])
  func datesThatAreNone(text: String, rule: String) {
    #expect(brokenRule { _ = try CivilDate(text) } == rule)
  }

  @Test(arguments: [
    "2023-06-30", "2023/6/30", "2023.6.30", "2023年6月30日", "２０２３-6-30", " 2023-6-30 ", "2023-06-30 00:00:00",
  ])
  func typedDatesAreReadWithoutGuessing(text: String) throws {
    #expect(try CivilDate(typed: text).text == "2023-06-30")
  }

  @Test(arguments: [
    "30/6/2023", "23-6-30", "2023-06", "20230630", "2023-6-30-", "2023年6月30日x", "2023--6-30", "日", "2023-06-30 14:30",
  ])
  func typedDatesInAnotherOrderAreRefused(text: String) {
    #expect(brokenRule { _ = try CivilDate(typed: text) } == "DATE_FORMAT")
  }

  @Test func additionOutsideTheCalendarIsRefused() throws {
    for days in [Int.max, Int.min, 3_000_000, -1_000_000] {
      #expect(brokenRule { _ = try CivilDate("2023-06-30").addingDays(days) } == "DATE_RANGE")
    }
  }

  @Test func monthsAndPeriods() throws {
    let june = try CivilMonth("2023-06")
    #expect(try june.lastDay.text == "2023-06-30")
    #expect(try june.addingMonths(-6).text == "2022-12")
    #expect(try june.addingMonths(20).text == "2025-02")
    for months in [Int.max, Int.min, -30_000] {
      #expect(brokenRule { _ = try june.addingMonths(months) } == "MONTH_RANGE")
    }
    #expect(brokenRule { _ = try CivilMonth("2023-13") } == "MONTH_RANGE")
    #expect(brokenRule { _ = try CivilMonth("2023-6") } == "MONTH_FORMAT")

    let periods = [
      "2022", "2023-01", "2023-03", "2023-Q1", "2023-06", "2023-Q2", "2023-H1", "2023-12", "2023-H2", "2023",
    ]
    let parsed = try periods.map { (text) throws in try Period(text) }
    #expect(parsed.map(\.text) == periods)
    #expect(parsed.shuffled().sorted() == parsed)
    #expect(parsed.map(\.lastMonth) == [12, 1, 3, 3, 6, 6, 6, 12, 12, 12])
    for bad in [
      "", "23", "2023-Q5", "2023-Q0", "2023-H3", "2023-13", "2023-q1", "2023-Q11", "2023-", "0000", "2023-06-30",
    ] {
      #expect(brokenRule { _ = try Period(bad) } == "PERIOD_FORMAT", "\(bad)")
    }
  }

  @Test(arguments: [
    (0 as Int64, "Asia/Shanghai", "1970-01-01T08:00:00"), (-1, "UTC", "1969-12-31T23:59:59"),
    (1_700_530_953, "UTC", "2023-11-21T01:42:33"), (1_700_530_953, "+08:00", "2023-11-21T09:42:33"),
    (951_782_400, "-03:30", "2000-02-28T20:30:00"), (-62_135_596_800, "UTC", "0001-01-01T00:00:00"),
    (253_402_300_799, "UTC", "9999-12-31T23:59:59"),
  ])
  func epochSecondsAndCivilTime(seconds: Int64, zone: String, text: String) throws {
    let zone = try TimeZoneOffset(zone)
    let time = try CivilDateTime(epochSeconds: seconds, in: zone)
    #expect(time.text == text)
    #expect(time.epochSeconds(in: zone) == seconds)
  }

  @Test func absurdClocksAndZonesAreRefused() {
    for seconds in [Int64.min, .max, 253_402_300_800, -62_135_596_801] {
      #expect(brokenRule { _ = try CivilDateTime(epochSeconds: seconds, in: .utc) } == "DATE_RANGE")
    }
    for zone in ["", "America/New_York", "+8:00", "+19:00", "+08:60", "08:00", "+08:00x"] {
      #expect(brokenRule { _ = try TimeZoneOffset(zone) } == "TIME_ZONE")
    }
  }
}
