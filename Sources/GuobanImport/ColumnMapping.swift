internal import GuobanModel
internal import GuobanSheet

/// One column that a file may have: its heads, the field that it fills, how a cell becomes a value and back.
struct ColumnMapping<Row: Sendable>: Sendable {
  /// What may stand over the column; the first is what messages recommend.
  var heads: [String]
  /// The field's path in the record: what the daemon calls it in a refusal.
  var field: String
  /// The same in an update mask, where that is another.
  var mask: String?
  var isRequired = false
  var units = UnitRule.none
  /// What a template says of the column.
  var guide: ColumnGuide
  /// Puts a cell that is not empty into the row. The power of ten comes from the head's unit.
  var put: @Sendable (_ row: inout Row, _ cell: String, _ powerOfTen: Int) throws(RuleViolation) -> Void
  /// The cell that `put` makes the row's value of; empty for a default.
  var show: @Sendable (_ row: Row, _ powerOfTen: Int) -> SheetCell

  /// The head to recommend, with a unit where it needs one.
  var recommendedHead: String {
    switch units {
    case .none: heads[0]
    case .money: heads[0] + "(万元)"
    case .share: heads[0] + "(%)"
    case .tonnes: heads[0] + "(吨)"
    }
  }

  /// The row's cell. A required column is never empty, whatever its value.
  func cell(_ row: Row, powerOfTen: Int) -> SheetCell {
    let cell = show(row, powerOfTen)
    return cell == .empty && isRequired && guide.isNumber ? .number("0") : cell
  }
}

/// What a column takes, for the person who fills it in.
struct ColumnGuide: Sendable {
  /// 文字, 日期, 金额…
  var kind: String
  /// What may stand in it, where that is a list.
  var allowed: [String] = []
  var example = ""
  var note = ""
  var isNumber = false
}

/// What the brackets of a head must say.
enum UnitRule: Sendable {
  case none
  /// 分, 元, 万元, 亿元; stored in 分.
  case money
  /// % or ‰; stored in ‰.
  case share
  /// 吨 or 千克; stored in 千克.
  case tonnes

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
    case (.tonnes, "吨"), (.tonnes, "t"): return 3
    case (.tonnes, "千克"), (.tonnes, "公斤"), (.tonnes, "kg"): return 0
    case (.tonnes, _):
      throw RuleViolation(
        rule: "HEAD_UNIT", message: "表头“\(head.shown)”要写明单位，请写作“\(head.name)(吨)”或“(千克)”",
        englishMessage: "head \(head.shown) needs the unit (吨) or (千克)")
    }
  }
}

/// An integer over a power of ten, exactly: 12340 over 10³ is `12.34`.
func decimalText(_ value: Int64, powerOfTen: Int) -> String {
  guard powerOfTen > 0 else { return String(value) }
  var digits = String(value.magnitude)
  if digits.count <= powerOfTen { digits = String(repeating: "0", count: powerOfTen + 1 - digits.count) + digits }
  let whole = digits.dropLast(powerOfTen)
  var rest = digits.suffix(powerOfTen)
  while rest.last == "0" { rest.removeLast() }
  return (value < 0 ? "-" : "") + whole + (rest.isEmpty ? "" : "." + rest)
}
