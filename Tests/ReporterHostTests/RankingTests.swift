import GuobanLedger
import GuobanMessages
import GuobanRender
import Testing

/// The ranking and the three rates through the real module, the real sandbox and a real SQLite file.
@Suite struct RankingTests {
  private let yi = Records.yi
  private let puyang = Self.puyang

  static var puyang: [any LedgerRecord] {
    let yi = Records.yi
    return [
      Records.region("410900", "濮阳市", kind: .city),
      Records.region("410922", "清丰县", parent: "410900", order: 1),
      Records.region("410923", "南乐县", parent: "410900", order: 2),
      Records.region("410926", "范县", parent: "410900", order: 3),
      Records.region("410928", "濮阳县", parent: "410900", order: 4),
      Records.region("410971", "工业园区", kind: .zone, parent: "410900", group: "功能区", order: 5),
    ] + Records.projects("410923", 41, year: 2023, plan: yi(12003), month: 3, done: yi(5456))
      + Records.projects("410928", 56, year: 2023, plan: yi(34340), month: 3, done: yi(12840))
      + Records.projects("410926", 25, year: 2023, plan: yi(24006), month: 3, done: yi(10912))
      + Records.projects("410922", 21, year: 2023, plan: yi(10000), month: 3, done: nil)
      + Records.projects("410971", 5, year: 2023, plan: yi(1000), month: 3, done: yi(900))
      + [
        Ledger.Indicator(code: "PLAN_COMPLETION_RATE", name: "年度计划完成率", unit: "%", nature: .cumulative),
        Ledger.Observation(
          indicator: "PLAN_COMPLETION_RATE", region: "410928", period: "2023-03", valueE6: 37_410_000, finality: .final),
        Ledger.Observation(
          indicator: "PLAN_COMPLETION_RATE", region: "410923", period: "2023-03", valueE6: 45_500_000, finality: .final),
      ]
  }

  static var batches: [any LedgerRecord] {
    let batches: [(String, Int, Ledger.BatchKind, Int64)] = [
      ("410928", 7, .signing, 480), ("410928", 16, .starting, 762), ("410928", 16, .production, 1345),
      ("410926", 5, .signing, 500), ("410926", 18, .starting, 500), ("410926", 5, .production, 500),
    ]
    var records: [any LedgerRecord] = [Records.region("410928", "濮阳县"), Records.region("410926", "范县")]
    for (region, count, batch, tenths) in batches {
      for index in 1...count {
        let each = Records.yi(tenths * 10) / Int64(count)
        let investment = index == count ? Records.yi(tenths * 10) - each * Int64(count - 1) : each
        let code = "B-\(region)-\(batch.rawValue)-\(index)"
        records.append(
          Ledger.Project(
            code: code, name: code, region: region, tier: .municipal, totalInvestmentFen: investment))
        records.append(Ledger.BatchEntry(project: code, period: "2023-07", batch: batch, nextStage: "2023-03-01"))
      }
    }
    for index in 1...65 {
      let code = "L-\(index)"
      records.append(
        Ledger.Project(code: code, name: code, region: "410928", tier: .municipal, totalInvestmentFen: Records.yi(700)))
      records.append(
        Ledger.BatchEntry(
          project: code, period: "2022-01", batch: .production, nextStage: "2022-06-01", left: "2022-12-31"))
    }
    return records
  }

  @Test(arguments: [
    ("standard", "1", "1", "3"), ("dense", "1", "1", "2"), ("modified", "2", "2", "3"), ("ordinal", "1", "2", "3"),
    ("fractional", "1.5", "1.5", "3.0"),
  ])
  func tiesRankByTheRuleAskedFor(rule: String, nanle: String, fan: String, county: String) throws {
    let result = try run(["year": "2023", "month": "3", "tie_rule": rule], puyang)
    // 5456/12003 and 10912/24006 are one fraction.
    #expect(try printed(result, "南乐县", "ranking")["rank"] == nanle)
    #expect(try printed(result, "范县", "ranking")["rank"] == fan)
    #expect(try printed(result, "濮阳县", "ranking")["rank"] == county)
  }

  @Test func zonesRankApartAndTheMissingComeLastWithoutARank() throws {
    let result = try run(["year": "2023", "month": "3"], puyang)
    #expect(result.tables.map(\.title) == ["县区", "功能区"])
    let names = result.tables[0].rows.map { CellPrint(result).text($0.cells[1], in: result.tables[0].columns[1]) }
    #expect(names == ["南乐县", "范县", "濮阳县", "清丰县"])
    #expect(try printed(result, "清丰县", "ranking")["rank"] == "—")
    #expect(try printed(result, "工业园区", "ranking_2")["rank"] == "1")
    let notes = result.notes.map(\.text).joined()
    #expect(notes.contains("清丰县（21 个中缺 21 个）"))
    #expect(notes.contains("易受个别项目影响：工业园区"))
  }

  /// 29 projects of 59.2 亿 in 华龙区, 37 points ahead of a quarter of the year.
  @Test func s088_progressAheadOfThePlanInPoints() throws {
    let records =
      [Records.region("410900", "濮阳市", kind: .city), Records.region("410902", "华龙区", parent: "410900")]
      + Records.projects("410902", 29, year: 2023, plan: yi(5920), month: 3, done: yi(5920) / 100 * 62)
    let row = try printed(try run(["year": "2023", "month": "3"], records), "华龙区", "ranking")
    #expect([row["projects"], row["share"], row["lead"]] == ["29", "62.00", "+37.00"])
  }

  @Test func s054_rankChangesAgainstTheMonthBefore() throws {
    let records =
      puyang
      + (1...41).map { Records.progress("P-410923-\($0)", 2023, 2, 0) }
      + (1...56).map { Records.progress("P-410928-\($0)", 2023, 2, yi(100)) }
      + (1...25).map { Records.progress("P-410926-\($0)", 2023, 2, yi(10)) }
    let result = try run(["year": "2023", "month": "3"], records)
    #expect(try printed(result, "南乐县", "ranking")["change"] == "+2")
    #expect(try printed(result, "濮阳县", "ranking")["change"] == "-2")
    #expect(try printed(result, "范县", "ranking")["change"] == "+1")
    #expect(try printed(result, "清丰县", "ranking")["change"] == "—")
  }

  @Test func counties() throws {
    let result = try run(["year": "2023", "month": "3", "level": "city"], puyang)
    #expect(try printed(result, "濮阳市", "ranking")["projects"] == "148")
  }

  @Test func threeRatesOfPuyangCountyAndFanCounty() throws {
    let workshop = try Workshop()
    try workshop.install("ThreeRates")
    let result = try workshop.report("three_rates", ["as_of": "2023-04-01"], on: Self.batches)
    let county = try printed(result, "濮阳县", "summary")
    #expect(county["all"] == "104")
    #expect(county["left"] == "65")
    #expect(county["current"] == "39")
    #expect(county["investment"] == "258.7")
    #expect([county["signing"], county["starting"], county["production"]] == ["100.00", "100.00", "100.00"])
    #expect(county["notes"]?.contains("7/7：分母不超过 20，95% 区间 64.57%…100.00%") == true)
    #expect(try printed(result, "范县", "summary")["current"] == "28")
  }

  private func run(_ parameters: [String: String], _ records: [any LedgerRecord]) throws -> Reporting.Result {
    let workshop = try Workshop()
    try workshop.install("Ranking")
    return try workshop.report("ranking", parameters, on: records)
  }
}
