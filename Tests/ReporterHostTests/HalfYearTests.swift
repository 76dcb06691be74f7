import GuobanLedger
import GuobanMessages
import GuobanRender
import ReporterHost
import Testing

/// The half-year check through the real module, the real sandbox and a real SQLite file.
@Suite struct HalfYearTests {
  private let yi = Records.yi

  @Test func puyangCountyShowsComputedBesidePublished() throws {
    let records =
      [Records.region("410928", "濮阳县")]
      + Records.projects("410928", 56, year: 2023, plan: yi(34340), month: 3, done: yi(12840))
      + [
        Ledger.Indicator(code: "PLAN_COMPLETION_RATE", name: "年度计划完成率", unit: "%", nature: .cumulative),
        Ledger.Observation(
          indicator: "PLAN_COMPLETION_RATE", region: "410928", period: "2023-03", valueE6: 37_410_000, finality: .final),
      ]
    let printed = try print(["year": "2023", "month": "3"], records, "濮阳县")
    #expect(printed["projects"] == "56")
    #expect(printed["plan"] == "343.40")
    #expect(printed["done"] == "128.40")
    #expect(printed["share"] == "37.39")
    #expect(printed["published"] == "37.41")
    #expect(printed["lead"] == "+12.39")
    #expect(printed["light"] == "绿")
    #expect(printed["outcome"] == "未过半")
    #expect(printed["gap"] == "43.30")
    #expect(printed["pace"] == "42.80")
    #expect(printed["pace_needed"] == "23.89")
    #expect(printed["projection"] == "513.60")
    #expect(printed["notes"]?.contains("已公布 37.41%，按台账计算 37.39%") == true)
  }

  @Test func nanleCountyIsAsPublished() throws {
    let records =
      [Records.region("410923", "南乐县")]
      + Records.projects("410923", 41, year: 2023, plan: yi(12003), month: 3, done: yi(5456))
      + [
        Ledger.Observation(
          indicator: "PLAN_COMPLETION_RATE", region: "410923", period: "2023-03", valueE6: 45_500_000, finality: .final)
      ]
    let printed = try print(["year": "2023", "month": "3"], records, "南乐县")
    #expect(printed["share"] == "45.46")
    #expect(printed["published"] == "45.50")
    // 45.46 rounds to the published 45.5: there is nothing to warn of.
    #expect(printed["notes"]?.contains("已公布") == false)
  }

  @Test(arguments: [
    // Plans in 万元, such that what was published comes out: 217.3 亿 is 101.3 % of 214.5113 亿.
    (Ledger.ProjectTier.provincial, "省重点", Int64(2_145_113), Int64(21730), 34, ["214.51", "101.30", "+17.97"]),
    (.municipal, "市重点", 5_462_113, 51180, 326, ["546.21", "93.70", "+10.37"]),
    (.sangaoSixin, "三高四新", 389_465, 4510, 6, ["38.95", "115.80", "+32.47"]),
  ])
  func shaoyangTiers(
    tier: Ledger.ProjectTier, name: String, plan: Int64, done: Int64, count: Int, expected: [String]
  ) throws {
    let records =
      [Records.region("430500", "邵阳市", kind: .city)]
      + Records.projects("430500", count, tier: tier, year: 2022, plan: plan * 1_000_000, month: 10, done: yi(done))
    let printed = try print(["year": "2022", "month": "10", "by": "tier"], records, name)
    #expect(printed["projects"] == "\(count)")
    #expect([printed["plan"], printed["share"], printed["lead"]] == expected)
    #expect(printed["outcome"] == "过半")
  }

  @Test func shaoyangStationProjectIsAhead() throws {
    let records =
      [Records.region("430500", "邵阳市", kind: .city)]
      + Records.projects("430500", 1, year: 2022, plan: yi(400), month: 10, done: yi(531))
    let printed = try print(["year": "2022", "month": "10", "by": "project"], records, "430500项目1")
    #expect(printed["share"] == "132.75")
    #expect(printed["lead"] == "+49.42")
  }

  @Test func s001_hebiIsPastHalfInMay() throws {
    let records =
      [Records.region("410600", "鹤壁市", kind: .city)]
      + Records.projects("410600", 10, year: 2020, plan: yi(10000), month: 5, done: yi(6380))
      + [
        Ledger.Indicator(code: "NEW_STARTS", name: "纳入统计库的新开工项目", unit: "个", nature: .cumulative),
        Ledger.Observation(indicator: "NEW_STARTS", region: "410600", period: "2020-05", valueE6: 173_000_000),
        Ledger.Observation(indicator: "NEW_STARTS", region: "410600", period: "2019-05", valueE6: 149_000_000),
      ]
    let workshop = try Workshop()
    try workshop.install("HalfYear")
    let result = try workshop.report("half_year", ["year": "2020", "month": "5"], on: records)
    let project = try printed(result, "鹤壁市", "projects")
    #expect(project["share"] == "63.80")
    #expect(project["lead"] == "+22.13")
    #expect(project["outcome"] == "过半")
    let indicator = try printed(result, "纳入统计库的新开工项目", "indicators")
    #expect(indicator["actual"] == "173.00")
    #expect(indicator["last_year"] == "149.00")
    #expect(indicator["growth"] == "+16.11")
    #expect(indicator["outcome"] == "无目标")
  }

  @Test func growthAndCumulativeIndicatorsAreJudgedDifferently() throws {
    let records: [any LedgerRecord] = [
      Records.region("430500", "邵阳市", kind: .city),
      Ledger.Indicator(code: "GDP", name: "生产总值增速", unit: "%", nature: .growth),
      Ledger.Indicator(code: "REVENUE", name: "财政收入", unit: "亿元", nature: .cumulative),
      Ledger.Target(indicator: "GDP", region: "430500", year: 2022, valueE6: 7_000_000),
      Ledger.Target(indicator: "REVENUE", region: "430500", year: 2022, valueE6: 200_000_000),
      Ledger.Observation(indicator: "GDP", region: "430500", period: "2022-06", valueE6: 6_200_000),
      Ledger.Observation(indicator: "REVENUE", region: "430500", period: "2022-06", valueE6: 100_000_000),
    ]
    let workshop = try Workshop()
    try workshop.install("HalfYear")
    let result = try workshop.report("half_year", ["year": "2022"], on: records)
    let growth = try printed(result, "生产总值增速", "indicators")
    #expect(growth["difference"] == "-0.80")
    #expect(growth["outcome"] == "未达标")
    #expect(growth["share"] == "—")
    let revenue = try printed(result, "财政收入", "indicators")
    #expect(revenue["share"] == "50.00")
    #expect(revenue["lead"] == "+0.00" || revenue["lead"] == "0.00")
    #expect(revenue["outcome"] == "过半")
  }

  @Test func missingFiguresAreNamedAndNothingIsGuessed() throws {
    let records =
      [Records.region("410926", "范县")]
      + Records.projects("410926", 3, year: 2023, plan: yi(300), month: 6, done: yi(90))
      + Records.projects("410926", 1, year: 2023, plan: yi(100), month: 6, done: nil, prefix: "LATE")
    let printed = try print(["year": "2023"], records, "范县")
    #expect(printed["projects"] == "4")
    #expect(printed["unreported"] == "1")
    #expect(printed["outcome"] == "缺数据")
    #expect(printed["light"] == "—")
    #expect(printed["projection"] == "—")
    #expect(printed["notes"]?.contains("1 个项目没有 2023-06 的进度：410926项目1") == true)
  }

  @Test func aPlanCurveIsTheSchedule() throws {
    let curve = (1...12).map { $0 < 6 ? Int64(0) : yi(100) }
    let records =
      [Records.region("410926", "范县")]
      + Records.projects("410926", 1, year: 2023, plan: yi(100), month: 5, done: 0, curve: curve)
      + Records.projects("410926", 1, year: 2023, plan: yi(100), month: 5, done: yi(50), prefix: "EVEN")
    // One is due nothing by May, the other 5/12 of its plan: together 5/24.
    let printed = try print(["year": "2023", "month": "5"], records, "范县")
    #expect(printed["schedule"] == "20.83")
    #expect(printed["share"] == "25.00")
    #expect(printed["lead"] == "+4.17")
  }

  @Test func wrongParametersAndNoDataAreToldToTheClerk() throws {
    let workshop = try Workshop()
    try workshop.install("HalfYear")
    #expect(throws: ParameterProblems.self) { try workshop.run("half_year", ["yeer": "2023"]) }
    #expect(throws: ParameterProblems.self) { try workshop.run("half_year", ["year": "last"]) }
    let outcome = try workshop.run("half_year", ["year": "2023", "month": "13"])
    guard case .failure(let failure) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(failure.message == "参数 month 必须是 1…12 之间的整数，现在是 13")
  }

  private func print(
    _ parameters: [String: String], _ records: [any LedgerRecord], _ name: String
  ) throws -> [String: String] {
    let workshop = try Workshop()
    try workshop.install("HalfYear")
    let result = try workshop.report("half_year", parameters, on: records)
    return try printed(result, name, "projects").merging(try printed(result, name, "outlook")) { first, _ in first }
  }
}

/// A row as printed, by column id, with all notes under "notes".
func printed(_ result: Reporting.Result, _ name: String, _ table: String) throws -> [String: String] {
  let cells = try result.row(name, of: table)
  let columns = result.tables.first { $0.id == table }?.columns ?? []
  var printed: [String: String] = [:]
  for column in columns {
    if let cell = cells[column.id] { printed[column.id] = CellPrint(result).text(cell, in: column) }
  }
  printed["notes"] = result.notes.map(\.text).joined(separator: "\n")
  return printed
}
