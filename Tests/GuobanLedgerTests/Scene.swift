import Foundation
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanRegisters
import GuobanStorage
import Testing

/// What tests of figures put into a ledger and ask of it: always through the operations and queries that services use.
extension OpenLedger {
  static let limits = FilterLimits.standard

  /// Writes records of one type, as BatchUpsert does: read from bytes, checked, completed, settled.
  @discardableResult
  func put(_ records: [any LedgerRecord]) throws -> UpsertCounts {
    guard let first = records.first else { return UpsertCounts(created: 0, updated: 0, unchanged: 0) }
    var input = RecordInput(
      type: type(of: first), field: "records", isBatch: true, bounds: .standard, limits: .standard)
    for record in records { input.append(record.packed()) }
    try input.finish()
    let checked = input.records
    let counts = try write { try $0.upsert(checked, field: "records", checkCancellation: {}) }
    return try #require(counts)
  }

  func put(_ record: any LedgerRecord) throws { try put([record]) }

  /// What is said against writing it.
  func refusal(of record: any LedgerRecord) -> LedgerError? { refused { try put(record) } }

  /// Defines registers that ship.
  func define(_ ids: String...) throws { try put(try ids.map(shippedRegister)) }

  /// A grouped query over a record type or a register, with a filter as people write it.
  func group(
    _ source: String, _ filter: String = "", by groupBy: [String] = [], _ measures: [Measure] = [.count]
  ) throws -> [[ColumnValue]] {
    let parser = FilterParser(catalog: try SchemaCatalog(store.schemas), limits: Self.limits)
    let result = try store.read { reader in
      var query = GroupQuery(source: source, filter: nil, groupBy: groupBy, measures: measures, rowsMax: 10_000)
      guard let view = try SourceView.named(source, in: reader) else {
        query.filter = try parser.parse(filter, source: source)
        return try reader.group(query)
      }
      var onBase = view.onBase(query)
      onBase.filter = try parser.parse(filter, over: view)
      return try reader.group(onBase)
    }
    return (result.columns.first ?? []).indices.map { row in result.columns.map { $0[row] } }
  }

  /// One number of a query without groups; 0 for the sum of nothing.
  func number(_ source: String, _ filter: String = "", _ measure: Measure = .count) throws -> Int64 {
    guard case .integer(let number)? = try group(source, filter, [measure]).first?.first else { return 0 }
    return number
  }

  private func group(_ source: String, _ filter: String, _ measures: [Measure]) throws -> [[ColumnValue]] {
    try group(source, filter, by: [], measures)
  }
}

/// The definition files that ship, from the source tree.
let shippedFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../Sources/guobanctl/Registers").standardized.path

func shippedRegister(_ id: String) throws -> Ledger.Register {
  let text = try String(contentsOfFile: "\(shippedFolder)/\(id).yaml", encoding: .utf8)
  return try RegisterFile.register(yaml: text, file: "\(id).yaml")
}

typealias Values = KeyValuePairs<String, Ledger.EntryValue.Kind>

func newEntry(_ register: String, _ id: String, region: String = "430500", _ values: Values) -> Ledger.Entry {
  Ledger.Entry(
    register: register, id: id, region: region, values: values.map { Ledger.EntryValue(field: $0.key, kind: $0.value) })
}

/// An entry whose id the register's template makes.
func newEntry(_ register: String, region: String = "430500", _ values: Values) -> Ledger.Entry {
  newEntry(register, "", region: region, values)
}

/// 亿元 or 万元 in 分.
func fen(_ text: String, _ unit: MoneyUnit = .yiYuan) throws -> Int64 { try Fen(text, in: unit).amount }

/// What the ledger said no with.
func refused(_ body: () throws -> Void) -> LedgerError? {
  do {
    try body()
    return nil
  } catch {
    return error as? LedgerError
  }
}

func percent(_ fraction: Fraction, _ decimals: Int = 2) -> String {
  fraction.percentText(DecimalStyle(decimals: decimals))
}

func lead(_ fraction: Fraction) -> String {
  fraction.percentText(DecimalStyle(decimals: 2, showsPlus: true))
}

/// A valid code for any number: GB 32100's check character is computed here once more.
func uscc(_ number: Int, division: String = "430500") -> String {
  let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
  let body = "91\(division)" + String(1_000_000_000 + number).dropFirst()
  let sum = zip(body, [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]).reduce(0) { sum, pair in
    sum + (alphabet.firstIndex(of: pair.0) ?? 0) * pair.1
  }
  return body + String(alphabet[(31 - sum % 31) % 31])
}

/// So many parts of an amount, all equal but the last, which takes what is left: sums close exactly.
func parts(of amount: Int64, count: Int) -> [Int64] {
  let part = amount / Int64(count)
  return (0..<count).map { $0 == count - 1 ? amount - part * Int64(count - 1) : part }
}

func month(_ ordinal: Int, year: Int) -> String { "\(year)-\(ordinal < 10 ? "0" : "")\(ordinal)" }

extension OpenLedger {
  static let henan: [Ledger.Region] = [
    Ledger.Region(code: "410000", name: "河南省", kind: .province),
    Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410923", name: "南乐县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410926", name: "范县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410922", name: "清丰县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410927", name: "台前县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410200", name: "开封市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410600", name: "鹤壁市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410421", name: "宝丰县", kind: .county, parent: "410000"),
  ]

  /// Projects with a plan for the year, and what is done of it by a month's end.
  func putProjects(
    _ prefix: String, region: String, tier: Ledger.ProjectTier, count: Int, newCount: Int = 0, plan: Int64, done: Int64,
    year: Int, month: Int
  ) throws {
    let plans = parts(of: plan, count: count)
    let dones = parts(of: done, count: count)
    let codes = (0..<count).map { "\(prefix)-\(1000 + $0)" }
    try put(
      (0..<count).map { index in
        Ledger.Project(
          code: codes[index], name: "项目 \(index)", region: region, tier: tier,
          kind: index < newCount ? .new : .continuing, totalInvestmentFen: plans[index] * 2,
          plans: [Ledger.YearPlan(year: Int32(year), planFen: plans[index])])
      })
    try put(
      (0..<count).map { index in
        Ledger.ProjectProgress(
          project: codes[index], month: GuobanLedgerTests.month(month, year: year), completedFen: dones[index])
      })
  }

  /// Done ÷ planned of the projects that a filter on them admits, from grouped queries alone.
  func share(year: Int, month: Int, _ projects: String) throws -> Fraction {
    let dotted = projects.isEmpty ? "" : " AND \(projects)"
    let plan = try number("ProjectPlan", "year = \(year)" + dotted, .sum("plan_fen"))
    let done = try number(
      "ProjectProgress", "month = \"\(GuobanLedgerTests.month(month, year: year))\"" + dotted, .sum("completed_fen"))
    return try Fraction(done, over: plan)
  }
}
