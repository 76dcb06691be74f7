internal import GuobanModel

/// One column that a file may have: its heads, the field that it fills, and how a cell becomes a value.
struct ColumnMapping<Row: Sendable>: Sendable {
  /// What may stand over the column; the first is what messages recommend.
  var heads: [String]
  /// The field's path in the record: what the daemon calls it in a refusal.
  var field: String
  var isRequired = false
  var units = UnitRule.none
  /// Puts a cell that is not empty into the row. The power of ten comes from the head's unit.
  var write: @Sendable (_ row: inout Row, _ cell: String, _ powerOfTen: Int) throws(RuleViolation) -> Void

  /// The head to recommend, with a unit where it needs one.
  var recommendedHead: String {
    switch units {
    case .none: heads[0]
    case .money: heads[0] + "(亿元)"
    case .share: heads[0] + "(%)"
    }
  }
}

/// What the brackets of a head must say.
enum UnitRule: Sendable {
  case none
  /// 分, 元, 万元, 亿元; stored in 分.
  case money
  /// % or ‰; stored in ‰.
  case share

  /// What one unit is in stored units, as a power of ten.
  func powerOfTen(of head: ColumnHead, isFieldName: Bool) throws(RuleViolation) -> Int {
    // A field's own name (total_investment_fen) says its unit already.
    if isFieldName && head.unit.isEmpty { return 0 }
    switch (self, head.unit) {
    case (.none, ""): return 0
    case (.none, let unit):
      throw RuleViolation(
        rule: "HEAD_UNIT", message: "表头“\(head.shown)”不能带单位“\(unit)”，请写作“\(head.name)”",
        englishMessage: "head \(head.shown) takes no unit; write \(head.name)")
    case (.money, ""):
      throw RuleViolation(
        rule: "HEAD_UNIT", message: "表头“\(head.shown)”没有写金额单位，请写作“\(head.name)(亿元)”、“(万元)”或“(元)”",
        englishMessage: "head \(head.shown) needs a unit of money, such as \(head.name)(万元)")
    case (.money, let unit): return try MoneyUnit(unit).powerOfTen
    case (.share, "%"), (.share, "％"): return 1
    case (.share, "‰"): return 0
    case (.share, _):
      throw RuleViolation(
        rule: "HEAD_UNIT", message: "表头“\(head.shown)”要写明单位，请写作“\(head.name)(%)”或“(‰)”",
        englishMessage: "head \(head.shown) needs the unit (%) or (‰)")
    }
  }
}
