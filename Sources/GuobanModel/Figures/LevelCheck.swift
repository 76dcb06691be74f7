/// An indicator that does not add up over the year, against its target: a growth rate or a stock.
///
/// There is no 50 % test for these. For growth, actual − target is in percentage points.
public struct LevelCheck: Hashable, Sendable {
  /// Whether the target is met.
  public let outcome: Outcome
  /// Actual − target, in the indicator's unit (pp for growth).
  public let difference: DecimalE6?
  /// How far on the good side of the target, as a share: pp ÷ 100 for growth, difference ÷ target for a stock.
  public let lead: Fraction?
  /// By the lead and the thresholds.
  public let light: Light?

  /// What kind of figure the indicator is.
  public enum Nature: String, Sendable, CaseIterable {
    case growth = "GROWTH"
    case stock = "STOCK"
  }

  /// Whether the target is met, or why that cannot be said.
  public enum Outcome: String, Sendable, CaseIterable {
    /// 达标
    case met = "MET"
    /// 未达标
    case notMet = "NOT_MET"
    /// 无目标
    case noTarget = "NO_TARGET"
    /// 缺数据
    case noData = "NO_DATA"
  }

  /// - Throws: `NUMBER_OVERFLOW` for values whose difference leaves 64 bits.
  public init(
    nature: Nature, target: DecimalE6?, actual: DecimalE6?, better: BetterWhen, thresholds: LightThresholds
  ) throws(RuleViolation) {
    guard let target, let actual else {
      outcome = target == nil ? .noTarget : .noData
      (difference, lead, light) = (nil, nil, nil)
      return
    }
    let difference = Int128(actual.millionths) - Int128(target.millionths)
    let favourable = better == .higher ? difference : -difference
    guard let millionths = Int64(exactly: difference) else { throw .overflow }
    self.difference = DecimalE6(millionths: millionths)
    outcome = favourable >= 0 ? .met : .notMet
    switch nature {
    case .growth:
      lead = try Fraction(reducing: favourable, over: 100_000_000)
    case .stock where target.millionths != 0:
      lead = try Fraction(reducing: favourable, over: Int128(target.millionths.magnitude))
    case .stock:
      lead = nil
    }
    // A stock with a target of zero has no share to be behind by: it is met or it is not.
    light = lead.map(thresholds.light) ?? (outcome == .met ? .green : .red)
  }
}
