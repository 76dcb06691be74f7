import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// What comes back after a delete is held to what a new record is held to, and loses nothing of its history.
struct UndeleteTests {
  private let ledger: OpenLedger

  init() throws { ledger = try OpenLedger() }

  private func delete(_ record: any LedgerRecord) throws {
    let (type, key) = (type(of: record), record.key)
    try ledger.write { try $0.delete(type, key: key, etag: "", schemas: RecordCatalog.schemas) }
  }

  private func undelete(_ record: any LedgerRecord) throws {
    let (type, key) = (type(of: record), record.key)
    try ledger.write { _ = try $0.undelete(type, key: key, path: "record") }
  }

  private func stored<Record: LedgerRecord>(_ record: Record) throws -> Record {
    try Record(packed: try #require(try ledger.record(Record.schema.name, record.key)), limits: .standard)
  }

  private func assignment(_ id: String, _ officer: String) -> Ledger.Assignment {
    Ledger.Assignment(
      id: id, officer: officer, role: .residentLiaison, enterprise: uscc(0), since: "2022-10-01")
  }

  private func staff() throws {
    try ledger.put(["O-0", "O-1"].map { Ledger.Officer(id: $0, name: "干部", region: "430500") })
    try ledger.put(Ledger.Enterprise(uscc: uscc(0), name: "企业", region: "430500"))
  }

  @Test func anAssignmentDoesNotComeBackToAPlaceThatIsTaken() throws {
    try staff()
    let (first, second) = (assignment("A-1", "O-0"), assignment("A-2", "O-1"))
    try ledger.put(first)
    try delete(first)
    try ledger.put(second)
    #expect(refused { try undelete(first) }?.reason == "ROLE_TAKEN")
    #expect(try ledger.record("Assignment", "A-1") == nil)
    try delete(second)
    try undelete(first)
    #expect(try stored(first).officer == "O-0")
    #expect(refused { try undelete(second) }?.reason == "ROLE_TAKEN")
  }

  @Test func whoLeftMeanwhileDoesNotComeBack() throws {
    try staff()
    let assignment = assignment("A-1", "O-0")
    try ledger.put(assignment)
    try delete(assignment)
    try ledger.put(Ledger.Officer(id: "O-0", name: "干部", region: "430500", left: "2022-09-30"))
    #expect(refused { try undelete(assignment) }?.reason == "OFFICER_LEFT")
  }

  @Test func anAssignmentThatCameAfterAnotherStillSaysSo() throws {
    try staff()
    try ledger.put(assignment("A-1", "O-0"))
    let handOver = try HandOver(
      Ledger.HandOverAssignmentRequest(key: "A-1", newId: "A-2", officer: "O-1", date: "2022-11-01"))
    let begun = try #require(try ledger.write { try handOver.run($0) }?.begun)
    try delete(begun)
    try undelete(begun)
    #expect(try stored(begun).previous == "A-1")
    // One that has ended comes back as it ended.
    let ended = try stored(assignment("A-1", "O-0"))
    try delete(ended)
    try undelete(ended)
    #expect(try stored(ended).until == "2022-10-31")
  }

  private func register(_ fields: [(name: String, required: Bool)]) -> Ledger.Register {
    Ledger.Register(
      id: "r", title: "台账", titleEnglish: "R", region: .none,
      fields: fields.map {
        Ledger.RegisterField(name: $0.name, title: $0.name, titleEnglish: "F", type: .text, required: $0.required)
      })
  }

  @Test func anEntryComesBackUnderTheDefinitionOfNow() throws {
    try ledger.put(register([("a", true), ("b", false)]))
    let entry = newEntry("r", "e", region: "", ["a": .text("甲"), "b": .text("乙")])
    try ledger.put(entry)
    #expect(try stored(entry).values.map(\.column) == ["text_01", "text_02"])
    try delete(entry)
    // Nothing is left in the register: it may become another, where fields are kept elsewhere.
    try delete(register([]))
    try ledger.put(register([("b", false), ("a", true)]))
    try undelete(entry)
    #expect(try stored(entry).values.map(\.field) == ["b", "a"])
    #expect(try ledger.number("r", "a = \"甲\" AND b = \"乙\"") == 1)
    try delete(entry)
    try ledger.put(register([("b", false), ("a", true), ("c", true)]))
    let error = refused { try undelete(entry) }
    #expect(error?.violations.map { "\($0.field) \($0.rule)" } == ["record.values[c] REQUIRED"])
    #expect(error?.message.hasPrefix("不能原样恢复") == true)
    try delete(register([]))
    #expect(refused { try undelete(entry) }?.violations.map(\.rule) == ["NO_SUCH_REGISTER"])
  }

  @Test func aRegisterKeepsItsVersionAndColumns() throws {
    try ledger.put(register([("a", true), ("b", false)]))
    try ledger.put(register([("b", false), ("c", false)]))
    let before = try stored(register([]))
    #expect(before.version == 2 && before.fields.map(\.column) == ["text_02", "text_01"])
    try delete(before)
    try undelete(before)
    var after = try stored(before)
    after.meta = before.meta
    #expect(after == before)
  }

  @Test func aFigureKeepsItsCorrections() throws {
    try ledger.put(Ledger.Indicator(code: "GDP", name: "生产总值", unit: "亿元", nature: .cumulative))
    var figure = Ledger.Observation(indicator: "GDP", region: "430500", period: "2022-06", valueE6: 1, finality: .final)
    try ledger.put(figure)
    (figure.valueE6, figure.correctionReason) = (2, "漏报")
    try ledger.put(figure)
    // A final figure is not deleted by anybody; that it was is written as a store does it.
    let key = figure.key
    try ledger.write { _ = try $0.delete("Observation", key) }
    try undelete(figure)
    #expect(try stored(figure).corrections.map(\.oldValueE6) == [1])
    #expect(try stored(figure).finality == .final)
  }

  @Test func aContactComesBackUnlessItsRetentionEnded() throws {
    let contact = Ledger.Contact(name: "王小明", phone: "13912345678")
    let enterprise = Ledger.Enterprise(uscc: uscc(0), name: "企业", region: "430500", contact: contact)
    try ledger.put(enterprise)
    try delete(enterprise)
    try undelete(enterprise)
    let reveal = try PersonalReveal(
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: enterprise.uscc, reason: "核对"))
    #expect(try ledger.write { try reveal.run($0) }?.contacts.first?.contact == contact)
    try delete(enterprise)
    let erasure = PersonalErasure(cutoff: try CivilDate("2030-01-01"), batchRecords: 10)
    #expect(try ledger.write { try erasure.run($0) }?.deletedRecords == 1)
    try undelete(enterprise)
    let erased = try stored(enterprise).contact
    #expect(erased?.eraseTime != nil && erased?.sealed.isEmpty == true && erased?.name.isEmpty == true)
    // And again, with what says that it was erased.
    try delete(enterprise)
    try undelete(enterprise)
    #expect(try stored(enterprise).contact == erased)
  }
}
