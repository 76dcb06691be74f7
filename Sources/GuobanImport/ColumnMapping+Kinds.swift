internal import GuobanMessages
internal import GuobanModel
internal import GuobanSheet

/// The kinds of column there are.
extension ColumnMapping {
  typealias Path<Value> = any WritableKeyPath<Row, Value> & Sendable

  static func text(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "文字")) { row, cell, _ in
      row[keyPath: path] = cell
    } show: { row, _ in
      .some(row[keyPath: path])
    }
  }

  static func code<Code: LedgerCode>(
    _ field: String, _ path: Path<String>, _: Code.Type, _ heads: String...
  ) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "代码", example: Code.example)) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try Code(cell).text
    } show: { row, _ in
      .some(row[keyPath: path])
    }
  }

  /// 2023-06-30, 2023/6/30 or 2023年6月30日; a time of day after it is left out.
  static func date(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "日期", example: "2023-06-30")) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try CivilDate(typed: cell.withoutTime).description
    } show: { row, _ in
      row[keyPath: path].isEmpty ? .empty : .date(row[keyPath: path])
    }
  }

  /// A date and a time of day, in Asia/Shanghai.
  static func moment(_ field: String, _ path: Path<Google.Timestamp?>, _ heads: String...) -> Self {
    Self(
      heads: heads, field: field,
      guide: ColumnGuide(kind: "日期和时间", example: "2023-06-30 14:30", note: "24 小时制，写到分或秒")
    ) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try Google.Timestamp(typed: cell)
    } show: { row, _ in
      .some(row[keyPath: path]?.typed ?? "")
    }
  }

  /// 2023-06, 2023/6 or 2023年6月.
  static func month(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "月份", example: "2023-06")) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try CivilMonth(typed: cell).text
    } show: { row, _ in
      .some(row[keyPath: path])
    }
  }

  static func period(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(
      heads: heads, field: field,
      guide: ColumnGuide(kind: "时期", example: "2023-06", note: "月、季、半年或全年：2023-06、2023-Q2、2023-H1、2023，或 2023年上半年")
    ) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try Period(typed: cell).text
    } show: { row, _ in
      .some(row[keyPath: path])
    }
  }

  static func integer(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "整数", example: "120", isNumber: true)) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell, powerOfTen: 0)
    } show: { row, _ in
      .some(Int64(row[keyPath: path]), powerOfTen: 0)
    }
  }

  static func year(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "年份", example: "2023", isNumber: true)) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell.hasSuffix("年") ? String(cell.dropLast()) : cell, powerOfTen: 0)
    } show: { row, _ in
      .some(Int64(row[keyPath: path]), powerOfTen: 0)
    }
  }

  /// Per mille from a column in % or ‰.
  static func permille(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(
      heads: heads, field: field, units: .share,
      guide: ColumnGuide(kind: "比例", example: "37.5", note: "最多一位小数（以 % 计）", isNumber: true)
    ) { (row, cell, powerOfTen) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell, powerOfTen: powerOfTen)
    } show: { row, powerOfTen in
      .some(Int64(row[keyPath: path]), powerOfTen: powerOfTen)
    }
  }

  /// An amount of money, exact in 分.
  static func money(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    scaled(
      field, path, heads, .money,
      ColumnGuide(kind: "金额", example: "1234.56", note: "单位写在表头：(元)、(万元) 或 (亿元)；精确到分", isNumber: true))
  }

  /// A weight in 千克.
  static func weight(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    scaled(
      field, path, heads, .tonnes, ColumnGuide(kind: "重量", example: "32.5", note: "单位写在表头：(吨) 或 (千克)", isNumber: true))
  }

  private static func scaled(
    _ field: String, _ path: Path<Int64>, _ heads: [String], _ units: UnitRule, _ guide: ColumnGuide
  ) -> Self {
    Self(heads: heads, field: field, units: units, guide: guide) { (row, cell, powerOfTen) throws(RuleViolation) in
      row[keyPath: path] = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
    } show: { row, powerOfTen in
      .some(row[keyPath: path], powerOfTen: powerOfTen)
    }
  }

  /// A figure in the indicator's own unit.
  static func figure(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    Self(
      heads: heads, field: field, mask: field + "_e6",
      guide: ColumnGuide(kind: "数值", example: "6.1", note: "按指标的计量单位填写，最多六位小数", isNumber: true)
    ) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try DecimalE6(cell).millionths
    } show: { row, _ in
      .some(row[keyPath: path], powerOfTen: 6)
    }
  }

  static func yesNo(_ field: String, _ path: Path<Bool>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "是/否", allowed: ["是", "否"])) {
      (row, cell, _) throws(RuleViolation) in
      switch cell.lowercased() {
      case "是", "√", "有", "y", "yes", "true", "1": row[keyPath: path] = true
      case "否", "×", "无", "n", "no", "false", "0": row[keyPath: path] = false
      default: throw .notAChoice(cell, ["是", "否"])
      }
    } show: { row, _ in
      row[keyPath: path] ? .text("是") : .empty
    }
  }

  /// One of a few words, or the short name that the protocol uses.
  static func choice<Value: OpenEnum>(
    _ field: String, _ path: Path<Value>, _ words: KeyValuePairs<String, Value>, _ heads: String...
  ) -> Self {
    let words = ChoiceWords(words)
    return Self(heads: heads, field: field, guide: ColumnGuide(kind: "选项", allowed: words.offered)) {
      (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try words.value(cell)
    } show: { row, _ in
      row[keyPath: path].rawValue == 0 ? .empty : .text(words.word(row[keyPath: path]))
    }
  }

  /// Several of a few words.
  static func choices<Value: OpenEnum>(
    _ field: String, _ path: Path<[Value]>, _ words: KeyValuePairs<String, Value>, _ heads: String...
  ) -> Self {
    let words = ChoiceWords(words)
    let guide = ColumnGuide(kind: "选项（可多个）", allowed: words.offered, note: "多个之间用“、”隔开")
    return Self(heads: heads, field: field, guide: guide) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try ListText.split(cell).map { word throws(RuleViolation) in try words.value(word) }
    } show: { row, _ in
      .some(ListText.joined(row[keyPath: path].map(words.word)))
    }
  }

  /// Words separated by 、 or ; or ；.
  static func list(_ field: String, _ path: Path<[String]>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, guide: ColumnGuide(kind: "列表", example: "甲、乙", note: "多项之间用“、”隔开")) {
      row, cell, _ in
      row[keyPath: path] = ListText.split(cell)
    } show: { row, _ in
      .some(ListText.joined(row[keyPath: path]))
    }
  }

  /// Names and values: `来源=省平台、批次=3`.
  static func labels(_ path: Path<[String: String]>) -> Self {
    let guide = ColumnGuide(kind: "附注", example: "来源=省平台", note: "名称=内容，多项之间用“、”隔开")
    return Self(heads: ["附注"], field: "labels", guide: guide) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try ListText.splitLabels(cell)
    } show: { row, _ in
      .some(ListText.joined(labels: row[keyPath: path]))
    }
  }

  /// The same column, without which a file or a row is refused.
  var required: Self {
    var column = self
    column.isRequired = true
    return column
  }

  /// The same column, which an update mask calls otherwise.
  func masked(as mask: String) -> Self {
    var column = self
    column.mask = mask
    return column
  }

  /// The same column with a word for the person who fills it in.
  func noted(_ note: String) -> Self {
    var column = self
    column.guide.note = note
    return column
  }
}

/// A choice's words for clerks; of several for one value the first is written.
private struct ChoiceWords<Value: OpenEnum>: Sendable {
  private let known: [(word: String, value: Value)]

  init(_ words: KeyValuePairs<String, Value>) { known = words.map { (word: $0.key, value: $0.value) } }

  var offered: [String] {
    known.enumerated().filter { index, pair in known.firstIndex { $0.value == pair.value } == index }.map(\.1.word)
  }

  func value(_ cell: String) throws(RuleViolation) -> Value {
    if let value = known.first(where: { $0.word == cell })?.value ?? Value(name: cell.uppercased()) { return value }
    // A number that this version has no name for, as the export writes it.
    if let number = Int32(cell), number > 0, Value(rawValue: number).knownName == nil { return Value(rawValue: number) }
    throw .notAChoice(cell, known.map(\.word))
  }

  func word(_ value: Value) -> String { known.first { $0.value == value }?.word ?? value.name }
}

private func int32(_ cell: String, powerOfTen: Int) throws(RuleViolation) -> Int32 {
  let value = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
  guard let value = Int32(exactly: value) else {
    throw RuleViolation(
      rule: "NUMBER_OVERFLOW", message: "数值“\(value)”超出可记录的范围，请核对",
      englishMessage: "number \(value) is larger than can be recorded")
  }
  return value
}

extension SheetCell {
  fileprivate static func some(_ text: String) -> SheetCell { text.isEmpty ? .empty : .text(text) }

  fileprivate static func some(_ value: Int64, powerOfTen: Int) -> SheetCell {
    value == 0 ? .empty : .number(decimalText(value, powerOfTen: powerOfTen))
  }
}

extension String {
  /// `2023-06-30 14:30:00` without the time, as spreadsheets give dates that have one.
  fileprivate var withoutTime: String {
    guard let space = firstIndex(of: " "), self[index(after: space)...].contains(":") else { return self }
    return String(self[..<space])
  }
}

extension LedgerCode {
  /// What a template shows.
  fileprivate static var example: String {
    switch Self.self {
    case is USCC.Type: "91410421MA9GAAAA51"
    case is RegionIdentifier.Type, is RegionCode.Type: "410928"
    case is ProjectCode.Type: "2302-410928-04-01-123456"
    case is IndustryCode.Type: "C2614"
    case is PassNumber.Type: "410928000001"
    case is Plate.Type: "豫J12345"
    default: ""
    }
  }
}

extension RuleViolation {
  fileprivate static func notAChoice(_ cell: String, _ words: [String]) -> RuleViolation {
    RuleViolation(
      rule: "NOT_A_CHOICE", message: "“\(cell.prefix(40))”不在可选项内，可选：\(words.joined(separator: "、"))",
      englishMessage: "\"\(cell.prefix(40))\" is none of \(words.joined(separator: ", "))")
  }
}
