internal import GuobanMessages
internal import GuobanModel

/// Holds one entry to its register's definition, and puts its values where the definition says.
struct EntryCheck {
  private(set) var violations: [RecordViolation] = []
  private let register: Ledger.Register
  private let path: String

  /// - Parameter path: goes before each field's name: "entries[3].".
  init(_ register: Ledger.Register, path: String) {
    self.register = register
    self.path = path
  }

  /// Checks the entry, orders its values as the definition does, and makes its id where a template says how.
  mutating func settle(_ entry: inout Ledger.Entry) {
    checkRegion(entry.region)
    var given: [String: Ledger.EntryValue] = [:]
    for value in entry.values {
      guard register.fields.contains(where: { $0.name == value.field }) else {
        let known = register.fields.map(\.name).joined(separator: ", ")
        report(
          value.field, value: value.field, rule: "UNKNOWN_FIELD", "台账“\(register.id)”没有这个字段；有的是：\(known)",
          "the register “\(register.id)” has no such field; it has: \(known)")
        continue
      }
      if given.updateValue(value, forKey: value.field) != nil {
        report(
          value.field, value: value.field, rule: "REPEATED", "这个字段填了两次，只能填一次", "this field is given twice; give it once"
        )
      }
    }
    entry.values = register.fields.compactMap { field in
      guard let kind = given[field.name]?.kind.flatMap({ settled($0, field) }) else {
        if field.required, given[field.name]?.isBlank ?? true {
          report(
            field.name, value: "", rule: "REQUIRED", "“\(field.title)”没有填写，这一项必填",
            "“\(field.title)” is empty; this field is required")
        }
        return nil
      }
      return Ledger.EntryValue(field: field.name, column: field.column, kind: kind)
    }
    entry.definitionVersion = register.version
    settleID(of: &entry)
  }

  private mutating func checkRegion(_ region: String) {
    switch register.region {
    case .required where region.isEmpty:
      add(
        path + "region", value: "", rule: "REQUIRED", "台账“\(register.id)”分区划，这一项必填",
        "the register “\(register.id)” has regions; this field is required")
    case .none where !region.isEmpty:
      add(
        path + "region", value: region, rule: "NO_REGION", "台账“\(register.id)”不分区划，这一项留空",
        "the register “\(register.id)” has no regions; leave this field empty")
    default: break
    }
  }

  private mutating func settleID(of entry: inout Ledger.Entry) {
    guard let template = try? KeyTemplate(register.keyTemplate) else {
      if entry.id.isEmpty {
        add(
          path + "id", value: "", rule: "REQUIRED", "没有填写，这本台账的编号要自己给",
          "is empty; entries of this register are given their ids")
      }
      return
    }
    let values = entry.values
    let region = entry.region
    // What is missing has been reported.
    guard let made = template.id({ name in name == "region" ? region : values.first { $0.field == name }?.idText })
    else { return }
    guard let id = try? RecordID(made) else {
      return add(
        path + "id", value: made, rule: "RECORD_ID", "按模板 \(register.keyTemplate) 得到的编号“\(made)”太长，或含有空格等符号",
        "the id “\(made)”, made by the template \(register.keyTemplate), is too long or has a space or the like")
    }
    if !entry.id.isEmpty, entry.id != id.text {
      add(
        path + "id", value: entry.id, rule: "NOT_THE_TEMPLATES",
        "按模板 \(register.keyTemplate) 应是“\(id.text)”；留空即可，会自动生成",
        "is “\(id.text)” by the template \(register.keyTemplate); leave it empty and it is made by itself")
    }
    entry.id = id.text
  }

  /// The value in its canonical form; nil when there is none, or after reporting why it is not one.
  private mutating func settled(
    _ kind: Ledger.EntryValue.Kind, _ field: Ledger.RegisterField
  ) -> Ledger.EntryValue.Kind? {
    switch (kind, field.type) {
    case (.text(""), _): return nil
    case (.text(let text), .text), (.text(let text), .choice), (.text(let text), .date), (.text(let text), .month),
      (.text(let text), .reference):
      return settled(text, field).map { .text($0) }
    case (.integer(let value), .integer), (.integer(let value), .decimal), (.integer(let value), .money):
      let bound = RecordChecks.Limit.moneyFenMax
      guard (-bound...bound).contains(value) else {
        report(
          field.name, value: "\(value)", rule: "OUT_OF_RANGE", "“\(field.title)”现在是 \(value)，超出了范围",
          "“\(field.title)” is \(value), which is out of range")
        return nil
      }
      return kind
    case (.boolean, .boolean): return kind
    default:
      report(
        field.name, value: "", rule: "WRONG_TYPE",
        "“\(field.title)”应是\(field.type.chinese)，填在 \(field.type.alternative) 里",
        "“\(field.title)” must be \(field.type.english), given in \(field.type.alternative)")
      return nil
    }
  }

  private mutating func settled(_ text: String, _ field: Ledger.RegisterField) -> String? {
    do throws(RuleViolation) {
      switch field.type {
      case .date: return try CivilDate(text).text
      case .month: return try CivilMonth(text).text
      case .reference where field.references == "Enterprise": return try USCC(text).text
      default: break
      }
    } catch {
      report(
        field.name, value: text, rule: error.rule, "“\(field.title)”：\(error.message)",
        "“\(field.title)”: \(error.englishMessage)")
      return nil
    }
    if field.type == .choice, !field.choices.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
      report(
        field.name, value: text, rule: "NOT_A_CHOICE",
        "“\(text)”不在“\(field.title)”的可选项内，可选：\(field.choices.joined(separator: "、"))",
        "“\(text)” is not among the choices of “\(field.title)”: \(field.choices.joined(separator: ", "))")
      return nil
    }
    var checks = RecordChecks(path: path)
    if field.type == .text {
      checks.text("values[\(field.name)]", text)
    } else {
      checks.reference("values[\(field.name)]", text)
    }
    violations += checks.violations
    return text
  }

  private mutating func report(
    _ field: String, value: String, rule: String, _ message: String, _ englishMessage: String
  ) {
    add("\(path)values[\(field)]", value: value, rule: rule, message, englishMessage)
  }

  private mutating func add(
    _ field: String, value: String, rule: String, _ message: String, _ englishMessage: String
  ) {
    violations.append(RecordViolation(field: field, value: value, rule: rule, message, englishMessage))
  }
}

extension Ledger.EntryValue {
  fileprivate var isBlank: Bool { kind == nil || kind == .text("") }

  /// How it stands in an id.
  fileprivate var idText: String? {
    switch kind {
    case .text(let text): text
    case .integer(let value): String(value)
    default: nil
    }
  }
}

extension Ledger.FieldType {
  fileprivate var chinese: String {
    switch self {
    case .text: "文字"
    case .integer: "整数"
    case .decimal: "小数（百万分之一单位的整数）"
    case .money: "金额（分）"
    case .date: "日期"
    case .month: "月份"
    case .choice: "可选项之一"
    case .boolean: "是或否"
    case .reference: "别的记录的键"
    default: "这个版本不认识的类型"
    }
  }

  fileprivate var english: String {
    switch self {
    case .text: "a text"
    case .integer: "an integer"
    case .decimal: "a decimal (an integer of millionths)"
    case .money: "an amount of money (in fen)"
    case .date: "a date"
    case .month: "a month"
    case .choice: "one of its choices"
    case .boolean: "true or false"
    case .reference: "the key of another record"
    default: "of a type that this version does not know"
    }
  }

  /// The alternative of ``Ledger/EntryValue`` that holds it.
  fileprivate var alternative: String {
    switch self {
    case .integer, .decimal, .money: "integer"
    case .boolean: "boolean"
    default: "text"
    }
  }
}
