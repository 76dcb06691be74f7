/// 序时进度: which share of the year's work is due by a month's end.
///
/// Months elapsed ÷ 12, unless a project or programme has a plan curve of its own: the curve is data.
public struct Schedule: Hashable, Sendable {
  /// Twelve cumulative amounts, January…December; nil for months ÷ 12.
  public let curve: [Int64]?

  /// Months elapsed ÷ 12.
  public static let monthly = Schedule(checkedCurve: nil)

  private init(checkedCurve: [Int64]?) { curve = checkedCurve }

  /// - Parameter curve: what is planned by the end of each month, cumulative; the last is the year's plan.
  /// - Throws: `SCHEDULE_CURVE` unless there are 12 amounts that start at 0 or more, never fall, and end above 0.
  public init(curve: [Int64]) throws(RuleViolation) {
    let rises = zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 }
    guard curve.count == 12, rises, let first = curve.first, first >= 0, let last = curve.last, last > 0 else {
      throw RuleViolation(
        rule: "SCHEDULE_CURVE",
        message: "逐月计划应为 1–12 月共 12 个累计数，逐月不减，12 月数为全年计划且大于 0；现有 \(curve.count) 个",
        englishMessage:
          "a plan curve needs 12 cumulative amounts that never fall and end above 0; this one has \(curve.count)")
    }
    self.init(checkedCurve: curve)
  }

  /// The share due by the end of a month.
  /// - Throws: `MONTH_OF_YEAR` outside 1…12.
  public func share(month: Int) throws(RuleViolation) -> Fraction {
    guard (1...12).contains(month) else {
      throw RuleViolation(
        rule: "MONTH_OF_YEAR", message: "月份 \(month) 应在 1–12 之间", englishMessage: "month \(month) is outside 1…12")
    }
    guard let curve else { return try Fraction(Int64(month), over: 12) }
    return try Fraction(curve[month - 1], over: curve[11])
  }
}
