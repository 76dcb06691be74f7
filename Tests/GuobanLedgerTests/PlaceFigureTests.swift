import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// What the five places keep in registers: their figures go in as entries and come out of grouped queries.
struct PlaceRegisterTests {
  /// A ledger with one register, and entries numbered from 0.
  private func ledger(_ register: String, count: Int, _ values: (Int) throws -> Values) throws -> OpenLedger {
    let ledger = try OpenLedger()
    try ledger.define(register)
    let isKeyed = try shippedRegister(register).keyTemplate.isEmpty
    try ledger.put(try (0..<count).map { newEntry(register, isKeyed ? "e-\($0)" : "", try values($0)) })
    return ledger
  }

  private func counts(_ rows: [[ColumnValue]]) -> [String: Int64] {
    var counts: [String: Int64] = [:]
    for row in rows {
      if case .text(let name) = row[0], case .integer(let count) = row[1] { counts[name] = count }
    }
    return counts
  }

  /// 鹤壁's 10 opinions of 7 February 2020, 邵阳's seven questions and answers, 开封's notice with 9 items.
  @Test func s003_s033_s103_policiesByKind() throws {
    let ledger = try ledger("policies", count: 3) { index in
      [
        "title": .text("文件\(index)"), "kind": .text(["意见", "问答", "激励通报"][index]),
        "issued_on": .text(["2020-02-07", "2022-11-12", "2022-05-20"][index]),
        "item_count": .integer([10, 7, 9][index]),
      ]
    }
    #expect(
      counts(try ledger.group("policies", by: ["kind"], [.sum("item_count")])) == ["意见": 10, "问答": 7, "激励通报": 9])
    #expect(try ledger.number("policies", "issued_on = \"2020-02-07\" AND item_count = 10") == 1)
    try ledger.define("awards")
    try ledger.put(
      newEntry(
        "awards", "k-1",
        ["title": .text("真抓实干激励"), "level": .text("省"), "year": .integer(2022), "item_count": .integer(9)]))
    #expect(try ledger.number("awards", "year = 2022 AND level = \"省\"", .sum("item_count")) == 9)
  }

  /// 宝丰's 8 taskforces of 双长双推 and 12 of industry chains, 鹤壁's for resumption, 濮阳's for permits.
  @Test func s004_s040_s045_s097_taskforcesByKind() throws {
    let kinds = ["双长双推", "产业链", "复工复产", "手续办理"]
    let ledger = try ledger("taskforces", count: 22) { index in
      let kind = index < 8 ? 0 : index < 20 ? 1 : index - 18
      return [
        "title": .text("\(kinds[kind])专班\(index)"), "kind": .text(kind == 0 ? "要素保障" : kinds[kind]),
        "since": .text("2021-03-0\(1 + index % 9)"), "until": .text(index == 21 ? "2021-12-31" : ""),
      ]
    }
    #expect(
      counts(try ledger.group("taskforces", by: ["kind"])) == ["要素保障": 8, "产业链": 12, "复工复产": 1, "手续办理": 1])
    #expect(try ledger.number("taskforces", "NOT until > \"\"") == 21)
  }

  /// 30, 301, 800 and 46 items of 濮阳's four ways; a company is opened in one working day; channels and green lanes.
  @Test func s006_s007_s078_serviceItems() throws {
    let kinds = ["一事联办", "一证通办", "全域通办", "跨省通办", "一窗通"]
    let ledger = try ledger("service_items", count: 5) { index in
      [
        "title": .text(kinds[index]), "kind": .text(kinds[index]), "channel": .text(index == 4 ? "网上办" : "窗口"),
        "item_count": .integer([30, 301, 800, 46, 1][index]), "limit_days": .integer(index == 4 ? 5 : 20),
        "promised_days": .integer(index == 4 ? 1 : 10), "fast_track": .boolean(index == 4),
      ]
    }
    let items = counts(try ledger.group("service_items", by: ["kind"], [.sum("item_count")]))
    #expect(items == ["一事联办": 30, "一证通办": 301, "全域通办": 800, "跨省通办": 46, "一窗通": 1])
    #expect(try ledger.number("service_items", "fast_track = true AND channel = \"网上办\" AND promised_days = 1") == 1)
  }

  /// Of people's health the ledger knows totals, and nobody's name.
  @Test func s008_healthIsKeptInTotals() throws {
    let ledger = try ledger("resumption", count: 2) { index in
      [
        "as_of": .text("2020-02-1\(index)"), "scope": .text("全部企业"), "enterprises": .integer(100),
        "workers": .integer(5000), "checked": .integer(4990 + Int64(index)), "abnormal": .integer(Int64(index)),
      ]
    }
    #expect(try ledger.number("resumption", "as_of = \"2020-02-11\"", .sum("checked")) == 4991)
    #expect(try ledger.number("resumption", "abnormal > 0") == 1)
    let fields = try shippedRegister("resumption").fields
    #expect(!fields.contains { $0.type == .reference || $0.name.contains("name") })
  }

  /// 展期 and 无还本续贷, 政银担 and 债务置换 of more than 1 亿: what was granted of what was asked for.
  @Test func s009_s046_financeNeedsByKind() throws {
    let kinds = ["展期", "无还本续贷", "政银担", "债务置换"]
    let ledger = try ledger("finance_needs", count: 4) { index in
      [
        "kind": .text(kinds[index]), "needed_fen": .integer(try fen("1.2")), "granted_fen": .integer(try fen("0.9")),
        "state": .text(index == 3 ? "授信" : "放款"), "raised_on": .text("2021-06-01"),
      ]
    }
    #expect(try ledger.number("finance_needs", "kind = \"政银担\" OR kind = \"债务置换\"", .sum("granted_fen")) == fen("1.8"))
    let share = try ledger.group(
      "finance_needs", "state = \"放款\"", [.ratio("granted_fen", "needed_fen")])
    #expect(share == [[.integer(try fen("2.7")), .integer(try fen("3.6"))]])
  }

  /// Nobody inspects on a quiet day, but for what its order excepts.
  @Test func s047_quietDaysThatADayFallsOn() throws {
    let ledger = try ledger("quiet_days", count: 3) { index in
      [
        "first_day": .text("2021-0\(4 + index)-01"), "last_day": .text("2021-0\(4 + index)-15"),
        "exception": .text("安全生产"),
      ]
    }
    let quiet = { (day: String) in
      try ledger.number("quiet_days", "first_day <= \"\(day)\" AND last_day >= \"\(day)\"")
    }
    #expect(try quiet("2021-05-07") == 1 && quiet("2021-05-20") == 0)
  }

  /// 宝丰's nine zombies and 1500 亩 of 腾笼换鸟; 清丰's standard land; 濮阳's 1300 亩 for nearly 3 亿.
  @Test func s049_s067_s079_landByKind() throws {
    let kinds = ["腾笼换鸟", "标准地", "拿地即开工", "低效用地"]
    let areas: [Int64] = [1500, 300, 120, 1300]
    let ledger = try ledger("land", count: 4) { index in
      [
        "parcel": .text("地块\(index)"), "kind": .text(kinds[index]), "area_e6": .integer(areas[index] * 1_000_000),
        "state": .text(index == 3 ? "盘活" : "出让"), "paid_fen": .integer(index == 3 ? try fen("2.98") : 0),
      ]
    }
    try ledger.put(
      (0..<20).map {
        Ledger.Enterprise(uscc: uscc($0), name: "企业", region: "430500", status: $0 < 9 ? .zombie : .normal)
      })
    #expect(try ledger.number("Enterprise", "status = ZOMBIE") == 9)
    #expect(
      counts(try ledger.group("land", by: ["kind"], [.sum("area_e6")])).mapValues { $0 / 1_000_000 }
        == ["腾笼换鸟": 1500, "标准地": 300, "拿地即开工": 120, "低效用地": 1300])
    #expect(try ledger.number("land", "state = \"盘活\"", .sum("paid_fen")) == fen("2.98"))
  }

  /// What was warned of by when, and is still not done.
  @Test func s060_s082_warningsThatAreOverdue() throws {
    let kinds = ["通报", "挂牌提醒", "提醒函", "提醒函"]
    let ledger = try ledger("warnings", count: 4) { index in
      [
        "kind": .text(kinds[index]), "issued_on": .text("2023-03-0\(index + 1)"), "reason": .text("进度滞后"),
        "department": .text("某局"), "due_on": .text("2023-03-1\(index)"),
        "done_on": .text(index == 2 ? "2023-03-11" : ""),
      ]
    }
    #expect(counts(try ledger.group("warnings", by: ["kind"])) == ["通报": 1, "挂牌提醒": 1, "提醒函": 2])
    #expect(try ledger.number("warnings", "NOT done_on > \"\" AND due_on < \"2023-03-13\"") == 2)
  }

  /// 南乐's quarterly inspection, 邵阳's contest: who is first by the judges' mean, and by the month's rates.
  @Test func s061_s102_contestsByRound() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.define("inspection_scores")
    let scores: [(String, [Int64])] = [("410923", [90, 95]), ("410926", [92, 92]), ("410928", [88, 96])]
    for round in ["2023-Q1", "2023-Q2"] {
      try ledger.put(
        scores.flatMap { region, given in
          given.enumerated().map { judge, score in
            newEntry(
              "inspection_scores", "\(round)-\(region)-\(judge)", region: region,
              [
                "round": .text(round), "date": .text("2023-03-31"), "judge": .text("评委\(judge)"),
                "score_e6": .integer((round == "2023-Q1" ? score : 100 - score) * 1_000_000),
              ])
          }
        })
    }
    let order = { (round: String) in
      let rows = try ledger.group(
        "inspection_scores", "round = \"\(round)\"", by: ["region"], [.sum("score_e6"), .count])
      return rank(
        rows,
        by: { row in
          guard case .integer(let sum) = row[1], case .integer(let count) = row[2] else { return nil }
          return try? Fraction(sum, over: count)
        }, regionCode: { row in if case .text(let code) = row[0] { code } else { "" } }, better: .higher,
        tieRule: .standard
      )
    }
    let first = try order("2023-Q1")
    #expect(first.map { $0.item[0] } == [.text("410923"), .text("410926"), .text("410928")])
    #expect(first.map(\.rank) == [1, 2, 2].map { Fraction($0) }, "92.5 before 92 twice, which share a place")
    #expect(try order("2023-Q2").last?.item[0] == .text("410923"))
  }

  /// Permits that run side by side, and those past their day.
  @Test func s066_s068_permitsInParallelAndLate() throws {
    let ledger = try OpenLedger()
    try ledger.define("permits")
    try ledger.put(Ledger.Project(code: "SX-1001", name: "项目", region: "430500", tier: .county))
    try ledger.put(
      (0..<6).map { index in
        newEntry(
          "permits", "p-\(index)",
          [
            "project": .text("SX-1001"), "permit": .text("手续\(index)"), "kind": .text(index < 4 ? "规划" : "环评"),
            "parallel": .boolean(index < 4), "state": .text(index < 2 ? "办结" : "在办"),
            "due_on": .text("2023-04-0\(index + 1)"),
          ])
      })
    #expect(try ledger.number("permits", "parallel = true AND project.tier = COUNTY") == 4)
    #expect(try ledger.number("permits", "state = \"在办\" AND due_on < \"2023-04-05\"") == 2)
  }

  /// 45 special plans in ten fields, from reserve to building.
  @Test func s071_s106_whatIsPlannedAndHeldInReserve() throws {
    let states = ["谋划", "储备", "申报", "入库", "转项目"]
    let ledger = try ledger("pipeline", count: 45) { index in
      [
        "title": .text("专项\(index)"), "field": .text("领域\(index % 10)"), "state": .text(states[index % 5]),
        "investment_fen": .integer(try fen("2")), "entered_on": .text(index % 5 == 3 ? "2022-09-01" : ""),
      ]
    }
    #expect(try ledger.group("pipeline", by: ["field"]).count == 10)
    #expect(
      counts(try ledger.group("pipeline", by: ["state"])) == Dictionary(uniqueKeysWithValues: states.map { ($0, 9) }))
    #expect(try ledger.number("pipeline", "entered_on > \"\"", .sum("investment_fen")) == fen("18"))
    try ledger.define("funds")
    try ledger.put(
      ["储备", "发行", "建设"].enumerated().map { index, stage in
        newEntry(
          "funds", "f-\(index)",
          [
            "kind": .text("专项债"), "year": .integer(2023), "stage": .text(stage), "project_count": .integer(15),
            "issued_fen": .integer(try fen("10")),
          ])
      })
    #expect(try ledger.number("funds", "kind = \"专项债\"", .sum("project_count")) == 45)
  }

  /// 40 projects of 273 亿 in five chains, followed by six groups.
  @Test func s020_s072_leadsByChainAndGroup() throws {
    let amounts = parts(of: try fen("273"), count: 40)
    let ledger = try ledger("leads", count: 40) { index in
      [
        "title": .text("项目\(index)"), "chain": .text("产业链\(index % 5)"), "group": .text("第\(index % 6)组"),
        "investment_fen": .integer(amounts[index]), "state": .text(index < 10 ? "签约" : "在谈"),
      ]
    }
    #expect(try ledger.group("leads", by: ["chain"]).count == 5 && ledger.group("leads", by: ["group"]).count == 6)
    #expect(try ledger.number("leads", "", .sum("investment_fen")) == fen("273"))
    #expect(try ledger.number("leads", "state = \"签约\"") == 10)
  }

  @Test func s080_parksAtARiskLevel() throws {
    let ledger = try ledger("parks", count: 3) { index in
      [
        "title": .text("园区\(index)"), "year": .integer(2023), "safety": .text(["B级", "C级", "C级"][index]),
        "reform": .boolean(index > 0),
      ]
    }
    #expect(try ledger.number("parks", "safety = \"C级\" AND reform = true AND year = 2023") == 2)
  }

  /// 35 and 26 departments in two rounds, and the bank with the best growth.
  @Test func s084_s085_ratingsByRound() throws {
    let ledger = try ledger("ratings", count: 61) { index in
      [
        "subject": .text("部门\(index)"), "round": .text(index < 35 ? "上半年" : "全年"), "kind": .text("部门评议"),
        "score_e6": .integer(Int64(80 + index % 20) * 1_000_000), "rank": .integer(Int64(index % 35 + 1)),
        "of": .integer(index < 35 ? 35 : 26),
      ]
    }
    #expect(counts(try ledger.group("ratings", by: ["round"])) == ["上半年": 35, "全年": 26])
    try ledger.put(
      newEntry(
        "ratings", "bank",
        ["subject": .text("某银行"), "round": .text("2022"), "kind": .text("银行考核"), "rank": .integer(1)]))
    #expect(try ledger.number("ratings", "kind = \"银行考核\" AND rank = 1") == 1)
    // 13.38 亿 more lent than a year ago, the most of all.
    try ledger.put(OpenLedger.henan)
    try ledger.put(Ledger.Indicator(code: "LOANS", name: "新增贷款", unit: "亿元", nature: .stock))
    try ledger.put(
      [("410928", 13_380_000), ("410923", 9_500_000), ("410926", 11_000_000)].map {
        Ledger.Observation(indicator: "LOANS", region: $0.0, period: "2022", valueE6: $0.1)
      })
    let most = try ledger.group("Observation", "indicator = LOANS", [.max("value_e6")])
    #expect(most == [[.integer(13_380_000)]])
    #expect(try ledger.number("Observation", "region = \"410928\" AND value_e6 = 13380000") == 1)
  }

  @Test func s099_suppliersOfOneCatalogue() throws {
    let ledger = try OpenLedger()
    try ledger.define("supply_links")
    try ledger.put((0..<20).map { Ledger.Enterprise(uscc: uscc($0), name: "企业 \($0)", region: "430500") })
    try ledger.put(
      (0..<19).map { index in
        newEntry(
          "supply_links", "l-\(index)",
          [
            "supplier": .text(uscc(index)), "buyer": .text(uscc(19)), "product": .text("配件"),
            "catalogue": .text(index < 12 ? "协同联盟" : "两高"),
          ])
      })
    #expect(counts(try ledger.group("supply_links", by: ["catalogue"])) == ["协同联盟": 12, "两高": 7])
    #expect(try ledger.number("supply_links", "buyer.name = \"企业 19\"") == 19)
  }

  @Test func s104_restartPlansByBatch() throws {
    let ledger = try OpenLedger()
    try ledger.define("restart_plans")
    try ledger.put(
      (0..<3).map { Ledger.Project(code: "FG-\(1000 + $0)", name: "项目", region: "430500", tier: .county) })
    try ledger.put(
      (0..<3).map { index in
        newEntry(
          "restart_plans", "r-\(index)",
          [
            "project": .text("FG-\(1000 + index)"), "batch": .text("第一批"),
            "kind": .text(["立即复工", "限期复工", "立即复工"][index]), "closed_loop": .boolean(index < 2),
            "workers": .integer(50),
          ])
      })
    #expect(try ledger.number("restart_plans", "kind = \"立即复工\" AND batch = \"第一批\"", .sum("workers")) == 100)
    #expect(try ledger.number("restart_plans", "closed_loop = true") == 2)
  }
}

/// Meetings, talks and visits, campaigns, and what enterprises and projects are marked with.
struct PlaceRecordTests {
  private func activities(
    _ prefix: String, _ kind: Ledger.ActivityKind, _ topic: String, count: Int, programme: String = "",
    _ change: (Int, inout Ledger.Activity) -> Void = { _, _ in }
  ) -> [Ledger.Activity] {
    (0..<count).map { index in
      var activity = Ledger.Activity(
        id: "\(prefix)-\(index)", kind: kind, topic: topic, region: "430500", date: "2022-03-\(10 + index % 20)",
        programme: programme)
      change(index, &activity)
      return activity
    }
  }

  /// Meetings of a campaign that meets every day; 濮阳县's 8 weekly ones solved 120 problems; those of the secretary.
  @Test func s002_s057_s065_meetingsAndWhatTheySolved() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      Ledger.Programme(
        id: "复工", name: "复工复产", region: "430500", firstDay: "2022-03-01", lastDay: "2022-03-31",
        cadences: [Ledger.ProgrammeCadence(activity: "会商", role: "专班", kind: .daily)]))
    try ledger.put(
      activities("R", .meeting, "日会商", count: 6, programme: "复工")
        + activities("Z", .meeting, "周调度", count: 8) { _, meeting in
          (meeting.problemsRaised, meeting.problemsSolved) = (16, 15)
        } + activities("S", .meeting, "书记专题会", count: 3))
    #expect(try ledger.number("Activity", "kind = MEETING AND programme = \"复工\"") == 6)
    #expect(try ledger.number("Activity", "topic = \"周调度\"", .sum("problems_solved")) == 120)
    #expect(try ledger.number("Activity", "topic = \"周调度\"", .sum("problems_raised")) == 128)
    #expect(try ledger.number("Activity", "topic = \"书记专题会\"") == 3)
  }

  /// 120 talks, 3000 enterprises, 11 000 leaflets.
  @Test func s015_policyTalks() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      activities("T", .policyTalk, "云宣讲", count: 120) { index, talk in
        (talk.enterpriseCount, talk.handouts) = (25, index < 110 ? 100 : 0)
      })
    let sums = try ledger.group("Activity", "kind = POLICY_TALK", [.count, .sum("enterprise_count"), .sum("handouts")])
    #expect(sums == [[.integer(120), .integer(3000), .integer(11_000)]])
  }

  /// 210 matchmakings of four sorts, 台前's sale fairs, 32 job fairs; 开封's officials went 21, 42, 155 and 16 times.
  @Test func s018_s030_s048_s096_eventsByTopic() throws {
    let ledger = try OpenLedger()
    let fairs = [("产销对接", 80), ("产学研对接", 40), ("政银企对接", 60)]
    let down = [("用地", 21), ("用工", 42), ("金融", 155), ("环保", 16)]
    try ledger.put(
      fairs.flatMap { activities($0.0, .matchmaking, $0.0, count: $0.1) }
        + activities("Y", .recruitment, "用工对接", count: 30)
        + down.flatMap { activities($0.0, .visit, $0.0, count: $0.1) }
        + activities("C", .recruitment, "春风送岗", count: 32) { $1.enterpriseCount = $0 < 4 ? 4 : 3 })
    let matched = "kind = MATCHMAKING OR topic = \"用工对接\""
    #expect(try ledger.number("Activity", matched) == 210)
    let visits = try ledger.group("Activity", "kind = VISIT", by: ["topic"])
    #expect(Set(visits) == Set(down.map { [.text($0.0), .integer(Int64($0.1))] }))
    #expect(try ledger.number("Activity", "topic = \"春风送岗\"", .sum("enterprise_count")) == 100)
  }

  /// 鹤壁's 5 intelligent factories and 13 workshops, 开封's green ones; 190 enterprises on the 四保 list.
  @Test func s010_s032_s077_marksOfEnterprises() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      (0..<190).map { index in
        var marks: [String] = []
        if index < 5 { marks.append("智能工厂") }
        if index < 13 { marks.append("智能车间") }
        if (20..<25).contains(index) { marks.append("绿色工厂") }
        return Ledger.Enterprise(
          uscc: uscc(index), name: "企业 \(index)", region: "430500", qualifications: marks, whiteLists: ["四保"])
      })
    for (mark, count) in [("智能工厂", 5), ("智能车间", 13), ("绿色工厂", 5)] {
      #expect(try ledger.number("Enterprise", "qualifications:\"\(mark)\"") == Int64(count))
    }
    #expect(try ledger.number("Enterprise", "white_lists:\"四保\"") == 190)
    #expect(try ledger.number("Enterprise", "white_lists:\"四\"") == 0, "a mark is matched whole")
  }

  /// Campaigns by their names, eight parts of one, projects of the 四化改造.
  @Test func s020_s039_s041_s075_s094_s116_campaignsAndMarks() throws {
    let ledger = try OpenLedger()
    let cadence = { (activity: String, kind: Ledger.CadenceKind, weekday: Int32) in
      Ledger.ProgrammeCadence(activity: activity, role: "指挥部", kind: kind, weekday: weekday)
    }
    let parent = Ledger.Programme(
      id: "百日攻坚", tags: ["584工作法", "8121"], name: "百日攻坚", region: "430500", firstDay: "2022-09-01",
      lastDay: "2022-12-09",
      cadences: [
        cadence("总结", .monthly, 0), cadence("部署", .weekly, 1), cadence("观摩", .quarterly, 0),
      ])
    try ledger.put(
      [parent]
        + (1...8).map {
          Ledger.Programme(
            id: "攻坚\($0)", name: "第\($0)战", region: "430500", firstDay: "2022-09-01", lastDay: "2022-12-09",
            parent: "百日攻坚")
        })
    #expect(try ledger.number("Programme", "parent = \"百日攻坚\"") == 8)
    #expect(try ledger.number("Programme", "tags:\"584工作法\" AND tags:\"8121\"") == 1)
    let days = try parent.cadences.map {
      try #require(try $0.rule).dates(
        from: try CivilDate(parent.firstDay), through: try CivilDate(parent.lastDay), countMax: 100)
    }
    #expect(days[0].map(\.text) == ["2022-09-30", "2022-10-31", "2022-11-30"])
    #expect(days[1].count == 14 && days[1].first?.text == "2022-09-05")
    #expect(days[2].map(\.text) == ["2022-09-30"])
    try ledger.put(
      (0..<20).map {
        Ledger.Project(
          code: "SH-\(1000 + $0)", tags: $0 < 14 ? ["四化改造"] : [], name: "项目", region: "430500", tier: .county)
      })
    #expect(try ledger.number("Project", "tags:\"四化改造\"") == 14)
  }

  /// 56 projects, each with its leader and its taskforce; 41 chief officers for 103 enterprises.
  @Test func s056_s076_everyProjectHasItsPeople() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      (0..<41).map { Ledger.Officer(id: "O-\($0)", name: "干部\($0)", region: "430500", level: .county) })
    try ledger.put(
      (0..<56).map { Ledger.Project(code: "ZB-\(1000 + $0)", name: "项目", region: "430500", tier: .county) })
    try ledger.put((0..<103).map { Ledger.Enterprise(uscc: uscc($0), name: "企业 \($0)", region: "430500") })
    try ledger.put(
      (0..<56).flatMap { index in
        [Ledger.AssignmentRole.leader, .taskforce].map { role in
          Ledger.Assignment(
            id: "A-\(role.rawValue)-\(index)", officer: "O-\(index % 41)", role: role, project: "ZB-\(1000 + index)",
            since: "2023-01-01")
        }
      }
        + (0..<103).map {
          Ledger.Assignment(
            id: "S-\($0)", officer: "O-\($0 % 41)", role: .chiefService, enterprise: uscc($0), since: "2023-01-01")
        })
    for role in ["LEADER", "TASKFORCE"] {
      #expect(try ledger.group("Assignment", "role = \(role) AND active = true", by: ["project"]).count == 56)
    }
    let chiefs = try ledger.group(
      "Assignment", "role = CHIEF_SERVICE AND active = true", [.countDistinct("officer"), .countDistinct("enterprise")])
    #expect(chiefs == [[.integer(41), .integer(103)]])
  }

  /// A plan by months, and who answers for it.
  @Test func s058_plansByTheMonth() throws {
    let ledger = try OpenLedger()
    let curve = (1...12).map { Int64($0) * 1_000_000 }
    let project = Ledger.Project(
      code: "DP-1001", name: "项目", region: "430500", tier: .county,
      plans: [Ledger.YearPlan(year: 2023, planFen: 12_000_000, curveFen: curve)], responsibleUnit: "发改局",
      plannedCompletion: "2023-11-30")
    try ledger.put(project)
    #expect(try ledger.number("ProjectPlan", "year = 2023 AND has_curve = true", .sum("curve_06_fen")) == 6_000_000)
    #expect(
      try ledger.number("Project", "responsible_unit = \"发改局\" AND planned_completion < \"2023-12-01\"") == 1)
    var falling = project
    falling.plans[0].curveFen[3] = 0
    #expect(ledger.refusal(of: falling)?.violations.map(\.rule) == ["FALLING"])
  }
}
