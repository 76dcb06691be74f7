import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// Who helps whom, and what was done in the field.
struct AssignmentTests {
  private func ledger(officers: Int = 3, enterprises: Int = 3) throws -> OpenLedger {
    let ledger = try OpenLedger()
    try ledger.put(
      (0..<officers).map { Ledger.Officer(id: "O-\($0)", name: "干部\($0)", region: "430500", level: .county) })
    try ledger.put(
      (0..<enterprises).map {
        Ledger.Enterprise(uscc: uscc($0), name: "企业 \($0)", region: "430500", scale: $0 % 2 == 0 ? .above : .below)
      })
    return ledger
  }

  private func assignment(
    _ id: String, _ officer: Int, _ role: Ledger.AssignmentRole = .serviceSteward, enterprise: Int? = 0
  ) -> Ledger.Assignment {
    Ledger.Assignment(
      id: id, officer: "O-\(officer)", role: role, region: enterprise == nil ? "430500" : "",
      enterprise: enterprise.map { uscc($0) } ?? "", since: "2022-10-01")
  }

  private func stored(_ ledger: OpenLedger, _ id: String) throws -> Ledger.Assignment {
    try Ledger.Assignment(packed: try #require(try ledger.record("Assignment", id)), limits: .standard)
  }

  @Test func s108_oneActivePersonPerRoleAndTarget() throws {
    let ledger = try ledger()
    try ledger.put(assignment("A-1", 0, .residentLiaison))
    #expect(try stored(ledger, "A-1").region == "430500")
    let taken = refused { try ledger.put(assignment("A-2", 1, .residentLiaison)) }
    #expect(taken?.reason == "ROLE_TAKEN" && taken?.message.contains("有权录入的人可以交接") == true)
    #expect(taken?.message.contains("O-0") == true && taken?.message.contains("A-1") == true)
    // Another role, and another enterprise, are free.
    try ledger.put(assignment("A-3", 1, .healthSupervisor))
    try ledger.put(assignment("A-4", 1, .residentLiaison, enterprise: 1))
    var ended = try stored(ledger, "A-1")
    ended.until = "2022-10-31"
    try ledger.put(ended)
    try ledger.put(assignment("A-2", 1, .residentLiaison))
    // What has ended stays as it was, and its place is taken.
    var again = ended
    again.until = ""
    #expect(ledger.refusal(of: again)?.reason == "ASSIGNMENT_ENDED")
    // A note on it is no change of who helped whom.
    ended.tags = ["存档"]
    try ledger.put(ended)
  }

  @Test func s107_threeOfficersOfOneEnterprise() throws {
    let ledger = try ledger()
    let roles: [Ledger.AssignmentRole] = [.enterpriseHelper, .healthSupervisor, .safetySupervisor]
    try ledger.put(roles.enumerated().map { assignment("三员-\($0)", $0, $1) })
    let rows = try ledger.group("Assignment", "enterprise = \"\(uscc(0))\" AND active = true", by: ["role"])
    #expect(rows.count == 3 && rows.allSatisfy { $0[1] == .integer(1) })
  }

  @Test func handingOverEndsOneAndBeginsTheNextInOneCommit() throws {
    let ledger = try ledger()
    try ledger.put(assignment("A-1", 0))
    let request = Ledger.HandOverAssignmentRequest(
      key: "A-1", newId: "A-2", officer: "O-1", date: "2022-11-01", reason: "岗位调整")
    let answer = try #require(try ledger.write { try HandOver(request).run($0) })
    #expect(answer.ended?.until == "2022-10-31" && answer.ended?.endReason == "岗位调整")
    #expect(answer.begun?.officer == "O-1" && answer.begun?.since == "2022-11-01" && answer.begun?.previous == "A-1")
    #expect(try stored(ledger, "A-2").until.isEmpty)
    let last = try ledger.store.read { try $0.changes(after: $0.revision - 2, limit: 10) }
    #expect(last.map(\.key) == ["A-1", "A-2"] && Set(last.map(\.commitRevision)).count == 1)

    let wrong: [(String, Ledger.HandOverAssignmentRequest)] = [
      ("ASSIGNMENT_ENDED", request), ("NOT_FOUND", request.with { $0.key = "A-9" }),
      ("SAME_OFFICER", request.with { ($0.key, $0.newId) = ("A-2", "A-3") }),
      ("BEFORE_START", request.with { ($0.key, $0.newId, $0.officer) = ("A-2", "A-3", "O-2") }),
      ("ALREADY_EXISTS", request.with { ($0.key, $0.officer, $0.date) = ("A-2", "O-2", "2022-12-01") }),
      (
        "INVALID_FIELDS", request.with { ($0.key, $0.newId, $0.officer, $0.date) = ("A-2", "A-3", "O-9", "2022-12-01") }
      ),
    ]
    let revision = ledger.store.revision
    for (reason, request) in wrong {
      #expect(refused { try ledger.write { try HandOver(request).run($0) } }?.reason == reason)
    }
    #expect(ledger.store.revision == revision)
  }

  @Test func anActiveAssignmentKeepsItsPersonRoleAndTarget() throws {
    let ledger = try ledger()
    try ledger.put(assignment("A-1", 0))
    let changes: [(inout Ledger.Assignment) -> Void] = [
      { $0.officer = "O-1" }, { $0.role = .leader }, { $0.enterprise = uscc(1) },
    ]
    for change in changes {
      var changed = assignment("A-1", 0)
      change(&changed)
      let error = ledger.refusal(of: changed)
      #expect(error?.reason == "ASSIGNMENT_PERSON")
      #expect(error?.message.contains("HandOverAssignment") == true)
    }
    var amended = assignment("A-1", 0)
    amended.since = "2022-09-15"
    try ledger.put(amended)
    var elsewhere = assignment("A-5", 1, enterprise: 1)
    elsewhere.region = "430100"
    #expect(
      ledger.refusal(of: elsewhere)?.violations.map(\.rule) == ["NOT_THE_TARGETS_REGION"])
    try ledger.put(Ledger.Officer(id: "O-2", name: "干部2", region: "430500", left: "2022-06-30"))
    #expect(refused { try ledger.put(assignment("A-6", 2, enterprise: 2)) }?.reason == "OFFICER_LEFT")
  }

  @Test func s112_gridsOfARegionHaveALeaderEach() throws {
    let ledger = try ledger()
    let grid = { (id: String, officer: Int, grid: String, role: Ledger.AssignmentRole) in
      var assignment = assignment(id, officer, role, enterprise: nil)
      assignment.grid = grid
      return assignment
    }
    try ledger.put([
      grid("G-1", 0, "一片区", .leader), grid("G-2", 1, "二片区", .leader), grid("G-3", 2, "一片区", .inspector),
    ])
    #expect(refused { try ledger.put(grid("G-4", 2, "一片区", .leader)) }?.reason == "ROLE_TAKEN")
    #expect(
      try ledger.group("Assignment", "target_kind = GRID AND role = LEADER", by: ["grid"]).map { $0[0] } == [
        .text("一片区"), .text("二片区"),
      ])
    // Without enterprise, project and grid it is about the region itself.
    try ledger.put(assignment("G-5", 0, .leader, enterprise: nil))
    #expect(try ledger.number("Assignment", "target = \"REGION/430500\"") == 1)
  }

  /// How many enterprises have a steward: 4 of 5, and of the larger ones all.
  @Test func s005_coverageOfServiceStewards() throws {
    let ledger = try ledger(enterprises: 5)
    try ledger.put([0, 1, 2, 4].map { assignment("A-\($0)", $0 % 3, enterprise: $0) })
    try ledger.put(assignment("B-3", 0, .healthSupervisor, enterprise: 3))
    let figures = { (scale: Ledger.EnterpriseScale, regions: [String]) in
      let coverage = try Coverage(Ledger.CoverageFiguresRequest(role: .serviceSteward, scale: scale))
      return try ledger.store.read { reader in
        try coverage.figures(reader) { regions.isEmpty ? nil : .isOne(column: $0, of: regions) }
      }
    }
    func row(_ region: String, _ covered: Int64, _ enterprises: Int64) -> Ledger.CoverageFiguresRow {
      Ledger.CoverageFiguresRow(
        region: region, covered: covered, enterprises: enterprises,
        rate: Ledger.Rate(numerator: covered, denominator: enterprises))
    }
    let all = try figures(.unspecified, [])
    #expect(all.rows == [row("430500", 4, 5)] && all.total == row("", 4, 5))
    #expect(percent(try Fraction(4, over: 5)) == "80.00")
    #expect(try figures(.above, []).rows == [row("430500", 3, 3)])
    #expect(try figures(.unspecified, ["430500"]).rows == all.rows)
    #expect(
      try figures(.unspecified, ["410900"])
        == Ledger.CoverageFiguresResponse(total: row("", 0, 0), revision: all.revision))
    #expect(throws: LedgerError.self) { try Coverage(Ledger.CoverageFiguresRequest()) }
    var ended = assignment("A-0", 0)
    ended.until = "2022-12-31"
    try ledger.put(ended)
    #expect(try figures(.unspecified, []).rows == [row("430500", 3, 5)])
  }

  /// 181 officers for 100 enterprises: more than one of an enterprise, in different roles.
  @Test func s035_officersAndEnterprisesAreCountedApart() throws {
    let ledger = try ledger(officers: 181, enterprises: 100)
    let roles: [Ledger.AssignmentRole] = [.leader, .enterpriseHelper]
    try ledger.put(
      (0..<181).map { assignment("A-\($0)", $0, roles[$0 / 100], enterprise: $0 % 100) })
    #expect(try ledger.group("Assignment", "active = true", by: ["officer"]).count == 181)
    #expect(try ledger.group("Assignment", "active = true", by: ["enterprise"]).count == 100)
  }

  @Test func s086_helpersByTier() throws {
    let ledger = try ledger(officers: 80, enterprises: 80)
    try ledger.put(
      (0..<80).map { index in
        var assignment = assignment("A-\(index)", index, .chiefService, enterprise: index)
        assignment.tier = index < 30 ? "县级" : "科级"
        return assignment
      })
    #expect(
      try ledger.group("Assignment", "role = CHIEF_SERVICE", by: ["tier"]) == [
        [.text("县级"), .integer(30)], [.text("科级"), .integer(50)],
      ])
    try ledger.put([
      activity("D-1", .matchmaking, topic: "产销对接", amount: "3.6"),
      activity("D-2", .matchmaking, topic: "政银企对接", amount: "5.8"),
      activity("D-3", .recruitment, topic: "用工对接", amount: "0", jobs: 1621),
    ])
    #expect(try ledger.number("Activity", "topic = \"用工对接\"", .sum("jobs_agreed")) == 1621)
    #expect(try ledger.number("Activity", "kind = MATCHMAKING", .sum("amount_agreed_fen")) == (try fen("9.4")))
  }

  /// 50 chief officers, 813 visits, 201 problems solved, 1.62 亿.
  @Test func s027_visitsOfChiefOfficers() throws {
    let ledger = try ledger(officers: 50)
    let amounts = parts(of: try fen("1.62"), count: 813)
    try ledger.put(
      (0..<813).map { index in
        Ledger.Activity(
          id: "V-\(index)", kind: .visit, region: "430500", date: "2022-0\(index % 5 + 1)-11",
          officer: "O-\(index % 50)", problemsRaised: index < 201 ? 1 : 0, problemsSolved: index < 201 ? 1 : 0,
          amountAgreedFen: amounts[index])
      })
    let total = try ledger.group(
      "Activity", "kind = VISIT", by: [], [.count, .sum("problems_solved"), .sum("amount_agreed_fen")])
    #expect(total == [[.integer(813), .integer(201), .integer(try fen("1.62"))]])
    #expect(try ledger.group("Activity", "kind = VISIT", by: ["officer"]).count == 50)
  }

  /// At least two visits to the site a month, by project and month.
  @Test func s063_twoVisitsAMonth() throws {
    let ledger = try ledger()
    try ledger.put((0..<4).map { Ledger.Project(code: "P-100\($0)", name: "项目", region: "430500", tier: .county) })
    let visits = [0: 2, 1: 3, 2: 1, 3: 0]
    try ledger.put(
      visits.flatMap { project, count in
        (0..<count).map { index in
          Ledger.Activity(
            id: "V-\(project)-\(index)", kind: .visit, region: "430500", date: "2023-03-1\(index)",
            project: "P-100\(project)")
        }
      })
    let rows = try ledger.group("Activity", "kind = VISIT AND month = \"2023-03\"", by: ["project"])
    let good = rows.count { if case .integer(let count) = $0[1] { count >= 2 } else { false } }
    let all = try ledger.number("Project")
    #expect([Int64(good), all] == [2, 4])
  }

  /// 147 visits to 65 enterprises, and whether that is all of them.
  @Test func s069_everyEnterpriseVisited() throws {
    let ledger = try ledger(enterprises: 65)
    try ledger.put(
      (0..<147).map {
        Ledger.Activity(
          id: "V-\($0)", kind: .visit, topic: "大走访", region: "430500", date: "2023-04-02", enterprise: uscc($0 % 65))
      })
    #expect(try ledger.number("Activity", "topic = \"大走访\"") == 147)
    let visited = try ledger.group("Activity", "topic = \"大走访\"", by: ["enterprise"]).count
    #expect(Int64(visited) == (try ledger.number("Enterprise")) && visited == 65)
  }

  @Test func s019_whiteListsAndQualifications() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      (0..<116).map { index in
        var qualifications = index < 55 ? ["专精特新"] : []
        if index < 5 { qualifications.append("小巨人") }
        return Ledger.Enterprise(
          uscc: uscc(index), name: "企业 \(index)", region: "430500", qualifications: qualifications,
          whiteLists: ["专精特新白名单"])
      })
    #expect(try ledger.number("Enterprise", "white_lists:\"专精特新白名单\"") == 116)
    #expect(try ledger.number("Enterprise", "qualifications:\"专精特新\"") == 55)
    #expect(try ledger.number("Enterprise", "qualifications:\"小巨人\"") == 5)
  }

  @Test func s093_largerEnterprisesAllAtWork() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      (0..<75).map {
        Ledger.Enterprise(
          uscc: uscc($0), name: "企业 \($0)", region: "430500", scale: .above, status: $0 % 9 == 0 ? .resumed : .normal)
      })
    let above = try ledger.number("Enterprise", "scale = ABOVE")
    let working = try ledger.number("Enterprise", "scale = ABOVE AND (status = NORMAL OR status = RESUMED)")
    #expect([above, working] == [75, 75])
  }

  @Test func s114_aCampaignsWindowGoalsAndCadences() throws {
    let ledger = try OpenLedger()
    let programme = Ledger.Programme(
      id: "奋战五十天", name: "奋战五十天", region: "430500", firstDay: "2022-11-12", lastDay: "2022-12-31",
      goals: [Ledger.ProgrammeGoal(text: "规上工业增加值增速", valueE6: 8_000_000)],
      cadences: [
        Ledger.ProgrammeCadence(activity: "监测", role: "工信", kind: .daily),
        Ledger.ProgrammeCadence(activity: "调度", role: "副市长", kind: .weekly, weekday: 2),
        Ledger.ProgrammeCadence(activity: "调度", role: "市长", kind: .halfMonthly),
      ])
    try ledger.put(programme)
    let window = (try CivilDate(programme.firstDay), try CivilDate(programme.lastDay))
    #expect(CivilDate.daysBetween(window.0, window.1) + 1 == 50)
    let counts = try programme.cadences.map {
      try #require(try $0.rule).dates(from: window.0, through: window.1, countMax: 1000).count
    }
    #expect(counts == [50, 7, 4])
    #expect(try ledger.number("ProgrammeCadence", "programme.region = \"430500\" AND kind = WEEKLY") == 1)
    var wrong = programme
    wrong.cadences[1].weekday = 8
    wrong.lastDay = "2022-11-01"
    #expect(
      ledger.refusal(of: wrong)?.violations.map(\.rule) == ["ENDS_BEFORE_START", "CADENCE_WEEKDAY"])
    // A meeting that was held is an activity of the campaign.
    var held = activity("M-1", .meeting, topic: "调度会", amount: "0")
    held.programme = programme.id
    try ledger.put(held)
    #expect(try ledger.number("Activity", "programme.name = \"奋战五十天\"") == 1)
  }

  private func activity(
    _ id: String, _ kind: Ledger.ActivityKind, topic: String, amount: String, jobs: Int32 = 0
  ) -> Ledger.Activity {
    Ledger.Activity(
      id: id, kind: kind, topic: topic, region: "430500", date: "2022-11-15",
      amountAgreedFen: (try? fen(amount)) ?? -1, jobsAgreed: jobs)
  }
}

extension Ledger.HandOverAssignmentRequest {
  fileprivate func with(_ change: (inout Self) -> Void) -> Self {
    var request = self
    change(&request)
    return request
  }
}
