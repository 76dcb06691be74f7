/// An exact ratio of two 64-bit integers, always in lowest terms with the denominator above zero.
///
/// Figures are compared and added as fractions, never as rounded prints; rounding happens once, in `text`.
public struct Fraction: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Carries the sign.
  public let numerator: Int64
  /// Above zero.
  public let denominator: Int64

  public static let zero = Fraction(0)

  /// `whole` ÷ 1.
  public init(_ whole: Int64) {
    numerator = whole
    denominator = 1
  }

  /// - Throws: `FRACTION_DENOMINATOR` for ÷ 0, or `NUMBER_OVERFLOW`.
  public init(_ numerator: Int64, over denominator: Int64) throws(RuleViolation) {
    try self.init(reducing: Int128(numerator), over: Int128(denominator))
  }

  init(reducing numerator: Int128, over denominator: Int128) throws(RuleViolation) {
    guard denominator != 0 else {
      throw RuleViolation(
        rule: "FRACTION_DENOMINATOR",
        message: "分母为 0，无法计算比率，请核对目标或基数",
        englishMessage: "the denominator is 0; check the target or base")
    }
    let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    guard let top = Int64(exactly: numerator.magnitude / divisor),
      let bottom = Int64(exactly: denominator.magnitude / divisor)
    else { throw .overflow }
    self.numerator = (numerator < 0) != (denominator < 0) ? -top : top
    self.denominator = bottom
  }

  /// For constants and values that cannot be reduced; the denominator is above zero.
  init(inLowestTerms numerator: Int64, over denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  private static func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }

  /// Exact: both products fit in 128 bits.
  public static func < (left: Fraction, right: Fraction) -> Bool {
    left.numerator.multipliedFullWidth128(by: right.denominator)
      < right.numerator.multipliedFullWidth128(by: left.denominator)
  }

  public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

extension Fraction {
  /// - Throws: `NUMBER_OVERFLOW` when the sum in lowest terms leaves 64 bits.
  public func adding(_ other: Fraction) throws(RuleViolation) -> Fraction {
    let left = numerator.multipliedFullWidth128(by: other.denominator)
    let right = other.numerator.multipliedFullWidth128(by: denominator)
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw .overflow }
    return try Fraction(reducing: sum, over: denominator.multipliedFullWidth128(by: other.denominator))
  }

  /// - Throws: `NUMBER_OVERFLOW`
  public func subtracting(_ other: Fraction) throws(RuleViolation) -> Fraction {
    let left = numerator.multipliedFullWidth128(by: other.denominator)
    let right = other.numerator.multipliedFullWidth128(by: denominator)
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    guard !overflow else { throw .overflow }
    return try Fraction(reducing: difference, over: denominator.multipliedFullWidth128(by: other.denominator))
  }

  /// - Throws: `NUMBER_OVERFLOW`
  public func multiplied(by other: Fraction) throws(RuleViolation) -> Fraction {
    try Fraction(
      reducing: numerator.multipliedFullWidth128(by: other.numerator),
      over: denominator.multipliedFullWidth128(by: other.denominator))
  }

  /// - Throws: `FRACTION_DENOMINATOR` when `other` is zero.
  public func divided(by other: Fraction) throws(RuleViolation) -> Fraction {
    try Fraction(
      reducing: numerator.multipliedFullWidth128(by: other.denominator),
      over: denominator.multipliedFullWidth128(by: other.numerator))
  }
}

extension Fraction {
  /// The value as a decimal number, rounded by the style: the only place where a fraction loses digits.
  ///
  /// - Parameter divisor: prints value ÷ divisor, as 分 in 亿元; below 1 counts as 1.
  public func text(_ style: DecimalStyle, dividedBy divisor: Int64 = 1) -> String {
    style.text(Int128(numerator), over: denominator.multipliedFullWidth128(by: max(divisor, 1)))
  }

  /// The value × 100, for % and 个百分点; the sign % is not written.
  public func percentText(_ style: DecimalStyle) -> String {
    style.text(Int128(numerator) * 100, over: Int128(denominator))
  }
}

extension Int64 {
  func multipliedFullWidth128(by other: Int64) -> Int128 { Int128(self) * Int128(other) }
}
