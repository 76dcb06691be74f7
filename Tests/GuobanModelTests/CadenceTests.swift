internal import GuobanModel
internal import Testing

/// Days that come round in campaigns.
struct CadenceTests {
  private func dates(_ cadence: Cadence, _ first: String, _ last: String) throws -> [String] {
    cadence.dates(from: try CivilDate(first), through: try CivilDate(last), countMax: 100).map(\.text)
  }

  @Test func s081_everyTuesday() throws {
    let tuesdays = try Cadence.weekly(on: 2)
    #expect(
      try dates(tuesdays, "2023-03-01", "2023-03-31") == ["2023-03-07", "2023-03-14", "2023-03-21", "2023-03-28"])
    #expect(try CivilDate("2023-03-07").weekday == .tuesday)
    #expect(tuesdays.next(after: try CivilDate("2023-03-07"))?.text == "2023-03-14")
    let sundays = try Cadence.weekly(on: 7)
    #expect(try dates(sundays, "2023-03-01", "2023-03-12") == ["2023-03-05", "2023-03-12"])
  }

  @Test func s115_monthlyQuarterlyAndHalfYearly() throws {
    let monthEnd = try Cadence.monthly(on: 0, everyMonths: 1)
    #expect(try dates(monthEnd, "2024-01-31", "2024-03-30") == ["2024-01-31", "2024-02-29"])
    let the31st = try Cadence.monthly(on: 31, everyMonths: 1)
    #expect(try dates(the31st, "2023-02-01", "2023-04-30") == ["2023-02-28", "2023-03-31", "2023-04-30"])
    let quarters = try Cadence.monthly(on: 25, everyMonths: 3)
    #expect(
      try dates(quarters, "2022-01-01", "2022-12-31").map { $0.dropFirst(5) } == ["03-25", "06-25", "09-25", "12-25"])
    let halves = try Cadence.monthly(on: 0, everyMonths: 6)
    #expect(try dates(halves, "2022-01-01", "2022-12-31") == ["2022-06-30", "2022-12-31"])
    #expect(try dates(.halfMonthly, "2024-02-01", "2024-02-29") == ["2024-02-15", "2024-02-29"])
    #expect(try dates(.daily, "2023-12-30", "2024-01-02").count == 4)
  }

  @Test func whatCannotComeRoundIsRefused() throws {
    #expect(brokenRule { _ = try Cadence.weekly(on: 0) } == "CADENCE_WEEKDAY")
    #expect(brokenRule { _ = try Cadence.weekly(on: 8) } == "CADENCE_WEEKDAY")
    #expect(brokenRule { _ = try Cadence.monthly(on: 32, everyMonths: 1) } == "CADENCE_DAY")
    #expect(brokenRule { _ = try Cadence.monthly(on: 1, everyMonths: 5) } == "CADENCE_MONTHS")
    let end = try CivilDate("9999-12-31")
    #expect(
      Cadence.daily.dates(from: end, through: end, countMax: 5).count == 1 && Cadence.daily.next(after: end) == nil)
    #expect(Cadence.daily.dates(from: end, through: try CivilDate("2000-01-01"), countMax: 5).isEmpty)
  }

  @Test func theDaysOfACadenceAreThoseThatFallOnIt() throws {
    let start = try CivilDate("2023-01-01")
    let cadences = try [
      Cadence.daily, .halfMonthly, .weekly(on: 5), .monthly(on: 30, everyMonths: 1), .monthly(on: 0, everyMonths: 3),
    ]
    for cadence in cadences {
      let all = cadence.dates(from: start, through: try start.addingDays(800), countMax: 1000)
      var next: [CivilDate] = []
      var day = try start.addingDays(-1)
      while let found = cadence.next(after: day), next.count < all.count {
        next.append(found)
        day = found
      }
      #expect(all == next)
    }
  }
}
