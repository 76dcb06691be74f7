/// An indicator's value in millionths of its unit, exact: 6.1 % is 6 100 000.
public struct DecimalE6: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Value × 1 000 000.
  public let millionths: Int64

  static let powerOfTen = 6

  public init(millionths: Int64) { self.millionths = millionths }

  /// - Throws: `NUMBER_FORMAT`, `NUMBER_TOO_LONG`, `NUMBER_DECIMALS` (more than six) or `NUMBER_OVERFLOW`.
  public init(_ text: String) throws(RuleViolation) {
    millionths = try ExactDecimal(text).scaled(byPowerOfTen: Self.powerOfTen, text: text)
  }

  /// The value, rounded by the style.
  public func text(_ style: DecimalStyle) -> String { style.text(Int128(millionths), over: 1_000_000) }

  /// Exact, with all six decimals.
  public var description: String { text(DecimalStyle(decimals: 6)) }

  public static func < (left: DecimalE6, right: DecimalE6) -> Bool { left.millionths < right.millionths }
}
