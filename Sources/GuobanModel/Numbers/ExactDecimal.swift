/// A decimal number exactly as it was written: `coefficient` ÷ 10^`scale`. Never floating point.
///
/// Money and indicator values are both read through this one parser.
public struct ExactDecimal: Hashable, Sendable {
  /// All digits, without the point.
  public let coefficient: Int128
  /// Digits after the point.
  public let scale: Int

  /// Before and after the point together.
  public static let digitsMax = 30
  static let bytesMax = 256

  /// Reads `-1,234.50`: a sign, digits (in groups of three if commas are used at all), a point and digits.
  ///
  /// Full-width digits and signs are accepted, and white space around. Exponents, percent signs and words are not.
  /// - Throws: `NUMBER_FORMAT`, or `NUMBER_TOO_LONG` past 30 digits.
  public init(_ text: String) throws(RuleViolation) {
    guard text.utf8.count <= Self.bytesMax else { throw Self.tooLong(text) }
    var scalars = text.unicodeScalars.map { $0 == "\u{2212}" ? "-" : $0.halfWidth }[...]
    scalars = scalars.drop { $0.properties.isWhitespace }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    let isNegative = scalars.first == "-"
    if isNegative || scalars.first == "+" { scalars.removeFirst() }

    let parts = scalars.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let wholePart = parts.first, let whole = Self.ungrouped(wholePart) else { throw Self.badFormat(text) }
    let fraction = parts.count > 1 ? parts[1] : []
    guard parts.count == 1 || !fraction.isEmpty, fraction.allSatisfy(\.isASCIIDigit) else { throw Self.badFormat(text) }
    let digits = whole + fraction
    guard digits.count <= Self.digitsMax else { throw Self.tooLong(text) }
    let magnitude = digits.reduce(Int128(0)) { $0 * 10 + Int128($1.value - 0x30) }
    coefficient = isNegative ? -magnitude : magnitude
    scale = fraction.count
  }

  /// The value × 10^`power` as an integer.
  /// - Throws: `NUMBER_DECIMALS` if digits would be lost, `NUMBER_OVERFLOW` past Int64.
  public func scaled(byPowerOfTen power: Int, text: String) throws(RuleViolation) -> Int64 {
    var value = coefficient
    for _ in 0..<max(0, scale - power) {
      let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
      guard remainder == 0 else {
        let shown = RuleViolation.quoted(text)
        throw RuleViolation(
          rule: "NUMBER_DECIMALS",
          message: "数值 \(shown) 小数位太多：此单位最多 \(power) 位小数，请改用更小的单位或核对数值",
          englishMessage: "number \(shown) has more than the \(power) decimals that its unit allows")
      }
      value = quotient
    }
    // Thirty digits and at most ten more places: past Int64 early, so the product cannot leave 128 bits.
    for _ in 0..<max(0, power - scale) where Int64(exactly: value) != nil { value *= 10 }
    guard let result = Int64(exactly: value) else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "NUMBER_OVERFLOW",
        message: "数值 \(shown) 超出可记录的范围，请核对数值和单位",
        englishMessage: "number \(shown) is larger than can be recorded; check the number and its unit")
    }
    return result
  }

  /// The digits of `1,234` without its commas; nil if the groups are not of three or there is no digit.
  private static func ungrouped(_ part: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]? {
    let groups = part.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = groups.first, !first.isEmpty, groups.count == 1 || first.count <= 3,
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    let digits = Array(groups.joined())
    return digits.allSatisfy(\.isASCIIDigit) ? digits : nil
  }

  private static func badFormat(_ text: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: "NUMBER_FORMAT",
      message: "数值 \(shown) 应只写数字，如 128.4 或 1,234.5，不带单位、百分号或科学计数",
      englishMessage: "number \(shown) must be plain digits, such as 128.4 or 1,234.5")
  }

  private static func tooLong(_ text: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: "NUMBER_TOO_LONG",
      message: "数值 \(shown) 超过 \(digitsMax) 位数字，请核对",
      englishMessage: "number \(shown) has more than \(digitsMax) digits")
  }
}
