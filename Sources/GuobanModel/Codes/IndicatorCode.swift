/// An indicator's code: a capital, then capitals, digits and underscores, at most 64: `GDP_GROWTH`.
public struct IndicatorCode: LedgerCode {
  public let text: String

  /// Characters.
  public static let lengthMax = 64

  /// - Throws: `INDICATOR_CODE`
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    let wellFormed = scalars.allSatisfy { $0.isASCIIDigit || $0.isASCIIUppercase || $0 == "_" }
    guard let first = scalars.first, first.isASCIIUppercase, scalars.count <= Self.lengthMax, wellFormed else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "INDICATOR_CODE",
        message: "指标代码 \(shown) 应以字母开头，由大写字母、数字、下划线组成，不超过 \(Self.lengthMax) 位，如 GDP_GROWTH",
        englishMessage: "indicator code \(shown) needs a letter, then letters, digits and _, \(Self.lengthMax) at most")
    }
    self.text = code.text
  }
}
