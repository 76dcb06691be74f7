import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

private let plain = Ledger.Contact(name: "王小明", phone: "13912345678", idNumber: "11010519491231002X")
private let uscc = "91430502MA9GAAAA5X"

private struct Desk {
  let ledger: OpenLedger

  init() throws { ledger = try OpenLedger() }

  func enterprise(_ contact: Ledger.Contact?) -> Ledger.Enterprise {
    Ledger.Enterprise(uscc: uscc, name: "企业", region: "430500", contact: contact)
  }

  @discardableResult
  func create(_ contact: Ledger.Contact? = plain) throws -> Ledger.Enterprise {
    let record = enterprise(contact)
    return try read(try #require(try ledger.write { try $0.create(record, path: "enterprise") }))
  }

  @discardableResult
  func update(_ record: Ledger.Enterprise, mask: [String] = []) throws -> Ledger.Enterprise {
    try read(try #require(try ledger.write { try $0.update(record, mask: mask, etag: "", path: "enterprise") }))
  }

  func reveal() throws -> Ledger.Contact? {
    let reveal = try PersonalReveal(
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: uscc, reason: "核对"))
    return try ledger.write { try reveal.run($0) }?.contacts.first?.contact
  }

  var stored: Ledger.Enterprise { get throws { try read(try #require(try ledger.record("Enterprise", uscc))) } }

  var log: [Ledger.Change] { get throws { try ledger.store.read { try $0.changes(after: 0, limit: 1000) } } }

  func verifyChain() throws {
    var chain = ChangeChain()
    for change in try log { try chain.verify(change) }
    try chain.finish()
  }

  private func read(_ bytes: [UInt8]) throws -> Ledger.Enterprise {
    try Ledger.Enterprise(packed: bytes, limits: .standard)
  }
}

extension [UInt8] {
  fileprivate func contains(_ text: String) -> Bool {
    let part = Array(text.utf8)
    return indices.dropLast(part.count - 1).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
  }
}

@Test func contactsAreStoredSealedAndMaskedOnly() throws {
  let desk = try Desk()
  let kept = try #require(try desk.create().contact)
  #expect(kept.name == "王**" && kept.phone == "139****5678" && kept.idNumber == "1****************X")
  let log = try desk.log.flatMap { $0.packed() }
  for secret in [plain.name, plain.phone, plain.idNumber] { #expect(!log.contains(secret)) }
  #expect(try desk.reveal() == plain)
}

@Test func aMaskThatComesBackKeepsWhatIsStored() throws {
  let desk = try Desk()
  var record = try desk.create()
  let sealed = record.contact?.sealed
  record.headcount = 12
  let unchanged = try desk.update(record)
  #expect(unchanged.contact?.sealed == sealed && unchanged.headcount == 12)
  // One value is changed; the others came back as masks.
  record.contact?.phone = "13700000000"
  record.contact?.sealed = []
  #expect(try desk.update(record).contact?.phone == "137****0000")
  #expect(try desk.reveal() == Ledger.Contact(name: plain.name, phone: "13700000000", idNumber: plain.idNumber))
  // The same in plain is no change.
  let again = desk.enterprise(plain)
  let counts = try desk.ledger.write { writer in
    _ = try writer.upsert([again], field: "records", checkCancellation: {})
    return try writer.upsert([again], field: "records", checkCancellation: {})
  }
  #expect(counts == UpsertCounts(created: 0, updated: 0, unchanged: 1))
  // A field mask that leaves the contact alone.
  #expect(try desk.update(Ledger.Enterprise(uscc: uscc, headcount: 13), mask: ["headcount"]).contact?.name == "王**")
  #expect(try desk.reveal() == plain)
}

@Test func aMaskThatIsNotTheStoredOneIsRefused() throws {
  let desk = try Desk()
  let error = #expect(throws: LedgerError.self) { try desk.create(Ledger.Contact(name: "李**")) }
  #expect(error?.violations.first?.rule == "MASKED" && error?.violations.first?.field == "enterprise.contact.name")
  var record = try desk.create()
  record.contact?.name = "赵**"
  #expect(#expect(throws: LedgerError.self) { try desk.update(record) }?.violations.first?.rule == "MASKED")
}

@Test func sealedValuesOpenInNoOtherRecord() throws {
  let desk = try Desk()
  let sealed = try desk.create().contact
  let other = "91410421MA9GAAAA51"
  let thief = Ledger.Enterprise(uscc: other, name: "另一家", region: "430500", contact: sealed)
  // Its masks and its sealed values are brought along, as a file of another ledger does: nothing of it can be opened
  // there, and whoever brings it hears so.
  let error = #expect(throws: LedgerError.self) {
    try desk.ledger.write { try $0.create(thief, path: "enterprise") }
  }
  #expect(error?.violations.first?.rule == "MASKED" && error?.violations.first?.field == "enterprise.contact.name")
}

@Test func aDataKeyThatWasTamperedWithIsFound() async throws {
  let desk = try Desk()
  try desk.create()
  func faults() throws -> [Ledger.LedgerFaultKind] {
    try desk.ledger.store.read { reader in
      try LedgerVerification.run(
        reader, schemas: RecordCatalog.schemas, head: nil, limits: .standard, checkCancellation: {}
      ).faults.map(\.kind)
    }
  }
  #expect(try faults() == [])
  for sql in ["UPDATE data_key SET wrapped = zeroblob(61)", "DELETE FROM data_key"] {
    try await desk.ledger.tamper(sql)
    #expect(try faults() == [.unreadableContact], "\(sql)")
  }
}

@Test func aRevealIsARowOfTheLogThatChangesNoRecord() throws {
  let desk = try Desk()
  let before = try desk.create()
  #expect(try desk.reveal() == plain)
  let row = try #require(try desk.log.last)
  #expect(row.operation == .reveal && row.key == uscc && row.note == "核对" && row.actor == "测试员" && row.record.isEmpty)
  #expect(row.regions == ["430500"])
  #expect(try desk.stored == before)
  try desk.verifyChain()
  // Why is required, and what has no contact has nothing to show.
  #expect(throws: LedgerError.self) {
    try PersonalReveal(Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: uscc))
  }
  #expect(throws: LedgerError.self) {
    try PersonalReveal(Ledger.RevealPersonalDataRequest(recordType: "Region", key: "430500", reason: "x"))
  }
  try desk.update(desk.enterprise(nil))
  #expect(#expect(throws: LedgerError.self) { try desk.reveal() }?.reason == "NO_CONTACT")
}

@Test func whatWasReplacedCannotBeOpenedFromTheLog() throws {
  let desk = try Desk()
  let first = try desk.create()
  try desk.update(desk.enterprise(Ledger.Contact(name: "周芳", phone: "13500001111")))
  // Bringing the old bytes back brings no old values back: their key is gone.
  try desk.ledger.write { _ = try $0.delete("Enterprise", uscc) }
  #expect(#expect(throws: LedgerError.self) { try desk.create(first.contact) }?.violations.first?.rule == "MASKED")
}

@Test func aDeletedRecordThatComesBackHasItsContactAgain() throws {
  let desk = try Desk()
  let record = try desk.create()
  try desk.ledger.write { _ = try $0.delete("Enterprise", uscc) }
  try desk.create(record.contact)
  #expect(try desk.reveal() == plain)
}

@Test func duePersonalDataAreErasedFromRecordAndLogAlike() throws {
  let desk = try Desk()
  let issue = try PassIssue(
    Ledger.IssuePassRequest(
      division: "430500", kind: .city, plate: "湘E12345", goods: "米", origin: "430500", destination: "430100",
      holder: Ledger.Contact(name: "王小明", phone: "13912345678")),
    today: try CivilDate("2022-11-14"), validDays: 7, within: RecordBounds(passValidDaysMax: 30))
  let pass = try #require(try desk.ledger.write { try issue.run($0) }?.pass)
  try desk.create()
  let early = PersonalErasure(cutoff: try CivilDate("2022-11-20"), batchRecords: 10)
  #expect(try desk.ledger.store.read { try early.count($0) } == PersonalErasure.Counts())
  let due = PersonalErasure(cutoff: try CivilDate("2022-11-21"), batchRecords: 10)
  #expect(try desk.ledger.store.read { try due.count($0).records } == 1)
  #expect(try desk.ledger.write { try due.run($0) }?.records == 1)
  #expect(try desk.ledger.write { try due.run($0) }?.records == 0)
  let bytes = try #require(try desk.ledger.record("Pass", pass.number))
  let erased = try Ledger.Pass(packed: bytes, limits: .standard)
  #expect(erased.holder == Ledger.Contact(eraseTime: Google.Timestamp(seconds: 1_668_384_000)))
  #expect(erased.plate == pass.plate && erased.state == .issued)
  #expect(try desk.ledger.store.read { try $0.dataKey("Pass", pass.number) } == nil)
  let reveal = try PersonalReveal(
    Ledger.RevealPersonalDataRequest(recordType: "Pass", key: pass.number, reason: "x"))
  #expect(#expect(throws: LedgerError.self) { try desk.ledger.write { try reveal.run($0) } }?.reason == "ERASED")
  // An enterprise's contact is kept as long as the enterprise is; once deleted, until its retention is over.
  try desk.ledger.write { _ = try $0.delete("Enterprise", uscc) }
  #expect(try desk.ledger.store.read { try $0.dataKey("Enterprise", uscc) } != nil)
  let counts = try desk.ledger.write { try due.run($0) }
  #expect(counts?.deletedRecords == 1)
  #expect(try desk.ledger.store.read { try $0.dataKey("Enterprise", uscc) } == nil)
  #expect(try desk.log.last?.operation == .erase)
  try desk.verifyChain()
}

@Test func whatIsDueIsCountedAsItWouldBeErased() throws {
  let desk = try Desk()
  let issue = try PassIssue(
    Ledger.IssuePassRequest(
      division: "430500", kind: .city, plate: "湘E12345", goods: "米", origin: "430500", destination: "430100",
      holder: plain),
    today: try CivilDate("2022-11-14"), validDays: 7, within: RecordBounds(passValidDaysMax: 30))
  try desk.ledger.write { _ = try issue.run($0) }
  let keys = try (0..<3).map { try #require(validUSCC($0)) }
  for key in keys {
    try desk.ledger.put(Ledger.Enterprise(uscc: key, name: "企业", region: "430500", contact: plain))
    try desk.ledger.write { _ = try $0.delete("Enterprise", key) }
  }
  // One came back, and is none of them.
  try desk.ledger.put(Ledger.Enterprise(uscc: keys[0], name: "企业", region: "430500", contact: plain))
  // They were deleted on the 14th: not before it.
  for (cutoff, records, deleted) in [("2022-11-14", 0, 0), ("2022-11-15", 0, 2), ("2022-11-21", 1, 2)] {
    let erasure = PersonalErasure(cutoff: try CivilDate(cutoff), batchRecords: 1)
    let counts = try desk.ledger.store.read { try erasure.count($0) }
    #expect(counts.records == records && counts.deletedRecords == deleted, "\(cutoff): \(counts)")
  }
  // Some at a time, as many as were counted.
  let erasure = PersonalErasure(cutoff: try CivilDate("2022-11-21"), batchRecords: 1)
  var counted = try desk.ledger.store.read { try erasure.count($0) }
  while let done = try desk.ledger.write({ try erasure.run($0) }), done != PersonalErasure.Counts() {
    counted.records -= done.records
    counted.deletedRecords -= done.deletedRecords
  }
  #expect(counted == PersonalErasure.Counts())
  #expect(try desk.ledger.store.read { try erasure.count($0) } == PersonalErasure.Counts())
}

@Test func anOfficersContactIsSealedAndGoesSomeTimeAfterTheOfficerLeft() throws {
  let desk = try Desk()
  var officer = Ledger.Officer(id: "G-1", name: "李四", region: "430500", contact: plain)
  try desk.ledger.put(officer)
  let stored = { () throws -> Ledger.Officer in
    try Ledger.Officer(packed: try #require(try desk.ledger.record("Officer", "G-1")), limits: .standard)
  }
  #expect(try stored().contact?.phone == "139****5678")
  let log = try desk.log.flatMap { $0.packed() }
  for secret in [plain.name, plain.phone, plain.idNumber] { #expect(!log.contains(secret)) }
  let due = PersonalErasure(cutoff: try CivilDate("2022-12-01"), batchRecords: 10)
  #expect(try desk.ledger.write { try due.run($0) }?.records == 0)
  officer.left = "2022-11-30"
  try desk.ledger.put(officer)
  #expect(try desk.ledger.write { try due.run($0) }?.records == 1)
  #expect(try stored().contact?.eraseTime != nil && stored().name == "李四")
}

@Test func everyRecordIsSealedAnewAfterARotationAndTheOldKeyIsNotNeeded() throws {
  let desk = try Desk()
  let keys = try (0..<7).map { number in
    Ledger.Enterprise(
      uscc: try #require(validUSCC(number)), name: "企业\(number)", region: "430500",
      contact: Ledger.Contact(name: "人\(number)", phone: "1390000000\(number)"))
  }
  try desk.ledger.write { _ = try $0.upsert(keys, field: "records", checkCancellation: {}) }
  let before = try desk.log.count
  let new = try KeyMaterial.random(.personalData)
  // The ring has only the new key at the end; in between the old one opens.
  let ring = desk.ledger.ring
  try ring.replace([new] + desk.ledger.keys)
  let job = PersonalReseal(ring, batchRecords: 3)
  var position: PersonalReseal.Position? = .init()
  var resealed = 0
  while let current = position {
    let step = try #require(try desk.ledger.write { try job.run(from: current, $0) })
    resealed += step.resealed
    #expect(step.failures.isEmpty)
    position = step.next
  }
  #expect(resealed == 7)
  let changes = try desk.log.suffix(from: before)
  #expect(changes.count == 7 && changes.allSatisfy { $0.operation == .update })
  try desk.verifyChain()
  try ring.replace([new])
  for record in keys {
    let reveal = try PersonalReveal(
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: record.uscc, reason: "x"))
    #expect(try desk.ledger.write { try reveal.run($0) }?.contacts.first?.contact == record.contact)
  }
  // Another key opens nothing, and says so.
  try ring.replace([try KeyMaterial.random(.personalData)])
  let reveal = try PersonalReveal(
    Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: keys[0].uscc, reason: "x"))
  let error = #expect(throws: LedgerError.self) { try desk.ledger.write { try reveal.run($0) } }
  #expect(error?.reason == "PERSONAL_DATA_UNREADABLE")
}

@Test(arguments: [
  ("name", "王 小\n明"), ("phone", "12345"), ("phone", "23912345678"), ("id_number", "110105194912310021"),
  ("id_number", "11010519491331002X"),
])
func faultsOfAContactAreNamedWithoutRepeatingIt(field: String, value: String) throws {
  var contact = plain
  switch field {
  case "name": contact.name = value
  case "phone": contact.phone = value
  default: contact.idNumber = value
  }
  var input = RecordInput(
    type: Ledger.Enterprise.self, field: "enterprise", isBatch: false, bounds: .standard, limits: .standard)
  input.append(Ledger.Enterprise(uscc: uscc, name: "企业", region: "430500", contact: contact).packed())
  #expect(input.violations.map(\.field) == ["enterprise.contact.\(field)"])
  #expect(input.violations.allSatisfy { $0.value.isEmpty && !$0.message.contains(value) })
}

private func validUSCC(_ number: Int) -> String? {
  let body = "9143050200000000" + String(number)
  return "0123456789ABCDEFGHJKLMNPQRTUWXY".map { body + String($0) }.first { (try? USCC($0)) != nil }
}
