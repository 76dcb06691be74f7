import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// Figures of projects that the five places published, from records through grouped queries.
struct ProjectFigureTests {
  /// Published 37.41 %, computed 37.39: the inputs were rounded, so both are kept.
  @Test func s052_puyangCountysPlanAndProgress() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.putProjects(
      "PY", region: "410928", tier: .provincial, count: 56, newCount: 36, plan: fen("343.4"), done: fen("128.4"),
      year: 2023, month: 3)
    let kinds = try ledger.group("Project", "region = \"410928\"", by: ["kind"])
    #expect(kinds == [[.text("CONTINUING"), .integer(20)], [.text("NEW"), .integer(36)]])
    let share = try ledger.share(year: 2023, month: 3, "project.region = \"410928\"")
    #expect(share == (try Fraction(642, over: 1717)))
    #expect(percent(share) == "37.39")
    try ledger.put(Ledger.Indicator(code: "KEY_PLAN", name: "重点项目完成率", unit: "%", nature: .cumulative))
    try ledger.put(
      Ledger.Observation(
        indicator: "KEY_PLAN", region: "410928", period: "2023-03", valueE6: 37_410_000, finality: .final,
        source: "县政府通报"))
    #expect(try ledger.number("Observation", "indicator = KEY_PLAN", .max("value_e6")) == 37_410_000)
  }

  @Test func s062_nanlesKeyProjects() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.putProjects(
      "NL", region: "410923", tier: .municipal, count: 41, plan: fen("120.03"), done: fen("54.56"), year: 2023, month: 6
    )
    #expect(try ledger.number("Project", "region = \"410923\"") == 41)
    let share = try ledger.share(year: 2023, month: 6, "project.region = \"410923\"")
    #expect(share == (try Fraction(5456, over: 12003)))
    #expect(percent(share) == "45.46" && percent(share, 1) == "45.5")
  }

  /// 104 on the list, 65 recognised and gone: 39 left in three batches of 48, 76.2 and 134.5 亿, all on their way.
  @Test func s053_puyangCountysThreeBatches() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    let batches: [(Ledger.BatchKind, Int, String)] = [
      (.signing, 7, "48"), (.starting, 16, "76.2"), (.production, 16, "134.5"),
    ]
    for (batch, count, amount) in batches {
      let amounts = parts(of: try fen(amount), count: count)
      try ledger.put(
        (0..<count).map { index in
          Ledger.Project(
            code: "\(batch.name)-\(1000 + index)", name: "项目", region: "410928", tier: .county,
            totalInvestmentFen: amounts[index])
        })
      try ledger.put(
        (0..<count).map { index in
          Ledger.BatchEntry(
            project: "\(batch.name)-\(1000 + index)", period: "第八期", batch: batch, nextStage: "2023-06-01")
        })
    }
    let gone = (0..<65).map { Ledger.Project(code: "GONE-\(1000 + $0)", name: "达效", region: "410928", tier: .county) }
    try ledger.put(gone)
    try ledger.put(
      gone.map {
        Ledger.BatchEntry(
          project: $0.code, period: "第五期", batch: .production, nextStage: "2022-06-01", left: "2023-01-01")
      })
    #expect(try ledger.number("BatchEntry", "project.region = \"410928\"") == 104)
    #expect(try ledger.number("BatchEntry", "left != \"\"") == 65)
    let rows = try ledger.group(
      "BatchEntry", "left = \"\"", by: ["batch"], [.count, .sum("project.total_investment_fen")])
    #expect(
      rows == [
        [.text("PRODUCTION"), .integer(16), .integer(try fen("134.5"))],
        [.text("SIGNING"), .integer(7), .integer(try fen("48"))],
        [.text("STARTING"), .integer(16), .integer(try fen("76.2"))],
      ])
    let total = try ledger.number("BatchEntry", "left = \"\"", .sum("project.total_investment_fen"))
    #expect(Fen(total).text(in: .yiYuan, DecimalStyle(decimals: 1)) == "258.7")
    for (batch, count, _) in batches {
      let moved = try ledger.number("BatchEntry", "batch = \(batch.name) AND left = \"\" AND next_stage != \"\"")
      #expect(try Fraction(moved, over: Int64(count)) == Fraction(1))
    }
  }

  @Test func s074_fanxiansTwentyEight() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    for (batch, count) in [(Ledger.BatchKind.signing, 5), (.starting, 18), (.production, 5)] {
      let codes = (0..<count).map { "FX\(batch.rawValue)-\(1000 + $0)" }
      try ledger.put(codes.map { Ledger.Project(code: $0, name: "项目", region: "410926", tier: .county) })
      try ledger.put(
        codes.map { Ledger.BatchEntry(project: $0, period: "前七期", batch: batch, nextStage: "2023-05-01") })
    }
    #expect(try ledger.number("BatchEntry", "project.region = \"410926\"") == 28)
    #expect(try ledger.number("BatchEntry", "next_stage != \"\"") == 28)
  }

  /// 63.8 % of the plan in five months: ahead of the schedule by 22.13 points, and past half already.
  @Test func s011_hebiIsAheadInMay() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.putProjects(
      "HB", region: "410600", tier: .provincial, count: 8, plan: fen("100"), done: fen("63.8"), year: 2020, month: 5)
    let share = try ledger.share(year: 2020, month: 5, "project.tier = PROVINCIAL")
    let check = try HalfYearCheck(
      target: share.denominator, done: share.numerator, month: 5, schedule: .monthly, thresholds: .standard)
    #expect(percent(share, 1) == "63.8" && check.lead.map(lead) == "+22.13")
    #expect(check.outcome == .passed)
  }

  @Test func s012_newStartsInTheStatisticsAreCountedByTheirDate() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    for (year, count) in [(2019, 149), (2020, 173)] {
      try ledger.put(
        (0..<count).map { index in
          Ledger.Project(
            code: "TJ\(year)-\(1000 + index)", name: "新开工", region: "410600", tier: .county,
            milestones: Ledger.Milestones(
              started: "\(year)-02-01", inStatistics: "\(year)-0\(1 + index % 5)-20"))
        })
    }
    let starts = { (year: Int) in
      try ledger.number(
        "Project",
        "milestones_in_statistics >= \"\(year)-01-01\" AND milestones_in_statistics <= \"\(year)-05-31\"")
    }
    let (before, now) = (try starts(2019), try starts(2020))
    #expect([before, now, now - before] == [149, 173, 24])
    #expect(lead(try Fraction.growth(from: before, to: now)) == "+16.11")
  }

  /// Leads and plans by tier at the end of October, and one project's own.
  @Test func s101_shaoyangsTiersInOctober() throws {
    let ledger = try OpenLedger()
    // What was published is what is done and its share; the plan follows from them.
    let tiers: [(tier: Ledger.ProjectTier, count: Int, done: String, permille: Int64, plan: String, lead: String)] = [
      (.provincial, 34, "217.3", 1013, "214.51", "+17.97"), (.municipal, 326, "511.8", 937, "546.21", "+10.37"),
      (.sangaoSixin, 6, "45.1", 1158, "38.95", "+32.47"),
    ]
    for row in tiers {
      try ledger.putProjects(
        "S\(row.tier.rawValue)", region: "430500", tier: row.tier, count: row.count,
        plan: try fen(row.done) * 1000 / row.permille, done: fen(row.done), year: 2022, month: 10)
    }
    for row in tiers {
      let ofTier = "project.tier = \(row.tier.name)"
      #expect(try ledger.number("Project", "tier = \(row.tier.name)") == Int64(row.count))
      let plan = try ledger.number("ProjectPlan", "year = 2022 AND \(ofTier)", .sum("plan_fen"))
      #expect(Fen(plan).text(in: .yiYuan, DecimalStyle(decimals: 2)) == row.plan)
      let share = try ledger.share(year: 2022, month: 10, ofTier)
      #expect(share == (try Fraction(fen(row.done), over: plan)))
      #expect(percent(share, 1) == percent(try Fraction(row.permille, over: 1000), 1))
      let check = try HalfYearCheck(
        target: plan, done: fen(row.done), month: 10, schedule: .monthly, thresholds: .standard)
      #expect(check.lead.map(lead) == row.lead && check.outcome == .passed)
    }
    try ledger.putProjects(
      "STATION", region: "430500", tier: .county, count: 1, plan: fen("4"), done: fen("5.31"), year: 2022, month: 10)
    let station = try ledger.share(year: 2022, month: 10, "project.tier = COUNTY")
    #expect(station == (try Fraction(531, over: 400)) && percent(station) == "132.75")
    #expect(lead(try station.subtracting(Fraction(10, over: 12))) == "+49.42")
  }

  @Test func s118_physicalProgressIsKeptByMonth() throws {
    let ledger = try OpenLedger()
    try ledger.put(Ledger.Project(code: "XX-1001", name: "厂房", region: "430500", tier: .municipal))
    try ledger.put([
      Ledger.ProjectProgress(
        project: "XX-1001", month: "2022-09", completedFen: try fen("1.2"), physicalPermille: 700),
      Ledger.ProjectProgress(
        project: "XX-1001", month: "2022-10", completedFen: try fen("1.49"), physicalPermille: 850),
    ])
    #expect(try ledger.number("ProjectProgress", "month = \"2022-10\"", .max("physical_permille")) == 850)
    #expect(try ledger.number("ProjectProgress", "project = \"XX-1001\"", .max("completed_fen")) == (try fen("1.49")))
  }
}
