/// A development zone's own code, for zones (功能区) that GB/T 2260 does not number: `PY-JKQ`.
///
/// Letters, digits and hyphens, at most 32, with at least one letter: so it is never taken for a national code.
public struct ZoneCode: LedgerCode {
  public let text: String

  /// Characters.
  public static let lengthMax = 32

  /// - Throws: `ZONE_CODE`
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    let wellFormed = scalars.allSatisfy { $0.isASCIIDigit || $0.isASCIIUppercase || $0 == "-" }
    guard (1...Self.lengthMax).contains(scalars.count), wellFormed, scalars.contains(where: \.isASCIIUppercase) else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "ZONE_CODE",
        message: "功能区代码 \(shown) 应由字母、数字、连字符组成，至少一个字母，不超过 \(Self.lengthMax) 位，如 PY-JKQ",
        englishMessage:
          "zone code \(shown) needs letters, digits and hyphens, one letter at least, \(Self.lengthMax) at most")
    }
    self.text = code.text
  }
}
