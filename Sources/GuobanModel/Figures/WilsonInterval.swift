/// The Wilson score interval at 95 % of a rate, in percent: what a small count can support.
///
/// E. B. Wilson, JASA 22 (1927). Floating point is fine here: the bounds are an estimate, never compared or ranked.
///
///     try WilsonInterval(successes: 7, total: 7).low  // 64.57: "100 %" of seven says little
public struct WilsonInterval: Hashable, Sendable {
  public let successes: Int64
  public let total: Int64
  /// Percent.
  public let low: Double
  /// Percent.
  public let high: Double

  /// Totals up to this are flagged and printed with their interval.
  public static let smallTotalMax: Int64 = 20
  /// The 97.5 % quantile of the normal distribution.
  static let z = 1.959963984540054

  /// - Throws: `WILSON_COUNTS` unless 0 ≤ successes ≤ total and total > 0.
  public init(successes: Int64, total: Int64) throws(RuleViolation) {
    guard total > 0, (0...total).contains(successes) else {
      throw RuleViolation(
        rule: "WILSON_COUNTS",
        message: "完成数 \(successes) 应在 0 与总数 \(total) 之间，且总数大于 0",
        englishMessage: "\(successes) of \(total) is not a rate: successes lie in 0…total, and total above 0")
    }
    let count = Double(total)
    let share = Double(successes) / count
    let square = Self.z * Self.z
    let centre = share + square / (2 * count)
    let margin = Self.z * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
    let scale = 100 / (1 + square / count)
    self.successes = successes
    self.total = total
    // At 0 and all successes a bound is exact; rounding of doubles must not move it.
    low = successes == 0 ? 0 : max(0, (centre - margin) * scale)
    high = successes == total ? 100 : min(100, (centre + margin) * scale)
  }

  /// Whether the total is small enough to be flagged.
  public var isSmall: Bool { total <= Self.smallTotalMax }
}
