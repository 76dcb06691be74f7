/// A pass's number: the issuing division's 6 digits, then a sequence of 6 from 000001, `410922000001`.
public struct PassNumber: LedgerCode {
  public let text: String
  /// The issuing division's national code.
  public var division: String { String(text.prefix(Self.divisionCharacters)) }
  /// 1…999999.
  public let sequence: Int

  /// A division's share of the number, from its first digit.
  public static let divisionCharacters = 6
  /// The last number that a division can give out.
  public static let sequenceMax = 999_999

  /// - Throws: `PASS_NUMBER_DIVISION`, or `PASS_NUMBER_SEQUENCE` outside 1…999999.
  public init(division: String, sequence: Int) throws(RuleViolation) {
    let code: RegionCode
    do { code = try RegionCode(division) } catch { throw Self.divisionViolation(division) }
    try self.init(division: code, sequence: sequence)
  }

  /// - Throws: `PASS_NUMBER_DIVISION`, or `PASS_NUMBER_SEQUENCE` outside 1…999999.
  public init(division code: RegionCode, sequence: Int) throws(RuleViolation) {
    guard code.level != .township else { throw Self.divisionViolation(code.text) }
    guard (1...Self.sequenceMax).contains(sequence) else {
      throw Self.sequenceViolation(sequence)
    }
    self.sequence = sequence
    self.text = code.text + zeroPadded(sequence, 6)
  }

  /// - Throws: `PASS_NUMBER_DIGITS`, `PASS_NUMBER_DIVISION` or `PASS_NUMBER_SEQUENCE`.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    guard code.scalars.count == 12, code.scalars.allSatisfy(\.isASCIIDigit) else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "PASS_NUMBER_DIGITS",
        message: "通行证号 \(shown) 应为 12 位数字：发证机关区划代码 6 位加顺序号 6 位",
        englishMessage: "pass number \(shown) needs 12 digits: a division's 6 and a sequence of 6")
    }
    // Checkpoints send these all day: no strings are made on the way.
    do { _ = try RegionCode.level(of: code.scalars.prefix(Self.divisionCharacters), in: text) } catch {
      throw Self.divisionViolation(text)
    }
    sequence = code.scalars.suffix(6).reduce(0) { $0 * 10 + Int($1.value) - 0x30 }
    guard sequence > 0 else { throw Self.sequenceViolation(sequence) }
    self.text = code.text
  }

  /// The division's next number; throws `PASS_NUMBER_SEQUENCE` after 999999.
  public var next: PassNumber {
    get throws(RuleViolation) { try PassNumber(division: division, sequence: sequence + 1) }
  }

  private static func sequenceViolation(_ sequence: Int) -> RuleViolation {
    RuleViolation(
      rule: "PASS_NUMBER_SEQUENCE",
      message: "通行证顺序号 \(sequence) 应在 000001–999999 之间；号码用完时请换用另一发证机关代码",
      englishMessage: "pass sequence \(sequence) is outside 000001…999999")
  }

  private static func divisionViolation(_ division: String) -> RuleViolation {
    let shown = RuleViolation.quoted(division)
    return RuleViolation(
      rule: "PASS_NUMBER_DIVISION",
      message: "发证机关 \(shown) 应为 6 位区划代码（GB/T 2260），如 410922",
      englishMessage: "issuing division \(shown) needs 6 digits of GB/T 2260, such as 410922")
  }
}
