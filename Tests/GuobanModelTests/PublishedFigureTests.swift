internal import GuobanModel
internal import Testing

/// The figures that the five places published, from the inputs they published.
struct PublishedFigureTests {
  static func check(_ done: String, of target: String, month: Int) throws -> HalfYearCheck {
    try HalfYearCheck(
      target: Fen(target, in: .yiYuan).amount, done: Fen(done, in: .yiYuan).amount, month: month, schedule: .monthly,
      thresholds: .standard)
  }

  static func percent(_ fraction: Fraction?, _ decimals: Int) -> String? {
    fraction?.percentText(DecimalStyle(decimals: decimals))
  }

  @Test func nanle() throws {
    let check = try Self.check("54.56", of: "120.03", month: 3)
    #expect(Self.percent(check.share, 2) == "45.46")
    #expect(Self.percent(check.share, 1) == "45.5")
    #expect(check.outcome == .notPassed)
  }

  /// Published 37.41 %: the inputs were rounded before printing, so both are shown.
  @Test func puyangCounty() throws {
    let check = try Self.check("128.4", of: "343.4", month: 3)
    #expect(Self.percent(check.share, 2) == "37.39")
    #expect(check.lead?.percentText(DecimalStyle(decimals: 2, showsPlus: true)) == "+12.39")
    #expect(check.light == .green)
  }

  @Test func hebiIsPastHalfInMay() throws {
    let check = try HalfYearCheck(target: 1000, done: 638, month: 5, schedule: .monthly, thresholds: .standard)
    #expect(check.outcome == .passed)
    #expect(check.lead?.percentText(DecimalStyle(decimals: 2, showsPlus: true)) == "+22.13")
    #expect(check.gapToHalf == 0)
    let growth = try Fraction.growth(from: 173 - 24, to: 173)
    #expect(growth.percentText(DecimalStyle(decimals: 2, showsPlus: true)) == "+16.11")
  }

  @Test(arguments: [
    ("217.3", "101.3", "+17.97", "214.51"), ("511.8", "93.7", "+10.37", "546.21"), ("45.1", "115.8", "+32.47", "38.95"),
    ("5.31", "132.75", "+49.42", "4.00"),
  ])
  func shaoyangInOctober(done: String, rate: String, lead: String, plan: String) throws {
    let done = try Fen(done, in: .yiYuan)
    let share = try Fraction(DecimalE6(rate).millionths, over: 100_000_000)
    let target = try Fraction(done.amount).divided(by: share)
    #expect(target.text(DecimalStyle(decimals: 2), dividedBy: MoneyUnit.yiYuan.fenPerUnit) == plan)
    let check = try HalfYearCheck(
      target: share.denominator, done: share.numerator, month: 10, schedule: .monthly, thresholds: .standard)
    #expect(check.lead?.percentText(DecimalStyle(decimals: 2, showsPlus: true)) == lead)
  }

  @Test(arguments: [
    (148 as Int64, 151 as Int64, "98.01"), (2867, 2875, "99.72"), (12, 16, "75.00"), (16, 16, "100.00"),
  ])
  func rates(part: Int64, whole: Int64, percent: String) throws {
    #expect(try Fraction(part, over: whole).percentText(DecimalStyle(decimals: 2)) == percent)
  }

  @Test(arguments: [
    ("65718", "33", 1, "1991.5"),  // 开封 passes a day
    ("1720000", "65718", 2, "26.17"),  // tonnes a pass
    ("146", "71", 2, "2.06"), ("109431", "1330", 2, "82.28"),  // 邵阳
  ])
  func perUnitFigures(amount: String, units: String, decimals: Int, text: String) throws {
    let fraction = try Fraction(Fen(amount, in: .fen).amount, over: Fen(units, in: .fen).amount)
    #expect(fraction.text(DecimalStyle(decimals: decimals)) == text)
  }

  @Test func sumsThatMustClose() throws {
    let days = try CivilDate.daysBetween(CivilDate("2022-04-07"), CivilDate("2022-05-09")) + 1
    #expect(days == 33)
    // 濮阳县's three batches.
    let batches = try ["48", "76.2", "134.5"].reduce(Fen.zero) { try $0.adding(Fen($1, in: .yiYuan)) }
    #expect(batches.text(in: .yiYuan, DecimalStyle(decimals: 1)) == "258.7")
    // 台前's funds used.
    for (issued, rate, used) in [("1.29", "713/1000", "0.920"), ("34.02", "8792/10000", "29.910")] {
      let parts = rate.split(separator: "/").compactMap { Int64($0) }
      let amount = try Fraction(Fen(issued, in: .yiYuan).amount).multiplied(by: Fraction(parts[0], over: parts[1]))
      #expect(amount.text(DecimalStyle(decimals: 3), dividedBy: MoneyUnit.yiYuan.fenPerUnit) == used)
    }
  }

  @Test(arguments: [
    (148 as Int64, 151 as Int64, "94.32", "99.32", false), (7, 7, "64.57", "100.00", true),
    (245, 245, "98.46", "100.00", false),
    (221, 221, "98.29", "100.00", false), (41, 41, "91.43", "100.00", false), (36, 36, "90.36", "100.00", false),
    (20, 20, "83.89", "100.00", true), (0, 7, "0.00", "35.43", true), (21, 21, "84.54", "100.00", false),
  ])
  func wilsonBounds(successes: Int64, total: Int64, low: String, high: String, isSmall: Bool) throws {
    let interval = try WilsonInterval(successes: successes, total: total)
    #expect(twoDecimals(interval.low) == low)
    #expect(twoDecimals(interval.high) == high)
    #expect(interval.isSmall == isSmall)
  }

  @Test func wilsonRefusesWhatIsNoRate() {
    for (successes, total) in [(Int64(0), Int64(0)), (-1, 5), (6, 5), (0, -1)] {
      #expect(brokenRule { _ = try WilsonInterval(successes: successes, total: total) } == "WILSON_COUNTS")
    }
  }

  private func twoDecimals(_ value: Double) -> String {
    Fen(Int64((value * 100).rounded())).description
  }
}
