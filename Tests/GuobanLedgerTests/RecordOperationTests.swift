import GuobanLedger
import GuobanMessages
import GuobanStorage
import Testing

private let enterprise = Ledger.Enterprise(
  uscc: "91430502MA9GAAAA5X", name: "邵阳某机械有限公司", region: "430500", headcount: 82, onDuty: 80)

private func code(_ body: () throws -> Void) -> LedgerError? {
  do {
    try body()
    return nil
  } catch {
    return error as? LedgerError
  }
}

@Test func createStampsAndRefusesASecond() throws {
  let ledger = try OpenLedger()
  let bytes = try #require(try ledger.write { try $0.create(enterprise, path: "enterprise") })
  let stored = try Ledger.Enterprise(packed: bytes, limits: .standard)
  #expect(stored.name == enterprise.name)
  #expect(stored.meta?.revision == 4)
  #expect(stored.meta?.etag.isEmpty == false)
  #expect(stored.meta?.updatedBy == "测试员")
  #expect(stored.meta?.createTime == stored.meta?.updateTime)
  #expect(try ledger.record("Enterprise", enterprise.uscc) == bytes)
  #expect(code { try ledger.write { try $0.create(enterprise, path: "enterprise") } }?.reason == "ALREADY_EXISTS")
}

@Test func aReferenceToNothingIsRefusedAndNothingIsWritten() throws {
  let ledger = try OpenLedger()
  var stray = enterprise
  stray.region = "410928"
  let error = code { try ledger.write { [stray] in try $0.create(stray, path: "enterprise") } }
  #expect(error?.violations.map(\.field) == ["enterprise.region"])
  #expect(error?.violations.map(\.rule) == ["NO_SUCH_REGION"])
  #expect(try ledger.record("Enterprise", stray.uscc) == nil)
  #expect(ledger.store.revision == 3)
}

@Test func updateWritesTheMaskedFieldsOnTheRightVersionOnly() throws {
  let ledger = try OpenLedger()
  let first = try Ledger.Enterprise(
    packed: try #require(try ledger.write { try $0.create(enterprise, path: "enterprise") }), limits: .standard)
  let etag = first.meta?.etag ?? ""
  let change = Ledger.Enterprise(uscc: enterprise.uscc, name: "不在掩码里", headcount: 90)
  let second = try Ledger.Enterprise(
    packed: try #require(
      try ledger.write { try $0.update(change, mask: ["headcount"], etag: etag, path: "enterprise") }),
    limits: .standard)
  #expect(second.headcount == 90)
  #expect(second.name == enterprise.name)
  #expect(second.meta?.createTime == first.meta?.createTime)
  #expect(second.meta?.revision == 5)
  // The first etag is out of date now.
  let stale = code { try ledger.write { try $0.update(change, mask: [], etag: etag, path: "enterprise") } }
  #expect(stale?.code == .conflict)
  // The merged record is checked: headcount below on_duty.
  let low = Ledger.Enterprise(uscc: enterprise.uscc, headcount: 10)
  let bad = code { try ledger.write { try $0.update(low, mask: ["headcount"], etag: "", path: "enterprise") } }
  #expect(bad?.violations.map(\.field) == ["enterprise.on_duty"])
}

@Test func upsertCountsAndLeavesTheSameAlone() throws {
  let ledger = try OpenLedger()
  var renamed = enterprise
  renamed.name = "邵阳某机械股份有限公司"
  let created = try ledger.write { try $0.upsert([enterprise], field: "enterprises", checkCancellation: {}) }
  let same = try ledger.write { try $0.upsert([enterprise], field: "enterprises", checkCancellation: {}) }
  let updated = try ledger.write { [renamed] in try $0.upsert([renamed], field: "enterprises", checkCancellation: {}) }
  #expect(created == UpsertCounts(created: 1, updated: 0, unchanged: 0))
  #expect(same == UpsertCounts(created: 0, updated: 0, unchanged: 1))
  #expect(updated == UpsertCounts(created: 0, updated: 1, unchanged: 0))
  #expect(ledger.store.revision == 5)
}

@Test func aBatchMayNameWhatComesLaterInIt() throws {
  let ledger = try OpenLedger()
  let counts = try ledger.write { writer in
    try writer.upsert(
      [
        Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
        Ledger.Region(code: "410900", name: "濮阳市", kind: .city),
      ], field: "regions", checkCancellation: {})
  }
  #expect(counts?.created == 2)
}

@Test func whatIsInUseIsNotDeleted() throws {
  let ledger = try OpenLedger()
  try ledger.write { try $0.create(enterprise, path: "enterprise") }
  let schemas = RecordCatalog.schemas
  let used = code {
    try ledger.write { try $0.delete(Ledger.Region.self, key: "430500", etag: "", schemas: schemas) }
  }
  #expect(used?.reason == "IN_USE")
  try ledger.write { try $0.delete(Ledger.Enterprise.self, key: enterprise.uscc, etag: "", schemas: schemas) }
  try ledger.write { try $0.delete(Ledger.Region.self, key: "430500", etag: "", schemas: schemas) }
  #expect(try ledger.record("Region", "430500") == nil)
  let gone = code { try ledger.write { try $0.delete(Ledger.Region.self, key: "430500", etag: "", schemas: schemas) } }
  #expect(gone?.code == .notFound)
}

@Test func aRegionsCodeIsGivenOutOnce() throws {
  let ledger = try OpenLedger()
  let region = Ledger.Region(code: "430500", name: "另一处", kind: .city, parent: "430000")
  try ledger.write {
    try $0.delete(Ledger.Region.self, key: "430500", etag: "", schemas: RecordCatalog.schemas)
  }
  let refused = code { try ledger.write { try $0.create(region, path: "region") } }
  #expect(refused?.reason == "CODE_RETIRED" && refused?.message.contains("undelete Region 430500") == true)
  #expect(ledger.refusal(of: region)?.reason == "CODE_RETIRED")
  try ledger.write { _ = try $0.undelete(Ledger.Region.self, key: "430500", path: "") }
  #expect(try ledger.record("Region", "430500") != nil)
  // What is there again may be changed.
  try ledger.put(region)
}

@Test func equalLedgersHaveEqualDigestsAndOthersHaveNot() throws {
  let ledger = try OpenLedger()
  let before = try ledger.store.read { try $0.digest(of: RecordCatalog.schemas, checkCancellation: {}) }
  let again = try ledger.store.read { try $0.digest(of: RecordCatalog.schemas, checkCancellation: {}) }
  try ledger.write { try $0.create(enterprise, path: "enterprise") }
  let after = try ledger.store.read { try $0.digest(of: RecordCatalog.schemas, checkCancellation: {}) }
  #expect(before == again)
  #expect(before != after)
  #expect(after.types.first { $0.recordType == "Enterprise" }?.count == 1)
  #expect(after.types.first { $0.recordType == "Region" } == before.types.first { $0.recordType == "Region" })
}

@Test func aRegionAboveItselfIsRefused() throws {
  let ledger = try OpenLedger()
  let loop = [
    Ledger.Region(code: "430500", name: "邵阳市", kind: .city, parent: "430502"),
    Ledger.Region(code: "430502", name: "双清区", kind: .county, parent: "430500"),
  ]
  let error = code { try ledger.write { try $0.upsert(loop, field: "regions", checkCancellation: {}) } }
  #expect(
    error?.violations.map { "\($0.field) \($0.rule)" } == [
      "regions[0].parent REGION_CYCLE", "regions[1].parent REGION_CYCLE",
    ])
  #expect(try ledger.record("Region", "430502") == nil)
  let chain = (1...9).map { level in
    Ledger.Region(code: "Z-\(level)", name: "第 \(level) 级", kind: .zone, parent: level == 1 ? "" : "Z-\(level - 1)")
  }
  #expect(try ledger.write { try $0.upsert(chain, field: "regions", checkCancellation: {}) }?.created == 9)
  let deeper = Ledger.Region(code: "Z-10", name: "第 10 级", kind: .zone, parent: "Z-9")
  let tooDeep = code { try ledger.write { try $0.create(deeper, path: "region") } }
  #expect(tooDeep?.violations.map(\.rule) == ["REGION_CYCLE"])
}
