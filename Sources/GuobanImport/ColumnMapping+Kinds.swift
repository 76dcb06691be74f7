internal import GuobanMessages
internal import GuobanModel

/// The kinds of column there are.
extension ColumnMapping {
  typealias Path<Value> = any WritableKeyPath<Row, Value> & Sendable

  static func text(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { row, cell, _ in row[keyPath: path] = cell }
  }

  static func code<Code: LedgerCode>(
    _ field: String, _ path: Path<String>, _: Code.Type, _ heads: String...
  ) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try Code(cell).text
    }
  }

  /// 2023-06-30, 2023/6/30 or 2023年6月30日.
  static func date(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try CivilDate(typed: cell).description
    }
  }

  /// 2023-06, 2023/6 or 2023年6月.
  static func month(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try CivilMonth(typed: cell).text
    }
  }

  static func period(_ field: String, _ path: Path<String>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try Period(typed: cell).text
    }
  }

  static func integer(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell, powerOfTen: 0)
    }
  }

  static func year(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell.hasSuffix("年") ? String(cell.dropLast()) : cell, powerOfTen: 0)
    }
  }

  /// Per mille from a column in % or ‰.
  static func permille(_ field: String, _ path: Path<Int32>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, units: .share) { (row, cell, powerOfTen) throws(RuleViolation) in
      row[keyPath: path] = try int32(cell, powerOfTen: powerOfTen)
    }
  }

  /// An amount of money, exact in 分.
  static func money(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    Self(heads: heads, field: field, units: .money) { (row, cell, powerOfTen) throws(RuleViolation) in
      row[keyPath: path] = try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell)
    }
  }

  /// A figure in the indicator's own unit.
  static func figure(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try DecimalE6(cell).millionths
    }
  }

  static func yesNo(_ field: String, _ path: Path<Bool>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      switch cell.lowercased() {
      case "是", "√", "有", "y", "yes", "true", "1": row[keyPath: path] = true
      case "否", "×", "无", "n", "no", "false", "0": row[keyPath: path] = false
      default: throw .notAChoice(cell, ["是", "否"])
      }
    }
  }

  /// One of a few words, or the short name that the protocol uses.
  static func choice<Value: OpenEnum>(
    _ field: String, _ path: Path<Value>, _ words: KeyValuePairs<String, Value>,
    _ heads: String...
  ) -> Self {
    let known = words.map { (word: $0.key, value: $0.value) }
    return Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      guard let value = known.first(where: { $0.word == cell })?.value ?? Value(name: cell.uppercased()) else {
        throw .notAChoice(cell, known.map(\.word))
      }
      row[keyPath: path] = value
    }
  }

  /// Words separated by 、 or ; or ；.
  static func list(_ field: String, _ path: Path<[String]>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { row, cell, _ in
      row[keyPath: path] = cell.split { "、;；".contains($0) }.map { String($0).trimmed }.filter { !$0.isEmpty }
    }
  }

  /// The same column, without which a file or a row is refused.
  var required: Self {
    var column = self
    column.isRequired = true
    return column
  }
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

extension RuleViolation {
  fileprivate static func notAChoice(_ cell: String, _ words: [String]) -> RuleViolation {
    RuleViolation(
      rule: "NOT_A_CHOICE", message: "“\(cell.prefix(40))”不在可选项内，可选：\(words.joined(separator: "、"))",
      englishMessage: "\"\(cell.prefix(40))\" is none of \(words.joined(separator: ", "))")
  }
}
