internal import GuobanMessages
internal import GuobanModel

/// Collects what is wrong with one record, all of it, so that a clerk mends a row once.
public struct RecordChecks {
  /// Bounds on fields that no rule of the domain bounds.
  enum Limit {
    static let nameCharactersMax = 200
    static let textCharactersMax = 2000
    static let listElementsMax = 64
    static let labelsMax = 64
    /// Of one figure, or of one project's stages.
    static let correctionsMax = 50
    /// 10 trillion yuan: more than any project or figure. Some 9,000 such amounts add up within 64 bits; whoever sums
    /// must refuse what goes beyond.
    static let moneyFenMax: Int64 = 1_000_000_000_000_000
    static let yearRange = 1990...2100
  }

  private(set) var violations: [RecordViolation] = []
  private let path: String

  init(path: String) {
    self.path = path
  }

  /// Reports a violation of a field of this record.
  public mutating func report(
    _ field: String, value: String, rule: String, _ message: String, _ englishMessage: String
  ) {
    violations.append(RecordViolation(field: path + field, value: value, rule: rule, message, englishMessage))
  }

  /// What was corrected, and the reason that comes with a write.
  mutating func corrections(_ corrections: [(reason: String, actor: String)], reason: String) {
    name("correction_reason", reason, required: false)
    count("corrections", corrections.count, max: Limit.correctionsMax)
    for (index, correction) in corrections.enumerated() {
      name("corrections[\(index)].reason", correction.reason)
      name("corrections[\(index)].actor", correction.actor, required: false)
    }
  }

  /// A field whose type's initialiser is its rule: `checks.code("uscc", uscc) { try USCC($0) }`.
  ///
  /// Returns the value, or nil after reporting why there is none.
  @discardableResult
  mutating func code<Value>(
    _ field: String, _ text: String, required: Bool = true, _ make: (String) throws(RuleViolation) -> Value
  ) -> Value? {
    if text.isEmpty {
      if required { missing(field) }
      return nil
    }
    do throws(RuleViolation) {
      return try make(text)
    } catch {
      report(field, value: text, rule: error.rule, error.message, error.englishMessage)
      return nil
    }
  }

  /// A name: one line, bounded. What a personal one holds is not repeated in the message.
  mutating func name(
    _ field: String, _ text: String, required: Bool = true, max: Int = Limit.nameCharactersMax, isPersonal: Bool = false
  ) {
    if text.isEmpty {
      if required { missing(field) }
      return
    }
    let value = isPersonal ? "" : text
    length(field, text, value, max: max)
    if text.unicodeScalars.contains(where: \.isHidden) {
      report(
        field, value: value, rule: "CONTROL_CHARACTER", "含有换行、控制字符或看不见的字符，请删去",
        "has a line break, or a control or invisible character; please remove it")
    }
    let scalars = text.unicodeScalars
    if scalars.first.map(\.isSpace) == true || scalars.last.map(\.isSpace) == true {
      report(
        field, value: value, rule: "SURROUNDING_SPACE", "首尾有空格，请删去", "begins or ends with a space; please remove it")
    }
  }

  /// How long a text is, in scalars: a character may have any number of them.
  private mutating func length(_ field: String, _ text: String, _ value: String, max: Int) {
    guard text.utf8.count > max else { return }
    let count = text.unicodeScalars.count
    guard count > max else { return }
    report(
      field, value: value, rule: "TOO_LONG", "有 \(count) 个字，最多 \(max) 个", "has \(count) characters; at most \(max)")
  }

  /// Longer text, where line breaks are welcome.
  mutating func text(_ field: String, _ text: String) {
    length(field, text, text, max: Limit.textCharactersMax)
  }

  /// How many elements a list has.
  mutating func count(_ field: String, _ count: Int, max: Int = Limit.listElementsMax) {
    if count > max {
      report(
        field, value: "\(count)", rule: "TOO_MANY", "有 \(count) 项，最多 \(max) 项", "has \(count) elements; at most \(max)")
    }
  }

  /// A list of names without repetition.
  mutating func names(_ field: String, _ list: [String]) {
    if list.count > Limit.listElementsMax {
      report(
        field, value: "\(list.count)", rule: "TOO_MANY", "有 \(list.count) 项，最多 \(Limit.listElementsMax) 项",
        "has \(list.count) elements; at most \(Limit.listElementsMax)")
      return
    }
    var seen = Set<String>()
    for (index, element) in list.enumerated() {
      name("\(field)[\(index)]", element, max: 64)
      if !seen.insert(element).inserted {
        report(
          "\(field)[\(index)]", value: element, rule: "REPEATED", "“\(element)”重复，请删去一个",
          "“\(element)” is repeated; please remove one")
      }
    }
  }

  /// A civil date "2023-06-30".
  @discardableResult
  mutating func date(_ field: String, _ text: String, required: Bool = false) -> CivilDate? {
    code(field, text, required: required) { text throws(RuleViolation) in try CivilDate(text) }
  }

  /// An amount of money, not negative.
  mutating func money(_ field: String, _ fen: Int64) {
    range(field, fen, in: 0...Limit.moneyFenMax, unit: .fen)
  }

  /// An integer with bounds.
  mutating func range(_ field: String, _ value: Int64, in range: ClosedRange<Int64>, unit: RangeUnit) {
    if !range.contains(value) {
      report(
        field, value: "\(value)", rule: "OUT_OF_RANGE",
        "现在是 \(value) \(unit.chinese)，必须在 \(range.lowerBound) 到 \(range.upperBound) \(unit.chinese)之间",
        "is \(value); must be from \(range.lowerBound) to \(range.upperBound) \(unit.english)")
    }
  }

  /// A calendar year.
  mutating func year(_ field: String, _ year: Int32) {
    if !Limit.yearRange.contains(Int(year)) {
      report(
        field, value: "\(year)", rule: "OUT_OF_RANGE",
        "年份是 \(year)，必须在 \(Limit.yearRange.lowerBound) 到 \(Limit.yearRange.upperBound) 之间",
        "the year is \(year); must be from \(Limit.yearRange.lowerBound) to \(Limit.yearRange.upperBound)")
    }
  }

  /// A choice that must be one of those that this version knows.
  mutating func choice<Choice: RawRepresentable<Int32> & Hashable>(
    _ field: String, _ choice: Choice, among known: [Choice], required: Bool = true
  ) {
    if choice.rawValue == 0 {
      if required { missing(field) }
    } else if !known.contains(choice) {
      report(
        field, value: "\(choice.rawValue)", rule: "UNKNOWN_CHOICE", "没有 \(choice.rawValue) 这个选项",
        "there is no choice \(choice.rawValue)")
    }
  }

  /// A code that another record is found by: its form is that record's business, and that it exists is checked when
  /// the request is written.
  mutating func reference(_ field: String, _ key: String, required: Bool = true) {
    if key.isEmpty {
      if required { missing(field) }
    } else if key.utf8.count > 128 {
      report(field, value: key, rule: "TOO_LONG", "太长，最多 128 字节", "too long; at most 128 bytes")
    }
  }

  /// A contact: plain values by their rules, masks as they are. What it holds is not repeated in any message.
  mutating func contact(_ field: String, _ contact: Ledger.Contact?) {
    guard let contact else { return }
    name("\(field).name", contact.name, required: false, max: 64, isPersonal: true)
    personal("\(field).phone", contact.phone) { text throws(RuleViolation) in _ = try PhoneNumber(text) }
    personal("\(field).id_number", contact.idNumber) { text throws(RuleViolation) in _ = try IdentityNumber(text) }
  }

  private mutating func personal(
    _ field: String, _ text: String, _ check: (String) throws(RuleViolation) -> Void
  ) {
    if text.isEmpty || text.contains("*") && text.utf8.count <= 64 { return }
    // The rules below tell what is wrong with a value of its length, and repeat a longer one.
    guard text.utf8.count <= 64 else {
      return report(field, value: "", rule: "TOO_LONG", "太长，最多 64 字节", "is too long; at most 64 bytes")
    }
    do throws(RuleViolation) { try check(text) } catch {
      report(field, value: "", rule: error.rule, error.message, error.englishMessage)
    }
  }

  /// A required field that is empty.
  mutating func missing(_ field: String) {
    report(field, value: "", rule: "REQUIRED", "没有填写，这一项必填", "is empty; this field is required")
  }

  mutating func shared(labels: [String: String], tags: [String]) {
    names("tags", tags)
    if labels.count > Limit.labelsMax {
      report(
        "labels", value: "\(labels.count)", rule: "TOO_MANY", "有 \(labels.count) 项，最多 \(Limit.labelsMax) 项",
        "has \(labels.count) elements; at most \(Limit.labelsMax)")
    }
    for (key, value) in labels.sorted(by: { $0.key < $1.key }).prefix(Limit.labelsMax) {
      name("labels", key, max: 64)
      name("labels[\(key)]", value, required: false)
    }
  }
}

extension Unicode.Scalar {
  /// Control characters, and those that show nothing or turn what stands around them: nobody types them on purpose.
  fileprivate var isHidden: Bool {
    // Chinese characters, which most are, stand above nearly all of these.
    if value > 0x206F { return value == 0xFEFF }
    return switch value {
    case 0...0x1F, 0x7F...0x9F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F: true
    default: false
    }
  }

  /// White space of any width: Chinese keyboards type U+3000.
  fileprivate var isSpace: Bool {
    if value > 0x205F { return value == 0x3000 }
    return switch value {
    case 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F: true
    default: false
    }
  }
}
