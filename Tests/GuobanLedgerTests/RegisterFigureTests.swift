import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// Figures that the five places published and that live in registers: from entries through grouped queries by the fields'
/// own names.
struct RegisterFigureTests {
  /// 73 enterprises got 790 万, 10 or 20 万 each: 67 × 10 + 6 × 20 is the only way.
  @Test func s016_fullLoadRewards() throws {
    let ledger = try OpenLedger()
    try ledger.define("support")
    let enterprises = (0..<73).map { Ledger.Enterprise(uscc: uscc($0), name: "企业 \($0)", region: "430500") }
    try ledger.put(enterprises)
    let (ten, twenty) = (try fen("10", .wanYuan), try fen("20", .wanYuan))
    try ledger.put(
      enterprises.enumerated().map { index, enterprise in
        newEntry(
          "support", "满负荷-\(index)",
          [
            "kind": .text("满负荷奖励"), "enterprise": .text(enterprise.uscc),
            "amount_fen": .integer(index < 67 ? ten : twenty), "month": .text("2022-03"),
          ])
      })
    let rewards = "kind = \"满负荷奖励\""
    #expect(
      try ledger.group("register:support", rewards, by: ["amount_fen"], [.count, .sum("amount_fen")]) == [
        [.integer(ten), .integer(67), .integer(try fen("670", .wanYuan))],
        [.integer(twenty), .integer(6), .integer(try fen("120", .wanYuan))],
      ])
    #expect(try ledger.number("support", rewards, .sum("amount_fen")) == (try fen("790", .wanYuan)))
    // A reference leads on to what the enterprise's record says.
    #expect(try ledger.number("support", "enterprise.name = \"企业 70\" AND amount_fen > \(ten)") == 1)
  }

  @Test func s017_refundsAndRentsAreTwoKindsOfOneRegister() throws {
    let ledger = try OpenLedger()
    try ledger.define("support")
    try ledger.put([
      newEntry("support", "退税-2022", ["kind": .text("留抵退税"), "amount_fen": .integer(try fen("22.97"))]),
      newEntry(
        "support", "房租-2022",
        [
          "kind": .text("减免房租"), "enterprise_count": .integer(1051),
          "amount_fen": .integer(try fen("683.73", .wanYuan)),
        ]),
    ])
    #expect(
      try ledger.group("support", by: ["kind"], [.sum("amount_fen"), .sum("enterprise_count")]) == [
        [.text("减免房租"), .integer(68_373_000_000 / 100), .integer(1051)],
        [.text("留抵退税"), .integer(229_700_000_000), .null],
      ])
  }

  @Test func s087_policiesThatWerePaidOut() throws {
    let ledger = try OpenLedger()
    try ledger.define("support")
    try ledger.put([
      newEntry(
        "support", "a",
        ["kind": .text("减税降费"), "enterprise_count": .integer(99), "amount_fen": .integer(try fen("2.54"))]),
      newEntry(
        "support", "b",
        ["kind": .text("技改补助"), "enterprise_count": .integer(16), "amount_fen": .integer(try fen("2369", .wanYuan))]),
      newEntry(
        "support", "c",
        ["kind": .text("其他奖补"), "enterprise_count": .integer(17), "amount_fen": .integer(try fen("260", .wanYuan))]),
    ])
    #expect(try ledger.number("support", "", .sum("enterprise_count")) == 132)
    #expect(
      Fen(try ledger.number("support", "", .sum("amount_fen"))).text(in: .yiYuan, DecimalStyle(decimals: 4)) == "2.8029"
    )
  }

  /// 1.29 亿 used 71.3 %, 34.02 亿 issued 87.92 %: the amounts follow exactly.
  @Test func s083_fundsOfTaiqian() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("funds")
    let rows = [("中央预算内", "1.29", "71.3", "0.920"), ("专项债", "34.02", "87.92", "29.910")]
    try ledger.put(
      try rows.map { kind, obtained, rate, _ in
        newEntry(
          "funds", kind, region: "410927",
          [
            "kind": .text(kind), "year": .integer(2023), "obtained_fen": .integer(try fen(obtained)),
            "published_rate_e6": .integer(try DecimalE6(rate).millionths),
          ])
      })
    for (kind, _, _, used) in rows {
      let row = try #require(
        try ledger.group(
          "funds", "region = \"410927\" AND kind = \"\(kind)\"", by: ["kind"],
          [.sum("obtained_fen"), .max("published_rate_e6")]
        ).first)
      guard case (.integer(let obtained), .integer(let rate)) = (row[1], row[2]) else {
        Issue.record("\(row)")
        return
      }
      let amount = try Fraction(obtained).multiplied(by: Fraction(rate, over: 100_000_000))
      #expect(amount.text(DecimalStyle(decimals: 3), dividedBy: MoneyUnit.yiYuan.fenPerUnit) == used)
    }
  }

  @Test func s113_peopleBackAtWork() throws {
    let ledger = try OpenLedger()
    try ledger.define("resumption")
    try ledger.put(
      newEntry(
        "resumption",
        [
          "as_of": .text("2022-11-15"), "scope": .text("规上工业"), "enterprises": .integer(1330),
          "workers": .integer(109_431),
        ]))
    // Its id comes from the template.
    #expect(try ledger.record("Entry", "resumption/430500-2022-11-15-规上工业") != nil)
    let row = try #require(
      try ledger.group("resumption", "as_of = \"2022-11-15\"", by: ["region"], [.sum("workers"), .sum("enterprises")])
        .first)
    guard case (.integer(let workers), .integer(let enterprises)) = (row[1], row[2]) else {
      Issue.record("\(row)")
      return
    }
    #expect(row == [.text("430500"), .integer(109_431), .integer(1330)])
    #expect(try Fraction(workers, over: enterprises).text(DecimalStyle(decimals: 2)) == "82.28")
  }

  @Test func s044_filedUpgrades() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("permits")
    let amounts = parts(of: try fen("27.11"), count: 33)
    try ledger.put(
      (0..<33).map {
        Ledger.Project(code: "JG-\(1000 + $0)", name: "技改", region: "410421", tier: .county, sector: "技改")
      })
    try ledger.put(
      (0..<33).map { index in
        newEntry(
          "permits", "备案-\(index)", region: "410421",
          [
            "project": .text("JG-\(1000 + index)"), "permit": .text("技改备案"), "kind": .text("备案"),
            "state": .text("办结"), "investment_fen": .integer(amounts[index]), "parallel": .boolean(index < 5),
          ])
      })
    let done = try ledger.group(
      "permits", "kind = \"备案\" AND state = \"办结\"", by: ["project.sector"], [.count, .sum("investment_fen")])
    #expect(done == [[.text("技改"), .integer(33), .integer(try fen("27.11"))]])
    #expect(try ledger.number("permits", "parallel = true") == 5)
  }

  /// 317 villages: all at 5 万 or more, 85 above 10 万, 8 above 50 万.
  @Test func s050_villagesInBands() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("village_incomes")
    try ledger.put(
      try (0..<317).map { index in
        let income = index < 8 ? "50.01" : index < 85 ? "10.01" : index < 90 ? "10" : "5"
        return newEntry(
          "village_incomes", region: "410421",
          ["village": .text("村\(index)"), "year": .integer(2021), "income_fen": .integer(try fen(income, .wanYuan))])
      })
    let above = { (sign: String, amount: String) in
      try ledger.number("village_incomes", "year = 2021 AND income_fen \(sign) \(try fen(amount, .wanYuan))")
    }
    #expect(try [above(">=", "5"), above(">", "10"), above(">", "50")] == [317, 85, 8])
  }

  /// The same place first two years running.
  @Test func s064_awardsTwoYearsRunning() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("awards")
    for (year, region) in [(2020, "410926"), (2021, "410923"), (2022, "410923")] {
      try ledger.put(
        newEntry(
          "awards", "先进县-\(year)", region: region,
          ["title": .text("先进县（区）"), "level": .text("市"), "year": .integer(Int64(year))]))
    }
    let winners = try ledger.group("awards", "title = \"先进县（区）\"", by: ["year", "region"], [.count]).map { $0[1] }
    #expect(streakLength(winners) { $0 == .text("410923") } == 2)
    #expect(streakLength(winners) { $0 == .text("410926") } == 0)
  }

  /// 范县 came 1st, 2nd, 2nd, 1st, 濮阳县 first in between: by rank points 范县 wins the year.
  @Test func s055_quarterlyContestAndItsYear() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("ratings")
    // 濮阳县's places in the first and last quarter were not published: the best that were left are assumed, and 范县 is
    // first all the same.
    let places: [(String, [Int64])] = [("410926", [1, 2, 2, 1]), ("410928", [3, 1, 1, 2]), ("410922", [2, 3, 3, 3])]
    for (region, ranks) in places {
      try ledger.put(
        ranks.enumerated().map { quarter, rank in
          newEntry(
            "ratings", "2023Q\(quarter + 1)-\(region)", region: region,
            [
              "subject": .text("开发区综合考评"), "round": .text("2023-Q\(quarter + 1)"), "kind": .text("其他"),
              "rank": .integer(rank), "score_e6": .integer((105 - rank * 5) * 1_000_000),
            ])
        })
    }
    let firsts = try ledger.group("ratings", "rank = 1", by: ["round"], [.max("region")])
    #expect(firsts.map { $0[1] } == [.text("410926"), .text("410928"), .text("410928"), .text("410926")])
    let year = try ledger.group("ratings", "round : \"2023-\"", by: ["region"], [.sum("score_e6")])
    let ranked = rank(
      year, by: { row in if case .integer(let score) = row[1] { Fraction(score) } else { nil } },
      regionCode: { row in if case .text(let code) = row[0] { code } else { "" } }, better: .higher, tieRule: .standard)
    #expect(ranked.map { $0.item[0] } == [.text("410926"), .text("410928"), .text("410922")])
    #expect(ranked.first?.value == Fraction(390_000_000))
  }

  @Test func s022_judgesScoresAverageExactly() throws {
    let ledger = try OpenLedger()
    try ledger.define("inspection_scores")
    try ledger.put(Ledger.Project(code: "GM-1001", name: "观摩项目", region: "430500", tier: .municipal))
    try ledger.put(
      try ["92.5", "90", "94.2"].enumerated().map { index, score in
        newEntry(
          "inspection_scores", "评委\(index)",
          [
            "round": .text("2022-H1"), "date": .text("2022-07-05"), "project": .text("GM-1001"),
            "judge": .text("评委\(index)"), "score_e6": .integer(try DecimalE6(score).millionths),
          ])
      })
    let row = try #require(
      try ledger.group("inspection_scores", "", by: ["project"], [.sum("score_e6"), .count]).first)
    #expect(row == [.text("GM-1001"), .integer(276_700_000), .integer(3)])
    #expect(try Fraction(276_700_000, over: 3).text(DecimalStyle(decimals: 2), dividedBy: 1_000_000) == "92.23")
  }
}

/// Registers that hold no published sum, but rules of their own.
struct RegisterUseTests {
  /// A headquarters with its taskforces below it: what has something below is not deleted.
  @Test func s014_taskforcesFormATree() throws {
    let ledger = try OpenLedger()
    try ledger.define("taskforces")
    let taskforce = { (id: String, kind: String, parent: String) in
      newEntry(
        "taskforces", id, ["title": .text(id), "kind": .text(kind), "parent": .text(parent), "members": .integer(8)])
    }
    // A batch may name what comes later in it.
    try ledger.put([taskforce("专班一", "产业链", "taskforces/指挥部"), taskforce("指挥部", "指挥部", "")])
    #expect(
      try ledger.group("taskforces", "parent = \"taskforces/指挥部\"", by: ["kind"], [.sum("members")]) == [
        [.text("产业链"), .integer(8)]
      ])
    let stray = refused { try ledger.put(taskforce("专班二", "项目", "taskforces/没有")) }
    #expect(stray?.violations.map { "\($0.field) \($0.rule)" } == ["records[0].values[parent] NO_SUCH_ENTRY"])
    let used = refused {
      try ledger.write {
        try $0.delete(Ledger.Entry.self, key: "taskforces/指挥部", etag: "", schemas: RecordCatalog.schemas)
      }
    }
    #expect(used?.reason == "IN_USE")
  }

  /// 30 万吨 and 16.8 亿 a year of one project, 50 亿 and 1000 jobs of what came to another place.
  @Test func s013_s029_whatProjectsWillYield() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("expected_outputs")
    try ledger.put([
      Ledger.Project(code: "HB-1001", name: "一期", region: "410421", tier: .municipal),
      Ledger.Project(code: "KF-1001", name: "招引", region: "410928", tier: .municipal),
    ])
    try ledger.put([
      newEntry(
        "expected_outputs", "鹤壁", region: "410421",
        [
          "project": .text("HB-1001"), "capacity": .text("30 万吨"),
          "output_fen": .integer(try fen("16.8")), "tax_fen": .integer(try fen("3.8")),
        ]),
      newEntry(
        "expected_outputs", "开封", region: "410928",
        [
          "project": .text("KF-1001"), "output_fen": .integer(try fen("50")), "tax_fen": .integer(try fen("2.4")),
          "jobs": .integer(1000),
        ]),
    ])
    #expect(
      try ledger.group("expected_outputs", by: ["project.region"], [.sum("output_fen"), .sum("jobs")]) == [
        [.text("410421"), .integer(try fen("16.8")), .null],
        [.text("410928"), .integer(try fen("50")), .integer(1000)],
      ])
    #expect(try ledger.number("expected_outputs", "", .sum("output_fen")) == fen("66.8"))
  }

  /// What is under construction is to produce: who sees to it until when, and what is late.
  @Test func s073_s098_theNextStepOfEachProject() throws {
    let ledger = try OpenLedger()
    try ledger.define("next_steps")
    try ledger.put([
      Ledger.Project(code: "FX-1001", name: "在建", region: "430500", tier: .county, stage: .started),
      Ledger.Project(code: "FX-1002", name: "投产", region: "430500", tier: .county, stage: .inProduction),
    ])
    let step = { (id: String, project: String, step: String, due: String, done: String) in
      newEntry(
        "next_steps", id,
        ["project": .text(project), "step": .text(step), "due_on": .text(due), "done_on": .text(done)])
    }
    try ledger.put([
      step("一", "FX-1001", "投产", "2023-06-30", ""), step("二", "FX-1001", "入统", "2023-03-31", "2023-03-30"),
      step("三", "FX-1002", "达效", "2023-12-31", ""),
    ])
    #expect(
      try ledger.group("next_steps", "NOT done_on > \"\"", by: ["project.stage", "step"], [.count]) == [
        [.text("IN_PRODUCTION"), .text("达效"), .integer(1)], [.text("STARTED"), .text("投产"), .integer(1)],
      ])
    #expect(try ledger.number("next_steps", "NOT done_on > \"\" AND due_on < \"2023-07-01\"") == 1)
  }

  /// 23 of 38 needs were met, and how much of what was asked for.
  @Test func s070_financeNeedsByState() throws {
    let ledger = try OpenLedger()
    try ledger.define("finance_needs")
    try ledger.put(
      try (0..<38).map { index in
        newEntry(
          "finance_needs", "n-\(index)",
          [
            "kind": .text(index % 2 == 0 ? "新增贷款" : "展期"), "state": .text(index < 23 ? "放款" : "对接"),
            "raised_on": .text("2023-03-0\(index % 9 + 1)"), "needed_fen": .integer(try fen("1000", .wanYuan)),
            "granted_fen": .integer(index < 23 ? try fen("900", .wanYuan) : 0),
          ])
      })
    let all = try ledger.group("finance_needs", "", by: [], [.count, .sum("needed_fen"), .sum("granted_fen")])
    #expect(all == [[.integer(38), .integer(try fen("3.8")), .integer(try fen("2.07"))]])
    #expect(try ledger.number("finance_needs", "state = \"放款\" AND kind = \"展期\"") == 11)
  }

  /// 43 working days promised down to one: what is saved is a sum like any other.
  @Test func s090_promisedAgainstLegalDays() throws {
    let ledger = try OpenLedger()
    try ledger.define("service_items")
    try ledger.put(
      [(43, 1), (50, 30)].enumerated().map { index, days in
        newEntry(
          "service_items", "i-\(index)",
          [
            "title": .text("事项\(index)"), "kind": .text("并联审批"), "limit_days": .integer(days.0),
            "promised_days": .integer(days.1), "fast_track": .boolean(index == 0),
          ])
      })
    #expect(
      try ledger.group("service_items", "", by: ["kind"], [.sum("limit_days"), .sum("promised_days")]) == [
        [.text("并联审批"), .integer(93), .integer(31)]
      ])
    #expect(try ledger.number("service_items", "fast_track = true AND promised_days <= 1") == 1)
  }

  /// 资金到位率, 开工率, 投资完成率, 按期竣工率, from grouped queries.
  @Test func s059_fourRates() throws {
    let ledger = try OpenLedger()
    let projects = (0..<10).map { index in
      Ledger.Project(
        code: "SL-\(1000 + index)", name: "项目", region: "430500", tier: .municipal,
        plans: [Ledger.YearPlan(year: 2023, planFen: 1000)],
        milestones: Ledger.Milestones(
          started: index < 9 ? "2023-02-01" : "", completed: index < 3 ? "2023-06-2\(index)" : ""),
        plannedCompletion: index < 4 ? "2023-06-21" : "2024-06-30")
    }
    try ledger.put(projects)
    try ledger.put(
      projects.map {
        Ledger.ProjectProgress(project: $0.code, month: "2023-06", completedFen: 560, fundsInPlaceFen: 720)
      })
    let plan = try ledger.number("ProjectPlan", "year = 2023", .sum("plan_fen"))
    let ofMonth = "month = \"2023-06\""
    let funds = try Fraction(ledger.number("ProjectProgress", ofMonth, .sum("funds_in_place_fen")), over: plan)
    let done = try Fraction(ledger.number("ProjectProgress", ofMonth, .sum("completed_fen")), over: plan)
    let started = try Fraction(
      ledger.number("Project", "milestones_started != \"\""), over: ledger.number("Project"))
    // Due by the day of the report; finished no later than planned.
    let due = try ledger.group(
      "Project", "planned_completion <= \"2023-06-30\"", by: [], [.ratio("completed_on_time", "completion_planned")])
    #expect(due == [[.integer(2), .integer(4)]])
    #expect(try ledger.number("Project", "days_late > 0", .max("days_late")) == 1)
    #expect(try ledger.group("Project", "", by: [], [.min("days_late")]) == [[.integer(-1)]])
    let rates = [funds, started, done, try Fraction(2, over: 4)]
    #expect(rates.map { percent($0, 0) } == ["72", "90", "56", "50"])
  }

  /// What a snapshot brings back is projected from an entry's bytes alone, without its definition.
  @Test func anEntryIsProjectedWithoutItsDefinition() throws {
    let ledger = try OpenLedger()
    try ledger.define("leads")
    try ledger.put(
      newEntry(
        "leads", "s072", ["title": .text("招商"), "state": .text("在谈"), "investment_fen": .integer(try fen("60"))]))
    let bytes = try #require(try ledger.record("Entry", "leads/s072"))
    let projected = try RecordCatalog.project(type: "Entry", bytes: bytes, limits: .standard)
    let columns = Dictionary(
      uniqueKeysWithValues: zip(Ledger.Entry.schema.columns.map(\.name), projected.columns))
    #expect(columns["register"] == .text("leads") && columns["text_01"] == .text("招商"))
    #expect(columns["number_01"] == .integer(try fen("60")) && columns["number_02"] == .null)
    #expect(projected.columns.count == Ledger.Entry.schema.columns.count)
  }
}
