/// A region's national code: GB/T 2260 (2 + 2 + 2 digits), or 9 digits for a township (GB/T 10114 adds three).
///
/// Whether the code is in force is data (a region record has valid-from and valid-until), not a rule.
public struct RegionCode: LedgerCode {
  public let text: String
  public let level: Level

  public enum Level: String, Sendable, CaseIterable {
    case province
    case city
    case county
    case township
  }

  /// The first two digits GB/T 2260 gives out, Taiwan, Hong Kong and Macao included.
  static let provinces: Set<String> = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
  ]

  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    guard [6, 9].contains(code.scalars.count), code.scalars.allSatisfy(\.isASCIIDigit) else {
      throw Self.violation(
        "REGION_CODE_DIGITS", text, "应为 6 位数字(乡镇 9 位),如 410928", "needs 6 digits (9 for a township), such as 410928")
    }
    let canonical = code.text
    guard Self.provinces.contains(String(canonical.prefix(2))) else {
      throw Self.violation("REGION_CODE_PROVINCE", text, "前两位不是省级代码", "does not begin with a province's two digits")
    }
    let city = canonical.dropFirst(2).prefix(2) != "00"
    let county = canonical.dropFirst(4).prefix(2) != "00"
    if county && !city {
      throw Self.violation(
        "REGION_CODE_LEVEL", text, "县级代码前应有市级代码(第三、四位不能为 00)", "names a county without a city (digits 3 and 4 are 00)")
    }
    self.level = canonical.count == 9 ? .township : county ? .county : city ? .city : .province
    if level == .township && (!city || canonical.hasSuffix("000")) {
      throw Self.violation(
        "REGION_CODE_LEVEL", text, "乡镇代码应为县级 6 位加 001–999", "must be a county's 6 digits and then 001…999")
    }
    self.text = canonical
  }

  /// The province's 6-digit code, `410000`.
  public var province: String { text.prefix(2) + "0000" }

  /// The city's 6-digit code, `410900`; nil for a province and for a county that the province governs itself.
  public var city: String? {
    level == .province || isGovernedByProvince ? nil : text.prefix(4) + "00"
  }

  /// The code one level up by the digits alone; nil for a province.
  ///
  /// 4190xx counties (省直辖县级) answer to the province. A region record's `parent` may differ and wins.
  public var parentCode: String? {
    switch level {
    case .province: nil
    case .city: province
    case .county: city ?? province
    case .township: String(text.prefix(6))
    }
  }

  /// GB/T 2260 gives 90 in the city's place to counties directly under a province.
  private var isGovernedByProvince: Bool { text.dropFirst(2).prefix(2) == "90" }

  private static func violation(_ rule: String, _ text: String, _ reason: String, _ english: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: rule, message: "区划代码 \(shown) \(reason)(GB/T 2260)",
      englishMessage: "region code \(shown) \(english) (GB/T 2260)")
  }
}
