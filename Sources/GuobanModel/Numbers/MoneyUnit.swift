/// The unit that an amount is written in. Amounts are stored in 分.
public enum MoneyUnit: String, Sendable, CaseIterable {
  case fen = "分"
  case yuan = "元"
  case wanYuan = "万元"
  case yiYuan = "亿元"

  /// Reads 分, 元, 万元 or 万, 亿元 or 亿.
  /// - Throws: `MONEY_UNIT`
  public init(_ text: String) throws(RuleViolation) {
    switch text {
    case "分": self = .fen
    case "元": self = .yuan
    case "万元", "万": self = .wanYuan
    case "亿元", "亿": self = .yiYuan
    default:
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "MONEY_UNIT",
        message: "金额单位 \(shown) 不认识，请用 元、万元 或 亿元",
        englishMessage: "money unit \(shown) is unknown; use 元, 万元 or 亿元")
    }
  }

  /// 分 in one unit are 10 to this power.
  public var powerOfTen: Int {
    switch self {
    case .fen: 0
    case .yuan: 2
    case .wanYuan: 6
    case .yiYuan: 10
    }
  }

  /// 分 in one unit.
  public var fenPerUnit: Int64 {
    switch self {
    case .fen: 1
    case .yuan: 100
    case .wanYuan: 1_000_000
    case .yiYuan: 10_000_000_000
    }
  }
}
