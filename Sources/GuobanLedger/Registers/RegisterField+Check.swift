internal import GuobanMessages
internal import GuobanModel

/// Bounds on what operators define. They are rules of the record, as ``RecordChecks/Limit``, and no settings: what was
/// defined under one value would be refused under a smaller one.
enum RegisterLimit {
  /// Fields of one register; of each kind there are as many as ``EntryColumns`` has columns for.
  static let fieldsMax = 32
  /// Allowed values of one field.
  static let choicesMax = 200
  /// Entries that a refusal to change a register lists; how many there are in all is said as well.
  static let entriesShownMax = 10
}

extension Ledger.RegisterField {
  /// Columns that every register has, so that no field may be called so.
  static let reservedNames: Set<String> = [
    "key", "revision", "id", "region", "tags", "labels", "meta", "register", "definition_version", "values",
  ]

  func check(_ checks: inout RecordChecks, path: String) {
    checks.code(path + "name", name) { text throws(RuleViolation) in try RegisterName(text) }
    if Self.reservedNames.contains(name) {
      checks.report(
        path + "name", value: name, rule: "RESERVED_NAME", "“\(name)”是每本台账都有的列，请换一个字段名",
        "“\(name)” is a column of every register; please choose another name")
    }
    checks.name(path + "title", title, max: 64)
    checks.name(path + "title_english", titleEnglish, max: 64)
    checks.choice(path + "type", type, among: Ledger.FieldType.allCases)
    checks.name(path + "unit", unit, required: false, max: 16)
    checkUnit(&checks, path: path)
    checkChoices(&checks, path: path)
    let known = EntryColumns.references.map(\.key)
    if (type == .reference) != known.contains(references) {
      checks.report(
        path + "references", value: references, rule: "REFERENCE_TYPE",
        "指向别的记录的字段要写明指向 \(known.joined(separator: "、")) 之一；别的字段留空",
        "a field of type reference names what it refers to, one of \(known.joined(separator: ", ")); any other leaves it empty"
      )
    }
  }

  /// Names say the unit, as everywhere in the ledger: nobody adds 元 to 分.
  private func checkUnit(_ checks: inout RecordChecks, path: String) {
    if type == .money {
      checks.code(path + "unit", unit) { text throws(RuleViolation) in try MoneyUnit(text) }
    }
    for (kind, suffix, what, englishWhat) in [
      (Ledger.FieldType.money, "_fen", "金额（单位分）", "an amount of money (in fen)"),
      (.decimal, "_e6", "小数（百万分之一单位）", "a decimal (in millionths)"),
    ] where (type == kind) != name.hasSuffix(suffix) {
      checks.report(
        path + "name", value: name, rule: "NAME_SAYS_UNIT", "\(what)字段的名称以 \(suffix) 结尾，别的字段不能这样结尾",
        "the name of a field that is \(englishWhat) ends in \(suffix), and no other field's does")
    }
  }

  private func checkChoices(_ checks: inout RecordChecks, path: String) {
    let limit = RegisterLimit.choicesMax
    checks.count(path + "choices", choices.count, max: limit)
    if (type == .choice) == choices.isEmpty {
      checks.report(
        path + "choices", value: "", rule: "CHOICES", "选择型字段要列出可选项，别的字段不能有",
        "a field of type choice lists its choices, no other field has any")
    }
    var seen = Set<String>()
    for (index, choice) in choices.prefix(limit).enumerated() {
      checks.name("\(path)choices[\(index)]", choice, max: 64)
      if !seen.insert(choice).inserted {
        checks.report(
          "\(path)choices[\(index)]", value: choice, rule: "REPEATED", "“\(choice)”重复，请删去一个",
          "“\(choice)” is repeated; please remove one")
      }
    }
  }
}
