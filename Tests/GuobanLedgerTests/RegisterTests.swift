import Foundation
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanRegisters
import GuobanStorage
import Testing

/// Registers that operators define while the daemon runs.
struct RegisterTests {
  /// Every kind of field there is.
  static let hazards = Ledger.Register(
    id: "hazards", title: "安全隐患", titleEnglish: "Hazards", region: .required,
    keyTemplate: "{region}-{found_on}-{serial}",
    fields: [
      Ledger.RegisterField(name: "found_on", title: "发现日期", titleEnglish: "Found on", type: .date, required: true),
      Ledger.RegisterField(name: "serial", title: "序号", titleEnglish: "Serial", type: .integer, required: true),
      Ledger.RegisterField(
        name: "grade", title: "等级", titleEnglish: "Grade", type: .choice, required: true, choices: ["一般", "较大", "重大"]),
      Ledger.RegisterField(
        name: "enterprise", title: "企业", titleEnglish: "Enterprise", type: .reference, references: "Enterprise"),
      Ledger.RegisterField(name: "fine_fen", title: "罚款", titleEnglish: "Fine", type: .money, unit: "元"),
      Ledger.RegisterField(name: "depth_e6", title: "深度", titleEnglish: "Depth", type: .decimal, unit: "米"),
      Ledger.RegisterField(name: "month", title: "月份", titleEnglish: "Month", type: .month),
      Ledger.RegisterField(name: "closed", title: "已整改", titleEnglish: "Closed", type: .boolean),
      Ledger.RegisterField(name: "note", title: "备注", titleEnglish: "Note", type: .text),
    ])

  private func definition(_ ledger: OpenLedger) throws -> Ledger.Register {
    try Ledger.Register(packed: try #require(try ledger.record("Register", "hazards")), limits: .standard)
  }

  private func hazard(_ serial: Int64, _ grade: String = "一般", _ more: [Ledger.EntryValue] = []) -> Ledger.Entry {
    var entry = newEntry(
      "hazards", ["found_on": .text("2022-11-01"), "serial": .integer(serial), "grade": .text(grade)])
    entry.values += more
    return entry
  }

  @Test func fieldsGetColumnsAndKeepThemThroughVersions() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    let first = try definition(ledger)
    #expect(first.version == 1)
    #expect(
      first.fields.map(\.column) == [
        "text_01", "number_01", "text_02", "enterprise_1", "number_02", "number_03", "text_03", "number_04", "text_04",
      ])
    // The same again is no new version, whatever a client says of versions and columns.
    #expect(try ledger.put([Self.hazards]).unchanged == 1)
    var second = Self.hazards
    second.version = 77
    second.fields.reverse()
    second.fields.append(
      Ledger.RegisterField(name: "place", title: "地点", titleEnglish: "Place", type: .text))
    second.fields.removeAll { $0.name == "month" }
    try ledger.put(second)
    let stored = try definition(ledger)
    #expect(stored.version == 2)
    let columns = Dictionary(uniqueKeysWithValues: stored.fields.map { ($0.name, $0.column) })
    for field in first.fields where field.name != "month" { #expect(columns[field.name] == field.column) }
    // The column of the field that went is free again: nothing was in it.
    #expect(columns["place"] == "text_03")
  }

  @Test func entriesAreHeldToTheirDefinition() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    try ledger.put(
      hazard(
        1, "重大",
        [
          Ledger.EntryValue(field: "fine_fen", column: "text_16", kind: .integer(5000)),
          Ledger.EntryValue(field: "closed", kind: .boolean(true)), Ledger.EntryValue(field: "note", kind: .text("")),
        ]))
    let stored = try Ledger.Entry(
      packed: try #require(try ledger.record("Entry", "hazards/430500-2022-11-01-1")), limits: .standard)
    #expect(stored.definitionVersion == 1)
    #expect(stored.values.map(\.field) == ["found_on", "serial", "grade", "fine_fen", "closed"])
    #expect(stored.values.map(\.column) == ["text_01", "number_01", "text_02", "number_02", "number_04"])

    let cases: [(String, Ledger.Entry)] = [
      ("entries[0].region REQUIRED", hazard(2).with { $0.region = "" }),
      ("entries[0].values[grade] NOT_A_CHOICE", hazard(2, "小")),
      ("entries[0].values[grade] REQUIRED", hazard(2).with { $0.values.removeLast() }),
      ("entries[0].values[grade] REQUIRED", hazard(2, "")),
      (
        "entries[0].values[depth] UNKNOWN_FIELD",
        hazard(2, "一般", [Ledger.EntryValue(field: "depth", kind: .integer(1))])
      ),
      ("entries[0].values[serial] REPEATED", hazard(2, "一般", [Ledger.EntryValue(field: "serial", kind: .integer(1))])),
      (
        "entries[0].values[closed] WRONG_TYPE", hazard(2, "一般", [Ledger.EntryValue(field: "closed", kind: .integer(1))])
      ),
      (
        "entries[0].values[month] MONTH_RANGE",
        hazard(2, "一般", [Ledger.EntryValue(field: "month", kind: .text("2022-13"))])
      ),
      (
        "entries[0].values[note] TOO_LONG",
        hazard(2, "一般", [Ledger.EntryValue(field: "note", kind: .text(String(repeating: "字", count: 2001)))])
      ),
      ("entries[0].id NOT_THE_TEMPLATES", hazard(2).with { $0.id = "别的" }),
      ("entries[0].register NO_SUCH_REGISTER", hazard(2).with { $0.register = "none" }),
      (
        "entries[0].values[enterprise] NO_SUCH_ENTERPRISE",
        hazard(2, "一般", [Ledger.EntryValue(field: "enterprise", kind: .text(uscc(1)))])
      ),
    ]
    for (expected, wrong) in cases {
      let error = refused {
        try ledger.write { try $0.upsert([wrong], field: "entries", checkCancellation: {}) }
      }
      #expect(error?.violations.map { "\($0.field) \($0.rule)" } == [expected])
    }
    // Two rows of one batch that come to the same id, though neither says it.
    let twice = refused { try ledger.put([hazard(9), hazard(9, "较大")]) }
    #expect(twice?.violations.map(\.rule) == ["REPEATED_KEY"])
    #expect(try ledger.number("Entry") == 1)
  }

  @Test func filtersAndGroupsSpeakOfFields() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    try ledger.put([
      Ledger.Enterprise(uscc: uscc(1), name: "甲", region: "430500", scale: .above),
      Ledger.Enterprise(uscc: uscc(2), name: "乙", region: "430500", scale: .below),
    ])
    try ledger.put(
      (1...6).map { serial in
        hazard(
          Int64(serial), serial % 3 == 0 ? "重大" : "一般",
          [
            Ledger.EntryValue(field: "enterprise", kind: .text(uscc(serial % 2 + 1))),
            Ledger.EntryValue(field: "fine_fen", kind: .integer(Int64(serial) * 100)),
          ])
      })
    #expect(try ledger.number("hazards", "fine_fen > 100 AND grade = \"重大\"") == 2)
    #expect(
      try ledger.group("register:hazards", "closed = null", by: ["grade"], [.sum("fine_fen"), .max("serial")]) == [
        [.text("一般"), .integer(1200), .integer(5)], [.text("重大"), .integer(900), .integer(6)],
      ])
    #expect(
      try ledger.group("hazards", "enterprise.scale = ABOVE", by: ["enterprise.name"]) == [[.text("甲"), .integer(3)]])
    let unknown = #expect(throws: StorageError.self) { try ledger.number("hazards", "fine = 1") }
    #expect(unknown?.message.contains("fine_fen") == true)
    // Another register's entries are not among them.
    try ledger.define("quiet_days")
    try ledger.put(
      newEntry("quiet_days", ["first_day": .text("2022-11-01"), "last_day": .text("2022-11-20")]))
    #expect(try ledger.number("hazards") == 6 && ledger.number("Entry") == 7)
    #expect(try ledger.store.read { try SourceView.named("Entry", in: $0) } == nil)
    #expect(try ledger.store.read { try SourceView.named("register:none", in: $0) } == nil)
  }

  @Test func changesThatWouldOrphanOrInvalidateAreRefusedWithTheRowsInTheWay() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    try ledger.put((1...12).map { hazard($0, $0 > 10 ? "重大" : "一般") })
    try ledger.put(hazard(13, "一般", [Ledger.EntryValue(field: "note", kind: .text("有"))]))
    let changes: [(String, Int, (inout Ledger.Register) -> Void)] = [
      ("去掉字段“备注（note）”", 1, { $0.fields.removeAll { $0.name == "note" } }),
      ("类型、单位或所指", 13, { $0.fields[1].unit = "个" }),
      ("可选项 重大", 2, { $0.fields[2].choices.removeLast() }),
      ("改为必填", 12, { $0.fields[8].required = true }),
      (
        "增加必填字段", 13,
        {
          $0.fields.append(Ledger.RegisterField(name: "a", title: "甲", titleEnglish: "A", type: .text, required: true))
        }
      ),
      ("改为不分区划", 13, { ($0.region, $0.keyTemplate) = (.none, "{found_on}-{serial}") }),
      ("编号模板", 13, { $0.keyTemplate = "{serial}" }),
    ]
    for (words, count, change) in changes {
      var register = Self.hazards
      change(&register)
      let error = ledger.refusal(of: register)
      #expect(error?.reason == "ENTRIES_IN_THE_WAY", "\(words)")
      let message = error?.message ?? ""
      #expect(
        message.contains(words) && message.contains("\(count) 条") && message.contains("hazards/430500-"), "\(message)")
      // The first ten are named, and that there are more is said.
      #expect(message.contains("……") == (count > 10))
    }
    #expect(try definition(ledger).version == 1)
    // What no entry stands in the way of is fine: an unused choice and an unused field go, a title changes.
    var harmless = Self.hazards
    harmless.fields[2].choices.remove(at: 1)
    harmless.fields[2].choices.append("特大")
    harmless.fields.remove(at: 6)
    harmless.fields[0].title = "发现时间"
    harmless.fields[4].unit = "万元"
    try ledger.put(harmless)
    #expect(try definition(ledger).version == 2)
    // Entries stay good, and the same entry again is the same.
    #expect(try ledger.put([hazard(11, "重大")]).unchanged == 1)
    #expect(refused { try ledger.put(hazard(14, "较大")) }?.violations.map(\.rule) == ["NOT_A_CHOICE"])
    try ledger.put(hazard(14, "特大"))
  }

  @Test func aRegisterWithEntriesIsNotDeleted() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    try ledger.put(hazard(1))
    let delete = { (type: any LedgerRecord.Type, key: String) in
      try ledger.write { try $0.delete(type, key: key, etag: "", schemas: RecordCatalog.schemas) }
    }
    #expect(refused { _ = try delete(Ledger.Register.self, "hazards") }?.reason == "IN_USE")
    _ = try delete(Ledger.Entry.self, "hazards/430500-2022-11-01-1")
    _ = try delete(Ledger.Register.self, "hazards")
    #expect(try ledger.record("Register", "hazards") == nil)
  }

  @Test func whatAnEntryRefersToIsNotDeleted() throws {
    let ledger = try OpenLedger()
    try ledger.put(Self.hazards)
    try ledger.put(Ledger.Enterprise(uscc: uscc(1), name: "甲", region: "430500"))
    try ledger.put(hazard(1, "一般", [Ledger.EntryValue(field: "enterprise", kind: .text(uscc(1)))]))
    let error = refused {
      try ledger.write {
        try $0.delete(Ledger.Enterprise.self, key: uscc(1), etag: "", schemas: RecordCatalog.schemas)
      }
    }
    #expect(error?.reason == "IN_USE")
  }

  @Test func definitionsThatCannotWorkAreRefused() throws {
    let cases: [(String, (inout Ledger.Register) -> Void)] = [
      ("id REGISTER_NAME", { $0.id = "Hazards" }), ("title REQUIRED", { $0.title = "" }),
      ("title_english REQUIRED", { $0.titleEnglish = "" }),
      ("region REQUIRED", { ($0.region, $0.keyTemplate) = (.unspecified, "{serial}") }),
      ("fields REQUIRED", { ($0.fields, $0.keyTemplate) = ([], "") }),
      (
        "fields[8].name REPEATED",
        {
          $0.fields[8].name = "closed"
          $0.fields[8].type = .boolean
        }
      ),
      ("id RESERVED_NAME", { $0.id = "project_plan" }),
      ("fields[8].name RESERVED_NAME", { $0.fields[8].name = "region" }),
      ("fields[8].name NAME_SAYS_UNIT", { $0.fields[8].name = "note_fen" }),
      ("fields[4].unit MONEY_UNIT", { $0.fields[4].unit = "美元" }),
      ("fields[8].type UNKNOWN_CHOICE", { $0.fields[8].type = .init(rawValue: 99) }),
      ("fields[2].choices CHOICES", { $0.fields[2].choices = [] }),
      ("fields[8].choices CHOICES", { $0.fields[8].choices = ["甲"] }),
      ("fields[3].references REFERENCE_TYPE", { $0.fields[3].references = "Grant" }),
      ("key_template KEY_TEMPLATE", { $0.keyTemplate = "{serial" }),
      ("key_template KEY_TEMPLATE", { $0.keyTemplate = "{region}-{found_on}{serial}" }),
      ("key_template KEY_TEMPLATE_FIELD", { $0.keyTemplate = "{note}" }),
      ("key_template KEY_TEMPLATE_FIELD", { $0.keyTemplate = "{nothing}" }),
    ]
    for (expected, change) in cases {
      let ledger = try OpenLedger()
      var register = Self.hazards
      change(&register)
      let error = ledger.refusal(of: register)
      let found = error?.violations.map { "\($0.field.dropFirst("records[0].".count)) \($0.rule)" } ?? []
      #expect(found == [expected])
    }
    // More fields of one kind than there are columns.
    let ledger = try OpenLedger()
    var wide = Self.hazards
    wide.fields += (0..<13).map { Ledger.RegisterField(name: "t\($0)", title: "字", titleEnglish: "T", type: .text) }
    #expect(ledger.refusal(of: wide)?.violations.map(\.rule) == ["TOO_MANY_OF_A_TYPE"])
  }

  @Test func everyRegisterThatShipsCanBeDefinedTogether() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: shippedFolder).sorted()
    #expect(names.count >= 15 && names.allSatisfy { $0.hasSuffix(".yaml") })
    let registers = try names.map { try shippedRegister(String($0.dropLast(5))) }
    #expect(registers.map { $0.id + ".yaml" } == names)
    let ledger = try OpenLedger()
    #expect(try ledger.put(registers).created == names.count)
    #expect(try ledger.put(registers).unchanged == names.count)
    for field in registers.flatMap(\.fields) where [.money, .decimal].contains(field.type) && field.name != "weight_e6"
    {
      #expect(!field.unit.isEmpty, "\(field.name)")
    }
  }

  @Test func definitionFilesSayWhatIsWrongWithThem() {
    let good =
      "id: a\ntitle: 甲\ntitle_english: A\nregion: none\nfields:\n  - {name: n, title: 字, title_english: N, type: text}\n"
    let cases = [
      ("", good), ("colour", good + "colour: red\n"), ("region", good.replacingOccurrences(of: "none", with: "some")),
      ("fields[0].type", good.replacingOccurrences(of: "type: text", with: "type: texts")),
      ("fields[0].title", good.replacingOccurrences(of: "title: 字, ", with: "")), ("", "- a\n"), ("", "a: [\n"),
      ("id", good.replacingOccurrences(of: "id: a", with: "id: [a]")),
    ]
    for (index, (path, text)) in cases.enumerated() {
      var found: RegisterFileError?
      do throws(RegisterFileError) {
        _ = try RegisterFile.register(yaml: text, file: "a.yaml")
      } catch {
        found = error
      }
      #expect((found == nil) == (index == 0))
      #expect(
        found.map { $0.path == path && !$0.rule.isEmpty && $0.file == "a.yaml" } ?? true,
        "\(text): \(String(describing: found))")
    }
  }

  @Test func randomHistoriesOfADefinitionNeverLoseAValue() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = Seeded(state: seed)
    let ledger = try OpenLedger()
    var register = Ledger.Register(
      id: "r", title: "试", titleEnglish: "R", region: .none,
      fields: [Ledger.RegisterField(name: "f0", title: "字段", titleEnglish: "F", type: .text)])
    try ledger.put(register)
    // What a plain model says the entries hold.
    var model: [String: [String: Ledger.EntryValue.Kind]] = [:]
    for step in 1...150 {
      if random.next() % 2 == 0 {
        var changed = register
        if random.next() % 2 == 0, changed.fields.count > 1 {
          changed.fields.remove(at: Int(random.next() % UInt64(changed.fields.count)))
        } else if changed.fields.count < 12 {
          let isNumber = random.next() % 2 == 0
          changed.fields.insert(
            Ledger.RegisterField(
              name: "f\(step)", title: "字段", titleEnglish: "F", type: isNumber ? .integer : .text), at: 0)
        }
        let names = Set(changed.fields.map(\.name))
        let isOrphaning = model.values.contains { !names.isSuperset(of: $0.keys) }
        #expect((ledger.refusal(of: changed) != nil) == isOrphaning, "step \(step)")
        if !isOrphaning { register = changed }
      } else {
        let id = "e\(random.next() % 6)"
        var values: [String: Ledger.EntryValue.Kind] = [:]
        for field in register.fields where random.next() % 3 == 0 {
          values[field.name] = field.type == .integer ? .integer(Int64(step)) : .text("值\(step)")
        }
        try ledger.put(
          Ledger.Entry(
            register: "r", id: id, values: values.map { Ledger.EntryValue(field: $0.key, kind: $0.value) }))
        model[id] = values
      }
    }
    for (id, values) in model {
      let entry = try Ledger.Entry(packed: try #require(try ledger.record("Entry", "r/\(id)")), limits: .standard)
      #expect(Dictionary(uniqueKeysWithValues: entry.values.map { ($0.field, $0.kind) }) == values)
      for (field, kind) in values {
        let literal =
          switch kind {
          case .text(let text): "\"\(text)\""
          case .integer(let value): "\(value)"
          default: ""
          }
        #expect(try ledger.number("r", "id = \"\(id)\" AND \(field) = \(literal)") == 1)
      }
    }
  }
}

extension Ledger.Entry {
  fileprivate func with(_ change: (inout Ledger.Entry) -> Void) -> Ledger.Entry {
    var entry = self
    change(&entry)
    return entry
  }
}

/// SplitMix64, so that a printed seed repeats a run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
