/// The span an observed figure is for: `2023-05` (cumulative to the month's end), `2023-Q2`, `2023-H1`, `2023`.
public struct Period: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let year: Int
  public let span: Span

  /// What part of the year.
  public enum Span: Hashable, Sendable {
    /// 1…12
    case month(Int)
    /// 1…4
    case quarter(Int)
    /// 1…2
    case half(Int)
    case year
  }

  /// - Throws: `PERIOD_FORMAT`
  public init(_ text: String) throws(RuleViolation) {
    var violation: RuleViolation {
      let shown = RuleViolation.quoted(text)
      return RuleViolation(
        rule: "PERIOD_FORMAT",
        message: "期别 \(shown) 应写作 2023-05(月)、2023-Q2(季)、2023-H1(半年)或 2023(年)",
        englishMessage: "period \(shown) must be written 2023-05, 2023-Q2, 2023-H1 or 2023")
    }
    let bytes = Array(text.utf8.prefix(8))
    guard let year = isoNumbers(String(decoding: bytes.prefix(4), as: UTF8.self), 4)?.0,
      CivilDate.years.contains(year)
    else { throw violation }
    switch (bytes.count, bytes.dropFirst(4).first, bytes.dropFirst(5).first, bytes.dropFirst(6).first) {
    case (4, _, _, _): span = .year
    case (7, UInt8(ascii: "-"), UInt8(ascii: "Q"), .some(UInt8(ascii: "1")...UInt8(ascii: "4"))):
      span = .quarter(Int(bytes[6] - UInt8(ascii: "0")))
    case (7, UInt8(ascii: "-"), UInt8(ascii: "H"), .some(UInt8(ascii: "1")...UInt8(ascii: "2"))):
      span = .half(Int(bytes[6] - UInt8(ascii: "0")))
    default:
      guard let month = try? CivilMonth(text) else { throw violation }
      span = .month(month.month)
    }
    self.year = year
  }

  /// A month as a period.
  public init(_ month: CivilMonth) {
    year = month.year
    span = .month(month.month)
  }

  /// `2023-05`, `2023-Q2`, `2023-H1` or `2023`.
  public var text: String {
    let year = zeroPadded(year, 4)
    return switch span {
    case .month(let month): "\(year)-\(zeroPadded(month, 2))"
    case .quarter(let quarter): "\(year)-Q\(quarter)"
    case .half(let half): "\(year)-H\(half)"
    case .year: year
    }
  }

  public var description: String { text }

  /// The month of the year that the period ends with, 1…12: its elapsed months for a cumulative figure.
  public var lastMonth: Int {
    switch span {
    case .month(let month): month
    case .quarter(let quarter): quarter * 3
    case .half(let half): half * 6
    case .year: 12
    }
  }

  private var monthCount: Int {
    switch span {
    case .month: 1
    case .quarter: 3
    case .half: 6
    case .year: 12
    }
  }

  /// By the month they end with; the shorter span first.
  public static func < (left: Period, right: Period) -> Bool {
    (left.year, left.lastMonth, left.monthCount) < (right.year, right.lastMonth, right.monthCount)
  }
}
