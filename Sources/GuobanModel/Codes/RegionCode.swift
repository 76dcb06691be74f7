/// A region's national code: GB/T 2260 (2 + 2 + 2 digits), or 9 digits for a township (GB/T 10114 adds three).
///
/// Whether the code is in force is data (a region record has valid-from and valid-until), not a rule.
public struct RegionCode: LedgerCode {
  public let text: String
  /// What the digits say the region is.
  public let level: Level

  /// The levels that national codes tell apart.
  public enum Level: String, Sendable, CaseIterable {
    case province
    case city
    case county
    case township
  }

  /// - Throws: `REGION_CODE_DIGITS`, `REGION_CODE_PROVINCE` or `REGION_CODE_LEVEL`.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    guard [6, 9].contains(code.scalars.count), code.scalars.allSatisfy(\.isASCIIDigit) else {
      throw Self.violation(
        "REGION_CODE_DIGITS", text, "应为 6 位数字（乡镇 9 位），如 410928", "needs 6 digits (9 for a township), such as 410928")
    }
    self.level = try Self.level(of: code.scalars, in: text)
    self.text = code.text
  }

  /// The level of 6 or 9 digits.
  static func level(of digits: some Collection<Unicode.Scalar>, in text: String) throws(RuleViolation) -> Level {
    let number = digits.reduce(0) { $0 * 10 + Int($1.value) - 0x30 }
    let township = digits.count == 9 ? number % 1000 : nil
    let county = township == nil ? number : number / 1000
    guard isProvince(county / 10_000) else {
      throw violation("REGION_CODE_PROVINCE", text, "前两位不是省级代码", "does not begin with a province's two digits")
    }
    let hasCity = county / 100 % 100 > 0
    let hasCounty = county % 100 > 0
    if hasCounty && !hasCity {
      throw violation(
        "REGION_CODE_LEVEL", text, "县级代码前应有市级代码（第三、四位不能为 00）", "names a county without a city (digits 3 and 4 are 00)")
    }
    guard let township else { return hasCounty ? .county : hasCity ? .city : .province }
    guard hasCity, township > 0 else {
      throw violation(
        "REGION_CODE_LEVEL", text, "乡镇代码应为县级 6 位加 001–999", "must be a county's 6 digits and then 001…999")
    }
    return .township
  }

  /// The first two digits that GB/T 2260 gives out, Taiwan, Hong Kong and Macao included.
  private static func isProvince(_ number: Int) -> Bool {
    switch number {
    case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81, 82: true
    default: false
    }
  }

  private static func violation(_ rule: String, _ text: String, _ reason: String, _ english: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: rule, message: "区划代码 \(shown) \(reason)(GB/T 2260)",
      englishMessage: "region code \(shown) \(english) (GB/T 2260)")
  }
}
