import GuobanLedger
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

/// Asks as reporters and clients do, and writes the rows down as text: "410928|5|7".
private func rows(
  _ ledger: TimedLedger, _ query: Reporting.DataQuery, rowsMax: Int = 1000
) throws -> (rows: [String], more: Bool, period: String) {
  let catalog = try SchemaCatalog(RecordCatalog.schemas)
  let filters = FilterParser(catalog: catalog, limits: .standard)
  return try ledger.store.read { reader in
    let parsed = try SourceQuery(query, over: nil, filters: filters, rowsMax: rowsMax)
      .query.dated(by: reader, catalog: catalog)
    let result = try reader.group(parsed)
    let texts = (0..<(result.columns.first?.count ?? 0)).map { row in
      result.columns.map { column in
        switch column[row] {
        case .integer(let value): "\(value)"
        case .text(let text): text
        case .textList(let list): list.joined(separator: "+")
        case .null: "-"
        }
      }.joined(separator: "|")
    }
    return (texts, result.more, parsed.period?.description ?? "")
  }
}

private func sum(_ column: String) -> Reporting.Measure { Reporting.Measure(kind: .sum, column: column) }

private func projectLedger() throws -> TimedLedger {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  try ledger.upsert([
    Sample.project("P-1", "410928", plans: [2025: 90, 2026: 100], started: "2026-02-10"),
    Sample.project("P-2", "410928100", plans: [2026: 200], started: "2026-03-31"),
    Sample.project("P-3", "PY-JKQ", plans: [2026: 300], started: "2026-04-01"),
    Sample.project("P-4", "410922", plans: [2025: 400]),
    Sample.project("P-5", "410900", plans: [2026: 500], started: "2025-12-31"),
    Sample.project("P-6", "411000"),
  ])
  try ledger.upsert([
    Sample.progress("P-1", "2025-12", 88), Sample.progress("P-1", "2026-01", 10),
    Sample.progress("P-1", "2026-03", 30), Sample.progress("P-2", "2026-02", 25), Sample.progress("P-3", "2025-06", 7),
  ])
  return ledger
}

@Test func plansAndProgressOfAYearAreSummedTogether() throws {
  let ledger = try projectLedger()
  let query = Reporting.DataQuery(
    source: "project", groupBy: ["region"], measures: [sum("plan_fen"), sum("done_fen")])
  let latest = try rows(ledger, query)
  #expect(latest.period == "2026")
  #expect(
    latest.rows == [
      "410900|500|-", "410922|-|-", "410928|100|30", "410928100|200|25", "411000|-|-", "PY-JKQ|300|-",
    ])
  var then = query
  then.period = "2025"
  #expect(
    try rows(ledger, then).rows == [
      "410900|-|-", "410922|400|-", "410928|90|88", "410928100|-|-", "411000|-|-", "PY-JKQ|-|7",
    ])
  // As of February the March figure is not known yet.
  then.period = "2026-02"
  then.filter = "region = 410928"
  #expect(try rows(ledger, then).rows == ["410928|100|10"])
  // Filters may use them as well.
  then.filter = "plan_fen >= 200"
  #expect(try rows(ledger, then).rows.map { $0.prefix(6) } == ["410900", "410928", "PY-JKQ"])
}

@Test func regionsAreGroupedAtEveryLevel() throws {
  let ledger = try projectLedger()
  let cases: [(String, [String])] = [
    ("region@province", ["410000|6|1100"]),
    ("region@city", ["410900|5|1100", "411000|1|-"]),
    // A zone right below a city counts as a county; what lies above a level has no place in it.
    ("region@county", ["-|2|500", "410922|1|-", "410928|2|300", "PY-JKQ|1|300"]),
    ("region@township", ["-|5|900", "410928100|1|200"]),
  ]
  for (key, expected) in cases {
    let query = Reporting.DataQuery(
      source: "Project", groupBy: [key], measures: [Reporting.Measure(kind: .count), sum("plan_fen")])
    #expect(try rows(ledger, query).rows == expected, "\(key)")
  }
  // Through a reference, and of regions themselves.
  #expect(
    try rows(
      ledger,
      Reporting.DataQuery(
        source: "project-plan", groupBy: ["project.region@city", "year"], measures: [sum("plan_fen")])
    ).rows == ["410900|2025|490", "410900|2026|1100"])
  #expect(
    try rows(
      ledger, Reporting.DataQuery(source: "REGION", groupBy: ["key@city"], measures: [Reporting.Measure(kind: .count)])
    ).rows == ["-|1", "410900|5", "411000|1"])
}

@Test func datesAreGroupedByTheirParts() throws {
  let ledger = try projectLedger()
  let query = { (part: String) in
    Reporting.DataQuery(
      source: "Project", groupBy: ["milestones_started@\(part)"], measures: [Reporting.Measure(kind: .count)])
  }
  #expect(try rows(ledger, query("year")).rows == ["-|2", "2025|1", "2026|3"])
  #expect(try rows(ledger, query("quarter")).rows == ["-|2", "2025-Q4|1", "2026-Q1|2", "2026-Q2|1"])
  #expect(try rows(ledger, query("month")).rows == ["-|2", "2025-12|1", "2026-02|1", "2026-03|1", "2026-04|1"])
}

@Test func groupsComeInTheOrderThatIsAskedForAndSayThatThereAreMore() throws {
  let ledger = try projectLedger()
  var query = Reporting.DataQuery(
    source: "Project", groupBy: ["region"], measures: [sum("plan_fen")],
    orderBy: [Reporting.QueryOrder(column: "sum(plan_fen)", descending: true)], limit: 2)
  #expect(try rows(ledger, query) == (["410900|500", "PY-JKQ|300"], true, "2026"))
  query.limit = 6
  let all = try rows(ledger, query)
  // What has no value comes last, in either direction; equals keep the order of the keys.
  #expect(all == (["410900|500", "PY-JKQ|300", "410928100|200", "410928|100", "410922|-", "411000|-"], false, "2026"))
  query.orderBy[0].descending = false
  #expect(try rows(ledger, query).rows.suffix(2) == ["410922|-", "411000|-"])
  query.orderBy[0].column = "sum(tier)"
  #expect(throws: StorageError.self) { try rows(ledger, query) }
  // All groups, and there may be fewer: an error, never a silent cut.
  query = Reporting.DataQuery(source: "Project", groupBy: ["key"], measures: [sum("plan_fen")])
  #expect(try rows(ledger, query, rowsMax: 6).rows.count == 6)
  #expect(throws: StorageError.self) { try rows(ledger, query, rowsMax: 5) }
}

@Test func ratiosAreExactAndOrderedExactly() throws {
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  // 2/3 < 666666666666667/10^15, which floating point of less precision would not tell apart.
  let plans: [(String, Int64, Int64)] = [
    ("A", 3, 2), ("B", 1_000_000_000_000_000, 666_666_666_666_667), ("C", 1_000_000_000_000_000, 666_666_666_666_666),
    ("D", 0, 5), ("E", 10, 9),
  ]
  for (code, plan, done) in plans {
    try ledger.upsert([Sample.project(code, "410928", plans: [2026: plan]), Sample.progress(code, "2026-01", done)])
  }
  let query = Reporting.DataQuery(
    source: "Project", groupBy: ["key"],
    measures: [Reporting.Measure(kind: .ratio, column: "done_fen", divisor: "plan_fen")],
    orderBy: [Reporting.QueryOrder(column: "ratio(done_fen,plan_fen)", descending: true)], limit: 4)
  let found = try rows(ledger, query)
  #expect(
    found.rows == [
      "E|9|10", "B|666666666666667|1000000000000000", "A|2|3", "C|666666666666666|1000000000000000",
    ])
  #expect(found.more)
}

@Test func distinctValuesAreCountedAndOverflowIsSaid() throws {
  let ledger = try projectLedger()
  let distinct = Reporting.Measure(kind: .countDistinct, column: "region")
  #expect(try rows(ledger, Reporting.DataQuery(source: "Project", measures: [distinct])).rows == ["6"])
  // No record may hold so much: storage is asked directly, and says it instead of wrapping round.
  try ledger.write { writer in
    for number in 0..<2 {
      var stored = try RecordCatalog.project(
        type: "ProjectProgress", bytes: Sample.progress("P-1", "2026-0\(number + 5)", 1).packed(), limits: .standard)
      stored.columns[3] = .integer(.max)
      try writer.put(stored, operation: .create)
    }
  }
  let error = #expect(throws: StorageError.self) {
    try rows(ledger, Reporting.DataQuery(source: "ProjectProgress", measures: [sum("completed_fen")]))
  }
  #expect(error?.code == .tooLarge)
}

@Test func whatCannotBeAskedIsRefusedWithWhatCan() throws {
  let ledger = try projectLedger()
  let cases: [(Reporting.DataQuery, String)] = [
    (Reporting.DataQuery(source: "Projects", measures: [sum("plan_fen")]), "ProjectPlan"),
    (Reporting.DataQuery(source: "Project", measures: [sum("plan")]), "done_fen"),
    (Reporting.DataQuery(source: "Project", groupBy: ["region@village"], measures: [sum("plan_fen")]), "@township"),
    (Reporting.DataQuery(source: "Project", groupBy: ["tier@city"], measures: [sum("plan_fen")]), "@month"),
    (Reporting.DataQuery(source: "Project", groupBy: ["tags"], measures: [sum("plan_fen")]), "list"),
    (Reporting.DataQuery(source: "Project", measures: [sum("name")]), "name"),
    (Reporting.DataQuery(source: "Project", measures: [sum("plan_fen")], period: "2026-13"), "2023-06"),
    (Reporting.DataQuery(source: "Project"), "measure"),
  ]
  for (query, hint) in cases {
    let error = #expect(throws: StorageError.self) { try rows(ledger, query) }
    #expect(error?.code == .invalidQuery && error?.message.contains(hint) == true, "\(error?.message ?? "")")
  }
  // Lists have no period.
  let list = ListQuery(
    type: "Project", filter: .compare(column: "plan_fen", .greater, .integer(1)), afterKey: nil, limit: 1)
  #expect(throws: StorageError.self) { _ = try ledger.store.read { try $0.list(list) } }
}

@Test func randomQueriesAgreeWithAModel() throws {
  var random = SeededGenerator("queries")
  let ledger = try TimedLedger()
  try ledger.upsert(Sample.regions)
  let parents = [
    "410000": "", "410900": "410000", "410928": "410900", "410922": "410900", "410928100": "410928",
    "PY-JKQ": "410900", "411000": "410000",
  ]
  let codes = parents.keys.sorted()
  struct Truth { var region: String, plans: [Int32: Int64], done: [String: Int64] }
  var truth: [String: Truth] = [:]
  for number in 0..<60 {
    let code = "P-\(number)"
    let plans = Dictionary(
      (2024...2026).filter { _ in Bool.random(using: &random) }.map {
        (Int32($0), Int64.random(in: 0...1_000_000, using: &random))
      }
    ) { first, _ in first }
    var done: [String: Int64] = [:]
    for year in 2024...2026 {
      for month in 1...12 where Int.random(in: 0..<4, using: &random) == 0 {
        done["\(year)-\(month < 10 ? "0" : "")\(month)"] = .random(in: 0...1_000_000, using: &random)
      }
    }
    let region = codes.randomElement(using: &random) ?? "410928"
    truth[code] = Truth(region: region, plans: plans, done: done)
    try ledger.upsert(
      [Sample.project(code, region, plans: plans)] + done.map { Sample.progress(code, $0.key, $0.value) })
  }
  let city = { (code: String) -> String? in
    var here = code
    while !here.isEmpty {
      if here == "410900" || here == "411000" { return here }
      here = parents[here] ?? ""
    }
    return nil
  }
  for _ in 0..<60 {
    let year = Int.random(in: 2024...2026, using: &random)
    let month = Int.random(in: 1...12, using: &random)
    let period = "\(year)-\(month < 10 ? "0" : "")\(month)"
    var sums: [String: (Int, Int64?, Int64?)] = [:]
    for one in truth.values {
      let done = one.done.filter { $0.key.hasPrefix("\(year)-") && $0.key <= period }.max { $0.key < $1.key }?.value
      let add = { (sum: Int64?, value: Int64?) in value.map { $0 + (sum ?? 0) } ?? sum }
      let key = city(one.region) ?? "-"
      let old = sums[key] ?? (0, nil, nil)
      sums[key] = (old.0 + 1, add(old.1, one.plans[Int32(year)]), add(old.2, done))
    }
    let expected = sums.sorted { ($0.key == "-" ? "" : $0.key) < ($1.key == "-" ? "" : $1.key) }.map { key, value in
      "\(key)|\(value.0)|\(value.1.map(String.init) ?? "-")|\(value.2.map(String.init) ?? "-")"
    }
    let found = try rows(
      ledger,
      Reporting.DataQuery(
        source: "Project", groupBy: ["region@city"],
        measures: [Reporting.Measure(kind: .count), sum("plan_fen"), sum("done_fen")], period: period))
    #expect(found.rows == expected, "\(period)")
  }
}
