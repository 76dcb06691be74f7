/// A telephone number in China: a mobile of 11 digits, or a landline with its area code (0393-1234567).
///
/// Personal data: no message of its violations repeats it.
public struct PhoneNumber: Sendable, Hashable {
  /// Digits, and the hyphen after an area code where it was written.
  public let text: String

  /// - Throws: `PHONE`.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    let digits = scalars.filter(\.isASCIIDigit)
    let isMobile = scalars.count == 11 && digits.count == 11 && scalars[0] == "1"
    let isLandline =
      (10...12).contains(digits.count) && scalars.first == "0"
      && (digits.count == scalars.count || scalars.count == digits.count + 1 && scalars[3...4].contains("-"))
    guard isMobile || isLandline else {
      throw RuleViolation(
        rule: "PHONE", message: "电话应是 1 开头的 11 位手机号，或带区号的固定电话（0393-8888888），现在有 \(digits.count) 位数字",
        englishMessage:
          "a phone is a mobile of 11 digits or a landline with its area code; this has \(digits.count) digits")
    }
    self.text = code.text
  }
}
