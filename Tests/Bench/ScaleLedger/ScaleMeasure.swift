import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage

/// Times what services ask of a large ledger.
struct ScaleMeasure {
  let records: ScaleRecords
  let store: SQLiteStore

  func run() throws {
    try gets()
    try lists()
    try queries()
    try changes()
  }

  private func gets() throws {
    var random = ScaleGenerator(state: 7)
    let kinds: [(String, Int, (Int) -> String)] = [
      ("Enterprise", records.enterprises, records.uscc), ("Project", records.projects, records.projectCode),
      ("Pass", records.passes, { records.pass($0).number }),
    ]
    for (type, count, key) in kinds where count > 0 {
      let keys = (0..<5000).map { _ in key(Int.random(in: 0..<count, using: &random)) }
      try time("get \(type), random, from the file", keys.count) { index in
        guard try store.read({ try $0.record(type, keys[index]) }) != nil else { throw Missing(key: keys[index]) }
      }
      try time("get \(type), from the cache", keys.count) { index in
        _ = store.cached(type, keys[index])
      }
    }
  }

  private func lists() throws {
    let county = ScaleRecords.counties[100]
    let cases: [(String, String, Filter?)] = [
      ("first page", "Enterprise", nil),
      ("of a region", "Enterprise", .compare(column: "region", .equal, .text(county))),
      ("of a region", "Project", .compare(column: "region", .equal, .text(county))),
      ("of a project", "ProjectProgress", .compare(column: "project", .equal, .text(records.projectCode(42)))),
      ("by plate", "Pass", .compare(column: "plate", .equal, .text(records.plate(42)))),
      ("of a division", "Pass", .compare(column: "division", .equal, .text(county))),
    ]
    for (name, type, filter) in cases {
      try time("list \(type), \(name), 100 a page", 50) { _ in
        _ = try store.read { try $0.list(ListQuery(type: type, filter: filter, afterKey: nil, limit: 100)) }
      }
    }
  }

  private func queries() throws {
    let period = YearPeriod(year: Int(ScaleRecords.year))
    let cases: [(String, GroupQuery)] = [
      (
        "project by region: plan_fen, done_fen",
        GroupQuery(
          source: "Project", filter: nil, groupBy: ["region"], measures: [.sum("plan_fen"), .sum("done_fen")],
          period: period, rowsMax: 20_000)
      ),
      (
        "project by region@city: plan_fen, done_fen",
        GroupQuery(
          source: "Project", filter: nil, groupBy: ["region@city"], measures: [.sum("plan_fen"), .sum("done_fen")],
          period: period, rowsMax: 20_000)
      ),
      (
        "project by region, tier: count, total_investment_fen",
        GroupQuery(
          source: "Project", filter: nil, groupBy: ["region", "tier"],
          measures: [.count, .sum("total_investment_fen")], rowsMax: 20_000)
      ),
      (
        "progress by month: completed_fen",
        GroupQuery(
          source: "ProjectProgress", filter: nil, groupBy: ["month"], measures: [.sum("completed_fen")], rowsMax: 100)
      ),
      (
        "progress by project.region of one month",
        GroupQuery(
          source: "ProjectProgress", filter: .compare(column: "month", .equal, .text("\(ScaleRecords.year)-06")),
          groupBy: ["project.region"], measures: [.sum("completed_fen")], rowsMax: 20_000)
      ),
      (
        "enterprise by region: count, headcount",
        GroupQuery(
          source: "Enterprise", filter: nil, groupBy: ["region"], measures: [.count, .sum("headcount")],
          rowsMax: 20_000)
      ),
      (
        "pass by division: count",
        GroupQuery(source: "Pass", filter: nil, groupBy: ["division"], measures: [.count], rowsMax: 20_000)
      ),
      (
        "pass by valid_until@month, state: count",
        GroupQuery(
          source: "Pass", filter: nil, groupBy: ["valid_until@month", "state"], measures: [.count], rowsMax: 100)
      ),
    ]
    for (name, query) in cases {
      try time("query \(name)", 3) { _ in _ = try store.read { try $0.group(query) } }
      if CommandLine.arguments.contains("--plans") {
        for line in try store.read({ try $0.plan(of: query) }) { print("    \(line)") }
      }
    }
  }

  private func changes() throws {
    var query = ChangeQuery(limit: 100)
    try time("changes, newest 100", 50) { _ in _ = try store.read { try $0.changes(query) } }
    query.type = "Region"
    try time("changes of Region, newest 100", 50) { _ in _ = try store.read { try $0.changes(query) } }
    query.key = "110121"
    try time("changes of one record", 50) { _ in _ = try store.read { try $0.changes(query) } }
    var deletes = ChangeQuery(limit: 100)
    deletes.operation = .delete
    try time("changes, deletes", 50) { _ in _ = try store.read { try $0.changes(deletes) } }
    var actor = ChangeQuery(limit: 100)
    actor.actor = "nobody"
    try time("changes of an actor without any", 50) { _ in _ = try store.read { try $0.changes(actor) } }
  }

  private struct Missing: Error { var key: String }

  private func time(_ name: String, _ count: Int, _ body: (Int) throws -> Void) throws {
    var spans: [UInt64] = []
    for index in 0..<count {
      let begin = DispatchTime.now().uptimeNanoseconds
      try body(index)
      spans.append(DispatchTime.now().uptimeNanoseconds - begin)
    }
    spans.sort()
    let at = { (share: Double) in Double(spans[min(spans.count - 1, Int(Double(spans.count) * share))]) / 1000 }
    print("\(name): p50 \(span(at(0.5)))  p99 \(span(at(0.99)))  (\(count))")
  }

  private func span(_ microseconds: Double) -> String {
    microseconds < 1000
      ? "\(fixed(microseconds, 1)) µs"
      : microseconds < 1_000_000
        ? "\(fixed(microseconds / 1000, 1)) ms" : "\(fixed(microseconds / 1_000_000, 2)) s"
  }
}
