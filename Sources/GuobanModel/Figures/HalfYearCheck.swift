/// 双过半 (时间过半、任务过半) for one unit and one cumulative indicator: is half of the year's target done?
///
/// The outcome is about half of the year's target at any month: 鹤壁 was past half in May. Whether the unit keeps
/// its schedule is another question, answered by `isOnSchedule`, `lead` and `light`. Everything is exact.
public struct HalfYearCheck: Hashable, Sendable {
  /// About half of the target, at any month.
  public let outcome: Outcome
  /// Done ÷ target.
  public let share: Fraction?
  /// 序时进度 at this month.
  public let scheduleShare: Fraction
  /// Share − schedule share; × 100 in percentage points.
  public let lead: Fraction?
  /// Whether the share has reached the schedule share.
  public let isOnSchedule: Bool?
  /// By the lead and the thresholds.
  public let light: Light?
  /// The least further amount that makes half of the target; 0 when past half.
  public let gapToHalf: Int64?
  /// Done per month so far.
  public let paceSoFar: Fraction?
  /// What each remaining month must bring to reach the target; 0 when reached, nil after December.
  public let paceNeeded: Fraction?
  /// Year-end amount if the pace so far holds: done × 12 ÷ month.
  public let projection: Fraction?
  /// Projection ÷ target.
  public let projectedShare: Fraction?

  /// Whether half of the target is done, or why that cannot be said.
  public enum Outcome: String, Sendable, CaseIterable {
    /// 过半
    case passed = "PASSED"
    /// 未过半
    case notPassed = "NOT_PASSED"
    /// 无目标: the target is absent, or not above 0.
    case noTarget = "NO_TARGET"
    /// 缺数据
    case noData = "NO_DATA"
  }

  /// - Parameters:
  ///   - target: the year's; in the same unit as `done`, whatever it is.
  ///   - done: cumulative from January to the month's end.
  ///   - month: months elapsed, 1…12; 6 for the 双过半 check proper.
  /// - Throws: `MONTH_OF_YEAR`, or `NUMBER_OVERFLOW` for amounts whose ratio leaves 64 bits.
  public init(
    target: Int64?, done: Int64?, month: Int, schedule: Schedule, thresholds: LightThresholds
  ) throws(RuleViolation) {
    let target = target.flatMap { $0 > 0 ? $0 : nil }
    scheduleShare = try schedule.share(month: month)
    paceSoFar = try done.map { (done) throws(RuleViolation) in try Fraction(done, over: Int64(month)) }
    projection = try paceSoFar.map { (pace) throws(RuleViolation) in try pace.multiplied(by: Fraction(12)) }

    guard let target, let done else {
      outcome = target == nil ? .noTarget : .noData
      (share, lead, isOnSchedule, light) = (nil, nil, nil, nil)
      (gapToHalf, paceNeeded, projectedShare) = (nil, nil, nil)
      return
    }
    let share = try Fraction(done, over: target)
    let lead = try share.subtracting(scheduleShare)
    self.share = share
    self.lead = lead
    isOnSchedule = share >= scheduleShare
    light = thresholds.light(lead: lead)

    let half = target / 2 + target % 2
    let (gap, gapOverflow) = half.subtractingReportingOverflow(done)
    let (rest, restOverflow) = target.subtractingReportingOverflow(done)
    guard !gapOverflow, !restOverflow else { throw .overflow }
    gapToHalf = max(gap, 0)
    outcome = gap <= 0 ? .passed : .notPassed
    paceNeeded = month == 12 ? nil : try Fraction(max(rest, 0), over: Int64(12 - month))
    projectedShare = try projection.map { (amount) throws(RuleViolation) in
      try amount.divided(by: Fraction(target))
    }
  }
}
