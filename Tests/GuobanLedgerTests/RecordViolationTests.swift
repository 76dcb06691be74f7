import GuobanMessages
import GuobanStorage
import Testing

@testable import GuobanLedger

/// A record with one fault, and the field and rule that must be named.
private struct Fault: CustomTestStringConvertible, Sendable {
  var record: any LedgerRecord
  var field: String
  var rule: String
  var testDescription: String { "\(type(of: record).schema.name) \(field) \(rule)" }

  init(_ record: any LedgerRecord, _ field: String, _ rule: String) {
    self.record = record
    self.field = field
    self.rule = rule
  }
}

private func enterprise(_ change: (inout Ledger.Enterprise) -> Void) -> Ledger.Enterprise {
  var enterprise = Ledger.Enterprise(
    uscc: "91410922MA9GAAAA59", name: "清丰县某食品有限公司", region: "410922", industry: "C1371", scale: .above,
    status: .normal, headcount: 120, onDuty: 100)
  change(&enterprise)
  return enterprise
}

private func project(_ change: (inout Ledger.Project) -> Void) -> Ledger.Project {
  var project = Ledger.Project(
    code: "2302-410928-04-01-123456", name: "某项目", region: "410928", tier: .municipal, kind: .new,
    totalInvestmentFen: 100_000_000_00, plans: [Ledger.YearPlan(year: 2023, planFen: 50_000_000_00)])
  change(&project)
  return project
}

private func pass(_ change: (inout Ledger.Pass) -> Void) -> Ledger.Pass {
  var pass = Ledger.Pass(
    number: "430500000001", kind: .province, plate: "湘E12345", goods: "生活物资", loadKg: 26_170, origin: "430500",
    destination: "430000", validFrom: "2022-11-01", validUntil: "2022-11-07", state: .issued)
  change(&pass)
  return pass
}

private let faults: [Fault] = [
  Fault(enterprise { $0.uscc = "91410922MA9GAAAA58" }, "uscc", "USCC_CHECK_CHARACTER"),
  Fault(enterprise { $0.uscc = "" }, "uscc", "REQUIRED"),
  Fault(enterprise { $0.name = "" }, "name", "REQUIRED"),
  Fault(enterprise { $0.name = String(repeating: "长", count: 201) }, "name", "TOO_LONG"),
  Fault(enterprise { $0.name = "两行\n名字" }, "name", "CONTROL_CHARACTER"),
  Fault(enterprise { $0.name = "空格 " }, "name", "SURROUNDING_SPACE"),
  Fault(enterprise { $0.name = "\u{3000}空格" }, "name", "SURROUNDING_SPACE"),
  Fault(enterprise { $0.name = "甲\u{200B}" }, "name", "CONTROL_CHARACTER"),
  Fault(enterprise { $0.name = "甲\u{202E}乙" }, "name", "CONTROL_CHARACTER"),
  Fault(enterprise { $0.name = "a" + String(repeating: "\u{301}", count: 200) }, "name", "TOO_LONG"),
  Fault(enterprise { $0.headcount = -1 }, "headcount", "OUT_OF_RANGE"),
  Fault(enterprise { $0.onDuty = 121 }, "on_duty", "MORE_THAN_HEADCOUNT"),
  Fault(enterprise { $0.scale = .init(rawValue: 9) }, "scale", "UNKNOWN_CHOICE"),
  Fault(enterprise { $0.qualifications = ["专精特新", "专精特新"] }, "qualifications[1]", "REPEATED"),
  Fault(enterprise { $0.tags = (0...64).map { "t\($0)" } }, "tags", "TOO_MANY"),
  Fault(enterprise { $0.labels = [:].merging((0...64).map { ("k\($0)", "v") }) { $1 } }, "labels", "TOO_MANY"),
  Fault(project { $0.tier = .unspecified }, "tier", "REQUIRED"),
  Fault(project { $0.totalInvestmentFen = -1 }, "total_investment_fen", "OUT_OF_RANGE"),
  Fault(project { $0.totalInvestmentFen = 1_000_000_000_000_001 }, "total_investment_fen", "OUT_OF_RANGE"),
  Fault(project { $0.plans.append(.init(year: 2023, planFen: 1)) }, "plans[1].year", "REPEATED"),
  Fault(project { $0.plans[0].year = 1989 }, "plans[0].year", "OUT_OF_RANGE"),
  Fault(project { $0.plans[0].curveFen = [1, 2, 3] }, "plans[0].curve_fen", "TWELVE_MONTHS"),
  Fault(
    project { $0.plans[0] = .init(year: 2023, planFen: 11, curveFen: [0, 1, 2, 3, 2, 5, 6, 7, 8, 9, 10, 11]) },
    "plans[0].curve_fen[4]", "FALLING"),
  Fault(
    project { $0.plans[0] = .init(year: 2023, planFen: 12, curveFen: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) },
    "plans[0].curve_fen[11]", "NOT_THE_PLAN"),
  Fault(
    project { $0.milestones = .init(signed: "2023-03-01", started: "2023-02-01") }, "milestones.started", "OUT_OF_ORDER"
  ),
  Fault(
    Ledger.ProjectProgress(project: "P1", month: "2023-06", physicalPermille: 1001), "physical_permille", "OUT_OF_RANGE"
  ),
  Fault(Ledger.BatchEntry(project: "P1", period: "a/b", batch: .signing), "period", "SLASH"),
  Fault(
    Ledger.BatchEntry(project: "P1", period: "2023-01", batch: .signing, nextStage: "2023-05-01", left: "2023-04-01"),
    "left", "OUT_OF_ORDER"),
  Fault(
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410928"), "parent", "OWN_PARENT"),
  Fault(
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, validFrom: "2020-01-01", validUntil: "2019-12-31"),
    "valid_until", "ENDS_BEFORE_START"),
  Fault(Ledger.Target(indicator: "GDP", region: "410900", year: 2101), "year", "OUT_OF_RANGE"),
  Fault(pass { $0.loadKg = 1_000_001 }, "load_kg", "OUT_OF_RANGE"),
  Fault(pass { $0.validUntil = "2022-10-31" }, "valid_until", "ENDS_BEFORE_START"),
  Fault(pass { $0.kind = .unspecified }, "kind", "REQUIRED"),
]

@Test("a record with one fault names its field and rule, and nothing else", arguments: faults.indices)
func oneFaultIsNamed(index: Int) {
  let fault = faults[index]
  let violations = fault.record.violations(path: "records[3].")
  #expect(violations.map(\.field) == ["records[3].\(fault.field)"])
  #expect(violations.map(\.rule) == [fault.rule])
  #expect(violations.allSatisfy { !$0.message.isEmpty })
}

@Test func goodRecordsBreakNoRule() {
  let good: [any LedgerRecord] = [enterprise { _ in }, project { _ in }, pass { _ in }]
  for record in good { #expect(record.violations(path: "").isEmpty) }
}

@Test(
  "dates, months, plates and codes that are no such thing are refused",
  arguments: ["2023-02-29", "2023-13-01", "x", "0"])
func formsAreChecked(text: String) {
  #expect(project { $0.plannedCompletion = text }.violations(path: "").map(\.field) == ["planned_completion"])
  #expect(Ledger.ProjectProgress(project: "P", month: text).violations(path: "").map(\.field) == ["month"])
  #expect(pass { $0.plate = text }.violations(path: "").map(\.field) == ["plate"])
  #expect(Ledger.Region(code: text, name: "n", kind: .county).violations(path: "").map(\.field) == ["code"])
}

@Test func everyTypeProjectsAsManyColumnsAsItsSchemaHas() {
  for definition in RecordCatalog.all {
    func check<Record: LedgerRecord>(_ type: Record.Type) {
      let stored = Record().stored(dataKey: .keep)
      #expect(stored.columns.count == Record.schema.columns.count, "\(Record.schema.name)")
      #expect(stored.children.count == Record.schema.children.count, "\(Record.schema.name)")
    }
    check(definition.type)
  }
}

@Test func aBatchReportsEveryFaultAndRepeatedKeys() {
  let records = [enterprise { _ in }, enterprise { $0.name = "" }, enterprise { $0.headcount = -5 }]
  var input = RecordInput(
    type: Ledger.Enterprise.self, field: "enterprises", isBatch: true, bounds: .standard, limits: .standard)
  for record in records { input.append(record.packed()) }
  input.append([0xFF])
  #expect(
    input.violations.map { "\($0.field) \($0.rule)" } == [
      "enterprises[1].name REQUIRED", "enterprises[1] REPEATED_KEY", "enterprises[2].headcount OUT_OF_RANGE",
      "enterprises[2] REPEATED_KEY", "enterprises[3] MALFORMED",
    ])
  #expect(throws: LedgerError.self) { try input.finish() }
}

@Test func aMaskTakesOnlyItsFields() throws {
  let stored = enterprise { $0.labels = ["a": "1"] }
  let given = Ledger.Enterprise(uscc: stored.uscc, name: "新名字", headcount: 7)
  let merged = try UpdateMask(["name", "headcount"], for: Ledger.Enterprise.self).merge(given, into: stored)
  #expect(
    merged
      == enterprise {
        $0.labels = ["a": "1"]
        $0.name = "新名字"
        $0.headcount = 7
      })
  // A masked field that the request leaves out is cleared.
  let cleared = try UpdateMask(["labels", "industry"], for: Ledger.Enterprise.self).merge(given, into: stored)
  #expect(cleared == enterprise { $0.industry = "" })
  #expect(throws: LedgerError.self) { try UpdateMask(["nosuch"], for: Ledger.Enterprise.self) }
  #expect(throws: LedgerError.self) { try UpdateMask(["meta"], for: Ledger.Enterprise.self) }
}

@Test func aMaskNamesFieldsInFieldsAndElementsByTheirFirstField() throws {
  func plan(_ year: Int32, _ fen: Int64, _ curve: [Int64] = []) -> Ledger.YearPlan {
    Ledger.YearPlan(year: year, planFen: fen, curveFen: curve)
  }
  let stored = Ledger.Project(
    code: "A", labels: ["a": "1", "b": "2"], plans: [plan(2022, 1), plan(2023, 2, [2]), plan(2024, 3)],
    milestones: Ledger.Milestones(signed: "2022-01-01", started: "2022-02-01"))
  func merged(_ given: Ledger.Project, _ paths: String...) throws -> Ledger.Project {
    try UpdateMask(paths, for: Ledger.Project.self).merge(given, into: stored)
  }
  var given = Ledger.Project(
    code: "A", labels: ["a": "9", "c": "3"], plans: [plan(2023, 7), plan(2025, 8)],
    milestones: Ledger.Milestones(started: "2022-03-01"))
  #expect(try merged(given, "milestones.started").milestones?.signed == "2022-01-01")
  #expect(try merged(given, "milestones.started").milestones?.started == "2022-03-01")
  #expect(try merged(given, "milestones.signed").milestones == Ledger.Milestones(started: "2022-02-01"))
  #expect(try merged(given, "milestones", "milestones.signed").milestones == given.milestones)
  // A year that is named and not given loses what is named.
  #expect(try merged(given, "plans.2023").plans == [plan(2022, 1), plan(2023, 7), plan(2024, 3)])
  #expect(try merged(given, "plans.2023.plan_fen").plans == [plan(2022, 1), plan(2023, 7, [2]), plan(2024, 3)])
  #expect(try merged(given, "plans.2024").plans == [plan(2022, 1), plan(2023, 2, [2])])
  #expect(try merged(given, "plans.2024.plan_fen").plans == [plan(2022, 1), plan(2023, 2, [2])])
  #expect(try merged(given, "plans.2025.plan_fen").plans == stored.plans + [plan(2025, 8)])
  // All that are given, and no other.
  #expect(
    try merged(given, "plans.*.plan_fen").plans
      == [plan(2022, 1), plan(2023, 7, [2]), plan(2024, 3), plan(2025, 8)])
  #expect(try merged(given, "labels.a").labels == ["a": "9", "b": "2"])
  #expect(try merged(given, "labels.*").labels == ["a": "9", "b": "2", "c": "3"])
  given.milestones = nil
  #expect(try merged(given, "milestones.signed", "milestones.started").milestones == nil)
  for path in ["plans.2023.nosuch", "milestones.", "milestones.signed.x", "name.x", "plans.", "meta.etag", ".", ""] {
    #expect(throws: LedgerError.self, "\(path)") { try UpdateMask([path], for: Ledger.Project.self) }
  }
}

@Test("a zone may have a national code or one of its own", arguments: ["410971", "PY-SFQ"])
func zonesMayHaveEitherCode(code: String) {
  #expect(Ledger.Region(code: code, name: "某开发区", kind: .zone).violations(path: "").isEmpty)
  let county = Ledger.Region(code: code, name: "某县", kind: .county).violations(path: "")
  #expect(county.isEmpty == (code == "410971"))
}
