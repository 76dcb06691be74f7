/// An amount of money in 分 (1/100 元), exact, up to ±92 233 720 368 547 758.07 元.
///
///     try Fen("128.4", in: .yiYuan).amount       // 1_284_000_000_000
///     Fen(1_284_000_000_000).text(in: .yiYuan, DecimalStyle(decimals: 2))  // "128.40"
public struct Fen: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 分.
  public let amount: Int64

  public static let zero = Fen(0)

  public init(_ amount: Int64) { self.amount = amount }

  /// - Throws: `NUMBER_FORMAT`, `NUMBER_TOO_LONG`, `NUMBER_DECIMALS` (part of a 分) or `NUMBER_OVERFLOW`.
  public init(_ text: String, in unit: MoneyUnit) throws(RuleViolation) {
    amount = try ExactDecimal(text).scaled(byPowerOfTen: unit.powerOfTen, text: text)
  }

  /// - Throws: `NUMBER_OVERFLOW`
  public func adding(_ other: Fen) throws(RuleViolation) -> Fen {
    let (sum, overflow) = amount.addingReportingOverflow(other.amount)
    guard !overflow else { throw .overflow }
    return Fen(sum)
  }

  /// - Throws: `NUMBER_OVERFLOW`
  public func subtracting(_ other: Fen) throws(RuleViolation) -> Fen {
    let (difference, overflow) = amount.subtractingReportingOverflow(other.amount)
    guard !overflow else { throw .overflow }
    return Fen(difference)
  }

  /// The amount in a unit, rounded by the style.
  public func text(in unit: MoneyUnit, _ style: DecimalStyle) -> String {
    style.text(Int128(amount), over: Int128(unit.fenPerUnit))
  }

  /// In 元 with both decimals, exact.
  public var description: String { text(in: .yuan, DecimalStyle(decimals: 2)) }

  public static func < (left: Fen, right: Fen) -> Bool { left.amount < right.amount }
}

extension RuleViolation {
  /// A sum or ratio that leaves 64 bits: far outside anything a region's ledger holds.
  static var overflow: RuleViolation {
    RuleViolation(
      rule: "NUMBER_OVERFLOW",
      message: "计算结果超出可记录的范围，请核对数值和单位",
      englishMessage: "the result is larger than can be recorded; check the numbers and their units")
  }
}
