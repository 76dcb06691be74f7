/// Unified social credit code of a legal person (统一社会信用代码), GB 32100-2015: 18 characters, the last a check.
///
///     try USCC("91410421ma9gaaaa51").text  // "91410421MA9GAAAA51"
public struct USCC: LedgerCode {
  public let text: String

  static let length = 18
  /// Digits and capitals without I, O, S, V, Z; a character's value is its position (table 2 of the standard).
  static let alphabet: [Unicode.Scalar] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".unicodeScalars)
  /// 3^(i−1) mod 31 for the first 17 places.
  static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

  /// - Throws: `USCC_LENGTH`, `USCC_CHARACTER` or `USCC_CHECK_CHARACTER`; the message of the last names the expected one.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    var shown: String { RuleViolation.quoted(text) }
    guard scalars.count == Self.length else {
      throw RuleViolation(
        rule: "USCC_LENGTH",
        message: "统一社会信用代码 \(shown) 有 \(scalars.count) 位，应为 18 位（GB 32100-2015），请对照营业执照核对",
        englishMessage: "USCC \(shown) has \(scalars.count) characters instead of 18 (GB 32100-2015)")
    }
    for (place, scalar) in scalars.enumerated() where !Self.alphabet.contains(scalar) {
      let bad = RuleViolation.quoted(String(scalar))
      throw RuleViolation(
        rule: "USCC_CHARACTER",
        message: "统一社会信用代码 \(shown) 第 \(place + 1) 位是 \(bad)：只能用数字和大写字母，不含 I、O、S、V、Z（常见误写：O 应为 0，I 应为 1）",
        englishMessage: "USCC \(shown) has \(bad) at place \(place + 1); digits and capitals without I, O, S, V, Z only"
      )
    }
    let expected = Self.checkCharacter(of: scalars.prefix(17))
    guard scalars[17] == expected else {
      throw RuleViolation(
        rule: "USCC_CHECK_CHARACTER",
        message: "统一社会信用代码 \(shown) 的校验位是 \(scalars[17])，按前 17 位应为 \(expected)：代码中有一位写错，请对照营业执照核对",
        englishMessage: "USCC \(shown) ends in \(scalars[17]) but its first 17 characters call for \(expected)")
    }
    self.text = code.text
  }

  /// 31 − (Σ value × weight mod 31), where 31 becomes 0.
  private static func checkCharacter(of body: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar {
    alphabet[(31 - checkSum(of: body) % 31) % 31]
  }

  static func checkSum(of body: some Sequence<Unicode.Scalar>) -> Int {
    zip(body, weights).reduce(0) { sum, pair in sum + (alphabet.firstIndex(of: pair.0) ?? 0) * pair.1 }
  }
}
