/// A resident identity number (公民身份号码), GB 11643-1999: 17 digits and a check, which is a digit or X.
///
/// Personal data: no message of its violations repeats it.
public struct IdentityNumber: Sendable, Hashable {
  /// Canonical: 18 characters, X in upper case.
  public let text: String

  /// Weights of the first 17 digits: 2^(18−i) mod 11.
  static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  /// By the sum mod 11.
  static let checks = Array("10X98765432".unicodeScalars)

  /// - Throws: `IDENTITY_LENGTH`, `IDENTITY_BIRTH_DATE` or `IDENTITY_CHECK`.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let scalars = code.scalars
    guard scalars.count == 18, scalars.prefix(17).allSatisfy(\.isASCIIDigit) else {
      throw RuleViolation(
        rule: "IDENTITY_LENGTH", message: "身份证号应为 18 位：17 位数字加校验位（GB 11643），现在有 \(scalars.count) 位",
        englishMessage: "an identity number has 17 digits and a check (GB 11643); this has \(scalars.count) characters")
    }
    let digits = scalars.prefix(17).map { Int($0.value) - 0x30 }
    let number = { (range: Range<Int>) in digits[range].reduce(0) { $0 * 10 + $1 } }
    guard (try? CivilDate(year: number(6..<10), month: number(10..<12), day: number(12..<14))) != nil else {
      throw RuleViolation(
        rule: "IDENTITY_BIRTH_DATE", message: "身份证号第 7–14 位不是出生日期，请核对",
        englishMessage: "characters 7 to 14 of the identity number are no date")
    }
    let sum = zip(digits, Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
    guard scalars[17] == Self.checks[sum % 11] else {
      throw RuleViolation(
        rule: "IDENTITY_CHECK", message: "身份证号的校验位不对：有一位写错，请核对",
        englishMessage: "the identity number's check does not fit: a digit is wrong")
    }
    self.text = code.text
  }
}
