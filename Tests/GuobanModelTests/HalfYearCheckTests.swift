internal import GuobanModel
internal import Testing

struct HalfYearCheckTests {
  func check(_ target: Int64?, _ done: Int64?, month: Int, schedule: Schedule = .monthly) throws -> HalfYearCheck {
    try HalfYearCheck(target: target, done: done, month: month, schedule: schedule, thresholds: .standard)
  }

  @Test func halfIsAtLeastFiftyPercent() throws {
    #expect(try check(100, 50, month: 6).outcome == .passed)
    #expect(try check(100, 49, month: 6).outcome == .notPassed)
    #expect(try check(101, 50, month: 6).outcome == .notPassed)
    #expect(try check(101, 50, month: 6).gapToHalf == 1)
    // Equal as doubles: only exact comparison sees the missing fen.
    let huge: Int64 = 200_000_000_000_000_000
    #expect(try check(huge, huge / 2 - 1, month: 6).outcome == .notPassed)
    #expect(try check(huge, huge / 2, month: 6).outcome == .passed)
  }

  @Test func absentFiguresAreSaid() throws {
    #expect(try check(nil, 10, month: 6).outcome == .noTarget)
    #expect(try check(0, 10, month: 6).outcome == .noTarget)
    #expect(try check(-5, 10, month: 6).outcome == .noTarget)
    let missing = try check(100, nil, month: 6)
    #expect(missing.outcome == .noData)
    #expect(missing.share == nil && missing.light == nil && missing.gapToHalf == nil && missing.projection == nil)
    #expect(try check(nil, 60, month: 6).projection == Fraction(120))
  }

  @Test func paceGapAndProjection() throws {
    let check = try check(1200, 480, month: 6)
    #expect(check.gapToHalf == 120)
    #expect(check.paceSoFar == Fraction(80))
    #expect(check.paceNeeded == Fraction(120))
    #expect(check.projection == Fraction(960))
    #expect(try check.projectedShare == Fraction(4, over: 5))
    #expect(try check.lead == Fraction(-1, over: 10))
    #expect(check.isOnSchedule == false)
    #expect(try self.check(1200, 480, month: 12).paceNeeded == nil)
    #expect(try self.check(1200, 1300, month: 11).paceNeeded == .zero)
  }

  @Test(arguments: [
    (50 as Int64, Light.green), (49, .yellow), (20, .yellow), (19, .red), (0, .red), (200, .green),
  ])
  func lightsAtTheirBounds(done: Int64, light: Light) throws {
    #expect(try check(100, done, month: 6).light == light)
  }

  @Test func lightsAreConfigurable() throws {
    let strict = try LightThresholds(greenFrom: Fraction(1, over: 20), yellowFrom: .zero)
    let check = try HalfYearCheck(target: 100, done: 52, month: 6, schedule: .monthly, thresholds: strict)
    #expect(check.light == .yellow)
    #expect(brokenRule { _ = try LightThresholds(greenFrom: .zero, yellowFrom: Fraction(1)) } == "LIGHT_THRESHOLDS")
  }

  @Test func aPlanCurveIsTheSchedule() throws {
    let curve: [Int64] = [0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    let check = try check(100, 40, month: 6, schedule: Schedule(curve: curve))
    #expect(check.outcome == .notPassed)
    #expect(check.isOnSchedule == true)
    #expect(check.light == .green)
    let eleven = Array(curve.dropLast())
    let falling = Array(curve.reversed())
    let zeros = [Int64](repeating: 0, count: 12)
    let belowZero = [-1] + curve.dropFirst()
    for bad: [Int64] in [[], eleven, falling, zeros, belowZero] {
      #expect(brokenRule { _ = try Schedule(curve: bad) } == "SCHEDULE_CURVE")
    }
  }

  @Test func amountsBeyondReasonAreRefusedNotTrapped() throws {
    for month in [0, 13, -1, .max, .min] {
      #expect(brokenRule { _ = try check(100, 50, month: month) } == "MONTH_OF_YEAR")
    }
    #expect(brokenRule { _ = try check(.max, .min, month: 7) } == "NUMBER_OVERFLOW")
    #expect(brokenRule { _ = try check(100, .max, month: 1) } == "NUMBER_OVERFLOW")
    // A province's budget for a century, in fen, is fine.
    #expect(try check(1_000_000_000_000_001, 499_999_999_999_999, month: 7).outcome == .notPassed)
  }

  @Test func growthAndStockHaveNoHalf() throws {
    func level(
      _ nature: LevelCheck.Nature, _ target: String?, _ actual: String?, _ better: BetterWhen = .higher
    ) throws -> LevelCheck {
      try LevelCheck(
        nature: nature, target: target.map { (text) throws in try DecimalE6(text) },
        actual: actual.map { (text) throws in try DecimalE6(text) }, better: better, thresholds: .standard)
    }
    let behind = try level(.growth, "7.5", "6.1")
    #expect(behind.difference?.text(DecimalStyle(decimals: 1, showsPlus: true)) == "-1.4")
    #expect(behind.outcome == .notMet && behind.light == .yellow)
    #expect(try behind.lead == Fraction(-14, over: 1000))
    #expect(try level(.growth, "-40", "-70").light == .yellow)
    #expect(try level(.growth, "-40", "-70.000001").light == .red)
    #expect(try level(.growth, "-3", "-3.5", .lower).outcome == .met)
    let stock = try level(.stock, "200", "150")
    #expect(try stock.lead == Fraction(-1, over: 4))
    #expect(stock.light == .yellow && stock.outcome == .notMet)
    #expect(try level(.stock, "0", "1", .lower).light == .red)
    #expect(try level(.stock, "0", "0", .lower).light == .green)
    #expect(try level(.stock, nil, "1").outcome == .noTarget)
    #expect(try level(.stock, "1", nil).outcome == .noData)
  }
}
