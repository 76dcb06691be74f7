/// A project's code: national (GB/T 40058-2021), or a local one where a place gives its own.
///
/// National: `2302-410928-04-01-123456`: time 4, region 6, department 2, type 2, random 5 and a check digit. The standard's
/// check digit is not verified, only the structure: the platform that gives out codes is the authority.
/// Local: letters, digits, Chinese characters and hyphens, at most 64.
public struct ProjectCode: LedgerCode {
  public let text: String

  /// Characters.
  public static let lengthMax = 64
  static let nationalGroups = [4, 6, 2, 2, 6]

  /// - Throws: `PROJECT_CODE_CHARACTERS`, or `PROJECT_CODE_STRUCTURE` for a national code with groups of other lengths.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    var shown: String { RuleViolation.quoted(text) }
    let wellFormed = scalars.allSatisfy { $0.isASCIIDigit || $0.isASCIIUppercase || $0.isHan || $0 == "-" }
    guard (1...Self.lengthMax).contains(scalars.count), wellFormed else {
      throw RuleViolation(
        rule: "PROJECT_CODE_CHARACTERS",
        message: "项目代码 \(shown) 只能用字母、数字、汉字和连字符，不超过 \(Self.lengthMax) 个字符",
        englishMessage:
          "project code \(shown) needs letters, digits, Chinese characters and hyphens, \(Self.lengthMax) at most")
    }
    let groups = scalars.split(separator: "-", omittingEmptySubsequences: false)
    let looksNational = groups.count == 5 && groups.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    if looksNational && groups.map(\.count) != Self.nationalGroups {
      throw RuleViolation(
        rule: "PROJECT_CODE_STRUCTURE",
        message: "项目代码 \(shown) 各段位数应为 4-6-2-2-6（GB/T 40058-2021），如 2302-410928-04-01-123456",
        englishMessage: "project code \(shown) needs groups of 4-6-2-2-6 digits (GB/T 40058-2021)")
    }
    self.text = code.text
  }
}
