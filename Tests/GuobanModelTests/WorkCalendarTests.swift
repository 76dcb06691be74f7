import GuobanModel
import GuobanTestSupport
import Testing

/// The Spring Festival of 2022 and the days worked for it, as the State Council's notice has them.
func springFestival2022() throws -> WorkCalendar {
  var calendar = WorkCalendar()
  for (day, isWorkday) in [
    ("2022-01-29", true), ("2022-01-30", true), ("2022-01-31", false), ("2022-02-01", false), ("2022-02-02", false),
    ("2022-02-03", false), ("2022-02-04", false), ("2022-02-05", false), ("2022-02-06", false),
  ] {
    calendar.set(try CivilDate(day), isWorkday: isWorkday, year: 2022)
  }
  return calendar
}

struct WorkCalendarTests {
  @Test(arguments: [
    ("2022-01-28", true), ("2022-01-29", true), ("2022-01-30", true), ("2022-01-31", false), ("2022-02-04", false),
    ("2022-02-07", true), ("2022-02-12", false), ("2022-12-28", true),
  ])
  func theNoticeGoesBeforeTheWeek(day: String, isWorkday: Bool) throws {
    #expect(try springFestival2022().isWorkday(try CivilDate(day)) == isWorkday)
  }

  @Test func aYearThatWasNotImportedIsSaidAndNotGuessed() throws {
    let calendar = try springFestival2022()
    #expect(brokenRule { _ = try calendar.isWorkday(try CivilDate("2021-06-01")) } == "HOLIDAYS_MISSING")
    #expect(brokenRule { _ = try calendar.adding(workdays: 3, to: try CivilDate("2022-12-27")) } == "HOLIDAYS_MISSING")
    // 2018-12-29, a Saturday, was worked for 元旦 2019: the last days of a year need the next notice.
    var years = WorkCalendar()
    years.set(try CivilDate("2018-10-01"), isWorkday: false, year: 2018)
    #expect(brokenRule { _ = try years.isWorkday(try CivilDate("2018-12-29")) } == "HOLIDAYS_MISSING")
    years.set(try CivilDate("2018-12-29"), isWorkday: true, year: 2019)
    #expect(try years.isWorkday(try CivilDate("2018-12-29")))
    #expect(try years.isWorkday(try CivilDate("2018-12-31")))
  }

  @Test func workingDaysAgreeWithCountingOneByOne() throws {
    var random = SeededGenerator("work calendars")
    for _ in 0..<200 {
      var calendar = WorkCalendar()
      var changes: [CivilDate: Bool] = [:]
      for year in 2020...2024 {
        let first = try CivilDate(year: year, month: 1, day: 1)
        for _ in 0..<40 {
          let day = try first.addingDays(Int.random(in: 0..<365, using: &random))
          let isWorkday = Bool.random(using: &random)
          calendar.set(day, isWorkday: isWorkday, year: year)
          changes[day] = isWorkday
        }
      }
      let start = try CivilDate("2020-06-01").addingDays(Int.random(in: 0..<900, using: &random))
      let days = Int.random(in: 0...60, using: &random)
      // The oracle: a list of all days, filtered.
      let following = try (1...400).map { try start.addingDays($0) }
      let worked = following.filter { changes[$0] ?? !["saturday", "sunday"].contains("\($0.weekday)") }
      let due = try calendar.adding(workdays: days, to: start)
      #expect(due == (days == 0 ? start : worked[days - 1]))
      #expect(try calendar.workdays(from: start, to: due) == days)
      #expect(try calendar.workdays(from: due, to: start) == -days)
      #expect(try calendar.workday(onOrAfter: try start.addingDays(1)) == worked[0])
      let count = DayCount.workingDays(calendar)
      #expect(try count.adding(days: days, to: start) == due)
      let month = try count.adding(months: 1, to: start)
      let isWorkday = try calendar.isWorkday(month)
      #expect(try month >= start.addingMonths(1) && isWorkday)
    }
  }

  @Test(arguments: [
    ("2023-01-31", 1, "2023-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2023-12-15", 1, "2024-01-15"),
    ("2023-03-31", -1, "2023-02-28"), ("2021-05-31", 18, "2022-11-30"),
  ])
  func monthsEndWhereTheyEnd(start: String, months: Int, end: String) throws {
    #expect(try CivilDate(start).addingMonths(months).text == end)
  }
}
