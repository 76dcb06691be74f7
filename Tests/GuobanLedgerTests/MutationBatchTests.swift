import GuobanLedger
import GuobanMessages
import GuobanStorage
import Testing

private func mutation(
  _ kind: Ledger.MutationKind, _ record: any LedgerRecord, etag: String = "", mask: [String] = []
) -> Ledger.Mutation {
  let isByKey = kind == .delete || kind == .undelete
  return Ledger.Mutation(
    kind: kind, recordType: type(of: record).schema.name, record: isByKey ? [] : record.packed(),
    key: isByKey ? record.key : "", updateMask: mask.isEmpty ? nil : Google.FieldMask(paths: mask), etag: etag)
}

extension TimedLedger {
  @discardableResult
  fileprivate func apply(_ mutations: [Ledger.Mutation], id: String = "") throws -> Ledger.ApplyResponse {
    let batch = try MutationBatch(mutations, limits: .standard)
    let box = Box()
    let outcome = try write(id: id) { writer in
      box.response = try batch.run(writer, schemas: RecordCatalog.schemas, checkCancellation: {})
    }
    guard outcome.replayed else { return box.response }
    return try store.read { try batch.response(replaying: outcome.changes, revision: outcome.revision, in: $0) }
  }

  fileprivate func has(_ type: String, _ key: String) throws -> Bool {
    try store.read { try $0.record(type, key) != nil }
  }
}

// Safety: written on the store's thread before the write's end is signalled, read after it was waited for.
private final class Box: @unchecked Sendable {
  var response = Ledger.ApplyResponse()
}

@Test func aBatchOverSeveralTypesIsOneCommit() throws {
  let ledger = try TimedLedger()
  // In an order in which nothing is there yet that is referred to.
  let response = try ledger.apply(
    [mutation(.create, Sample.progress("P-1", "2026-01", 5)), mutation(.create, Sample.project("P-1", "410928"))]
      + Sample.regions.reversed().map { mutation(.upsert, $0) })
  #expect(response.revision == 9 && response.results.map(\.revision) == Array(1...9))
  let changes = try ledger.store.read { try $0.changes(after: 0, limit: 1) }
  #expect(changes.count == 9 && changes.allSatisfy { $0.commitRevision == 9 })
  // A region and all that refers to it go together, whatever the order.
  let gone = try ledger.apply([
    mutation(.delete, Sample.project("P-1", "410928")), mutation(.delete, Sample.progress("P-1", "2026-01", 0)),
    mutation(.update, Ledger.Region(code: "411000", name: "许昌"), mask: ["name"]), mutation(.upsert, Sample.regions[0]),
  ])
  #expect(gone.results.map(\.changed) == [true, true, true, false])
  #expect(gone.results.map(\.revision) == [10, 11, 12, 0])
  #expect(try !ledger.has("Project", "P-1"))
  #expect(try !ledger.has("ProjectProgress", "P-1/2026-01"))
  let back = try ledger.apply([
    mutation(.undelete, Sample.progress("P-1", "2026-01", 0)), mutation(.undelete, Sample.project("P-1", "410928")),
  ])
  #expect(back.results.map(\.changed) == [true, true])
  #expect(try ledger.has("ProjectProgress", "P-1/2026-01"))
}

@Test func oneWrongMutationUndoesAllOfThem() throws {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  try ledger.upsert([Sample.project("P-1", "410928")])
  let revision = ledger.store.revision
  let cases: [([Ledger.Mutation], LedgerError.Code)] = [
    // The second is refused by the ledger's state.
    (
      [mutation(.create, Sample.project("P-2", "410928")), mutation(.create, Sample.project("P-1", "410928"))],
      .alreadyExists
    ),
    (
      [mutation(.create, Sample.project("P-2", "410928")), mutation(.update, Sample.project("P-9", "410928"))],
      .notFound
    ),
    ([mutation(.create, Sample.project("P-2", "999999"))], .invalid),
    ([mutation(.delete, Sample.regions[2])], .precondition),
    ([mutation(.delete, Sample.project("P-1", ""), etag: "r1")], .conflict),
    ([mutation(.update, Sample.project("P-1", "410928"), etag: "r1")], .conflict),
    ([mutation(.update, Sample.project("P-1", "410928"), mask: ["nope"])], .invalid),
    ([mutation(.undelete, Sample.project("P-1", ""))], .alreadyExists),
    ([mutation(.undelete, Sample.project("P-9", ""))], .notFound),
    // These are refused before the writer hears of them.
    ([mutation(.upsert, Sample.project("P-2", "")), mutation(.upsert, Sample.project("", "410928"))], .invalid),
    ([mutation(.delete, Sample.project("P-1", "")), mutation(.create, Sample.project("P-1", "410928"))], .invalid),
    ([Ledger.Mutation(kind: .create, recordType: "Grant", record: [])], .invalid),
    ([Ledger.Mutation(recordType: "Project", key: "P-1")], .invalid),
    ([Ledger.Mutation(kind: .create, recordType: "Project", record: [0xFF])], .invalid),
  ]
  for (mutations, code) in cases {
    let error = #expect(throws: LedgerError.self) { try ledger.apply(mutations) }
    #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")")
    #expect(ledger.store.revision == revision)
    #expect(try !ledger.has("Project", "P-2"))
  }
}

@Test func aRetriedBatchGetsItsFirstAnswer() throws {
  let ledger = try TimedLedger()
  let mutations = Sample.regions.map { mutation(.upsert, $0) }
  let first = try ledger.apply(mutations, id: "a")
  try ledger.upsert([Sample.project("P-1", "410928")])
  #expect(try ledger.apply(mutations, id: "a") == first)
  #expect(ledger.store.revision == 8)
}

/// A register whose template makes the keys of its entries.
private func visits(template: String = "{day}-{serial}", title: String = "走访") -> Ledger.Register {
  Ledger.Register(
    id: "visits", title: title, titleEnglish: "Visits", region: .none, keyTemplate: template,
    fields: [
      Ledger.RegisterField(name: "day", title: "日期", titleEnglish: "Day", type: .date, required: true),
      Ledger.RegisterField(name: "serial", title: "序号", titleEnglish: "Serial", type: .integer, required: true),
      Ledger.RegisterField(name: "note", title: "备注", titleEnglish: "Note", type: .text),
    ])
}

private func visit(_ serial: Int64, note: String = "", id: String = "") -> Ledger.Entry {
  newEntry("visits", id, region: "", ["day": .text("2026-01-02"), "serial": .integer(serial), "note": .text(note)])
}

@Test func keysThatTheLedgerMakesAreInTheAnswerAndInItsRepetition() throws {
  let ledger = try TimedLedger()
  // The register and its entries in one batch; the second entry is there already.
  try ledger.upsert([visits(title: "旧名")])
  try ledger.upsert([visit(2, note: "有")])
  let batch = [
    mutation(.upsert, visits()), mutation(.create, visit(1)), mutation(.upsert, visit(2, note: "有")),
    mutation(.upsert, visit(3)), mutation(.upsert, visit(4, id: "2026-01-02-4")),
  ]
  let first = try ledger.apply(batch, id: "a")
  #expect(first.results.map(\.key) == ["visits"] + (1...4).map { "visits/2026-01-02-\($0)" })
  #expect(first.results.map(\.changed) == [true, true, false, true, true])
  #expect(first.results.map(\.revision) == [3, 4, 0, 5, 6])
  #expect(try ledger.apply(batch, id: "a") == first)
  #expect(ledger.store.revision == 6)
  // What cannot be told any more is not told wrongly.
  for serial in 1...4 {
    try ledger.write {
      try $0.delete(Ledger.Entry.self, key: "visits/2026-01-02-\(serial)", etag: "", schemas: RecordCatalog.schemas)
    }
  }
  try ledger.upsert([visits(template: "{serial}")])
  #expect(refused { try ledger.apply(batch, id: "a") }?.reason == "ANSWER_LOST")
}

@Test func twoMutationsOfOneMadeKeyAreRefused() throws {
  let ledger = try TimedLedger()
  try ledger.upsert([visits()])
  for other in [visit(1), visit(1, id: "2026-01-02-1")] {
    for kind in [Ledger.MutationKind.create, .upsert] {
      let error = refused { try ledger.apply([mutation(kind, visit(1)), mutation(kind, other)]) }
      #expect(error?.violations.map { "\($0.field) \($0.rule)" } == ["mutations[1].key REPEATED_KEY"])
    }
  }
  #expect(ledger.store.revision == 1)
  // An update finds nothing under no key.
  #expect(refused { try ledger.apply([mutation(.update, visit(1))]) }?.code == .notFound)
}

@Test func anUndeletedRecordIsWhatItWas() throws {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  var project = Sample.project("P-1", "410928", plans: [2026: 7])
  try ledger.upsert([project])
  project.name = "改过的"
  try ledger.upsert([project])
  let before = try Ledger.Project(
    packed: try #require(try ledger.store.read { try $0.record("Project", "P-1") }), limits: .standard)
  ledger.today = 5
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-1", etag: "", schemas: []) }
  ledger.today = 9
  try ledger.write(actor: "chief") { _ = try $0.undelete(Ledger.Project.self, key: "P-1", path: "") }
  var after = try Ledger.Project(
    packed: try #require(try ledger.store.read { try $0.record("Project", "P-1") }), limits: .standard)
  #expect(after.meta?.createTime == before.meta?.createTime && after.meta?.updatedBy == "chief")
  #expect(after.meta?.etag != before.meta?.etag)
  after.meta = before.meta
  #expect(after == before)
  #expect(try ledger.verify().intact)
  // What it refers to must be there.
  try ledger.write { try $0.delete(Ledger.Project.self, key: "P-1", etag: "", schemas: []) }
  try ledger.write { try $0.delete(Ledger.Region.self, key: "410928100", etag: "", schemas: RecordCatalog.schemas) }
  try ledger.write { try $0.delete(Ledger.Region.self, key: "410928", etag: "", schemas: RecordCatalog.schemas) }
  let error = #expect(throws: LedgerError.self) {
    try ledger.write { _ = try $0.undelete(Ledger.Project.self, key: "P-1", path: "record") }
  }
  #expect(error?.violations.map(\.field) == ["record.region"])
}
