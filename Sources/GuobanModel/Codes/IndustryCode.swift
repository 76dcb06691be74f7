/// An industry (国民经济行业), GB/T 4754-2017: a section A–T, alone or with 2, 3 or 4 digits: `C2614`.
public struct IndustryCode: LedgerCode {
  public let text: String
  /// 门类, A…T.
  public let section: Character

  /// The two-digit divisions (大类) of each section, A…T in order.
  static let divisions: [ClosedRange<Int>] = [
    1...5, 6...12, 13...43, 44...46, 47...50, 51...52, 53...60, 61...62, 63...65, 66...69,
    70...70, 71...72, 73...75, 76...79, 80...82, 83...83, 84...85, 86...90, 91...96, 97...97,
  ]

  /// - Throws: `INDUSTRY_CODE`, or `INDUSTRY_DIVISION` for a division of another section.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    var shown: String { RuleViolation.quoted(text) }
    let digits = scalars.dropFirst()
    guard let section = scalars.first, ("A"..."T").contains(section), [0, 2, 3, 4].contains(digits.count),
      digits.allSatisfy(\.isASCIIDigit)
    else {
      throw RuleViolation(
        rule: "INDUSTRY_CODE",
        message: "行业代码 \(shown) 应为门类字母 A–T，可加 2、3 或 4 位数字（GB/T 4754-2017），如 C2614",
        englishMessage: "industry \(shown) needs a section A…T and 0, 2, 3 or 4 digits (GB/T 4754-2017), such as C2614")
    }
    let range = Self.divisions[Int(section.value - ("A" as Unicode.Scalar).value)]
    if let division = Int(String(String.UnicodeScalarView(digits.prefix(2)))), !range.contains(division) {
      throw RuleViolation(
        rule: "INDUSTRY_DIVISION",
        message:
          "行业代码 \(shown) 的大类不属于门类 \(section):\(section) 门类为 \(range.lowerBound)–\(range.upperBound)(GB/T 4754-2017)",
        englishMessage: "industry \(shown): section \(section) has divisions \(range.lowerBound)…\(range.upperBound)")
    }
    self.section = Character(section)
    self.text = code.text
  }
}
