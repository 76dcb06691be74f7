/// A motor vehicle's number plate (机动车号牌), GA 36: a province, a letter of the issuing office, and a serial.
///
/// A pass is for a tractor or a lorry, so a trailer's plate (挂) and embassy plates (使, 领) are refused by name.
///
///     try Plate("豫j·12345").text  // "豫J12345"
public struct Plate: LedgerCode {
  public let text: String
  /// Which form of GA 36 the plate has.
  public let kind: Kind

  /// The forms of GA 36 that may carry freight or escort it.
  public enum Kind: String, Sendable, CaseIterable {
    /// 7 characters.
    case ordinary
    /// 8 characters: D or F and the later letters first, then five.
    case newEnergySmall
    /// 8 characters: five digits, then the letter.
    case newEnergyLarge
    /// 粤Z····港 and 粤Z····澳: Hong Kong and Macao vehicles that may drive on the mainland.
    case crossBorder
    /// ····学: driving schools.
    case coach
    /// ····警: police, as in an escort.
    case police
  }

  static let provinces: [Unicode.Scalar] = Array("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".unicodeScalars)
  static let newEnergyLetters: [Unicode.Scalar] = Array("DABCEFGHJK".unicodeScalars)

  /// - Throws: `PLATE_PROVINCE`, `PLATE_LENGTH`, `PLATE_OFFICE`, `PLATE_SERIAL`, `PLATE_NEW_ENERGY`, `PLATE_TRAILER` or
  ///   `PLATE_DIPLOMATIC`.
  public init(_ text: String) throws(RuleViolation) {
    let code = try CodeText(text)
    let isPlain = !code.scalars.contains(where: Self.isSeparator)
    let scalars = isPlain ? code.scalars : code.scalars.filter { !Self.isSeparator($0) }
    guard let province = scalars.first, Self.provinces.contains(province) else {
      throw Self.violation("PLATE_PROVINCE", text, "首字应为省、自治区、直辖市简称（如 豫、湘）", "must begin with a province")
    }
    guard scalars.count == 7 || scalars.count == 8 else {
      throw Self.violation(
        "PLATE_LENGTH", text, "有 \(scalars.count) 个字符，普通号牌应为 7 个，新能源号牌应为 8 个",
        "has \(scalars.count) characters; ordinary plates have 7, new-energy plates 8")
    }
    guard Self.isLetter(scalars[1]) else {
      throw Self.violation(
        "PLATE_OFFICE", text, "第二位应为发牌机关字母 A–Z（不含 I、O）", "needs an office letter, not I or O, second")
    }
    self.kind = try Self.kind(ofSerial: scalars[2...], province: province, office: scalars[1], in: text)
    self.text = isPlain ? code.text : String(String.UnicodeScalarView(scalars))
  }

  private static func kind(
    ofSerial serial: ArraySlice<Unicode.Scalar>, province: Unicode.Scalar, office: Unicode.Scalar, in text: String
  ) throws(RuleViolation) -> Kind {
    guard let last = serial.last else { return .ordinary }
    let body = serial.dropLast()
    if serial.count == 6 {
      if newEnergyLetters.contains(serial[2]), isSerial(serial[3]), serial.suffix(4).allSatisfy(\.isASCIIDigit) {
        return .newEnergySmall
      }
      if body.allSatisfy(\.isASCIIDigit), newEnergyLetters.contains(last) { return .newEnergyLarge }
      throw violation(
        "PLATE_NEW_ENERGY", text, "8 位新能源号牌：小型车第三位为字母（D、A、B、C、E、F、G、H、J、K）且末四位为数字，大型车末位为该类字母、其前为五位数字",
        "is not a new-energy plate: small [DABCEFGHJK][A-HJ-NP-Z0-9]dddd, large ddddd[DABCEFGHJK]")
    }
    if serial.allSatisfy(isSerial) { return .ordinary }
    switch last {
    case "挂":
      throw violation("PLATE_TRAILER", text, "是挂车号牌：通行证一车一证，请填牵引车号牌", "is a trailer's; give the tractor's plate")
    case "使", "领":
      throw violation("PLATE_DIPLOMATIC", text, "是使领馆号牌，不能办理货运通行证", "is an embassy plate; it takes no freight pass")
    case "港" where province == "粤" && office == "Z" && body.allSatisfy(isSerial),
      "澳" where province == "粤" && office == "Z" && body.allSatisfy(isSerial):
      return .crossBorder
    case "学" where body.allSatisfy(isSerial): return .coach
    case "警" where body.allSatisfy(isSerial): return .police
    default:
      throw violation(
        "PLATE_SERIAL", text, "序号只能用数字和字母（不含 I、O）", "has a serial with other than digits and letters (no I, O)")
    }
  }

  private static func violation(_ rule: String, _ text: String, _ reason: String, _ english: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: rule, message: "号牌 \(shown) \(reason)（GA 36）", englishMessage: "plate \(shown) \(english) (GA 36)")
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCIIUppercase && scalar != "I" && scalar != "O"
  }

  private static func isSerial(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCIIDigit || isLetter(scalar) }

  /// Spaces, hyphens and the dots people print after the office letter.
  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "-", ".", "\u{B7}", "\u{2022}", "\u{2027}", "\u{22C5}", "\u{30FB}", "\u{FF65}": true
    default: false
    }
  }
}
