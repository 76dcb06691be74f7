/// What a record may name as its region: a national code, or a zone's own.
///
/// Digits alone are always a national code; a zone's own code has a letter.
public enum RegionIdentifier: LedgerCode {
  case national(RegionCode)
  case zone(ZoneCode)

  /// - Throws: the national code's rules, or `ZONE_CODE` if there is a letter.
  public init(_ text: String) throws(RuleViolation) {
    if try CodeText(text).scalars.contains(where: \.isASCIIUppercase) {
      self = .zone(try ZoneCode(text))
    } else {
      self = .national(try RegionCode(text))
    }
  }

  public var text: String {
    switch self {
    case .national(let code): code.text
    case .zone(let code): code.text
    }
  }
}
