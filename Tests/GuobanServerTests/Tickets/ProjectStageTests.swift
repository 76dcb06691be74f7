import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanWire
import Testing

/// Projects from 签约 to 达效 over RPC, and the 三个一批 lists that follow them.
struct ProjectStageTests {
  private static let yi: Int64 = 10_000_000_000

  private static func project(_ code: String, _ region: String, fen: Int64 = 0) -> Ledger.Project {
    Ledger.Project(code: code, name: "项目 \(code)", region: region, tier: .county, totalInvestmentFen: fen)
  }

  private static func advance(
    _ client: GuobanClient, _ code: String, _ stages: [(Ledger.ProjectStage, String)], recognised: String = ""
  ) async throws -> Ledger.AdvanceProjectResponse {
    var last = Ledger.AdvanceProjectResponse()
    for (stage, date) in stages {
      last = try await client.call(
        "/guoban.v1.ProjectService/AdvanceProject",
        Ledger.AdvanceProjectRequest(
          code: code, stage: stage, date: date, recognised: stage == .atCapacity ? recognised : ""))
    }
    return last
  }

  private static func batches(
    _ office: TicketOffice, _ request: Ledger.BatchFiguresRequest = .init()
  ) async throws -> Ledger.BatchFiguresResponse {
    try await office.client.call("/guoban.v1.BatchEntryService/BatchFigures", request)
  }

  /// Projects on one list, and where each went since.
  private struct List {
    var batch: Ledger.BatchKind
    var stages: [(Ledger.ProjectStage, String)]
    /// 分 of each.
    var investments: [Int64]
    var recognised = ""
  }

  private static func enter(_ office: TicketOffice, _ region: String, _ lists: [List]) async throws {
    var serial = 1000
    for list in lists {
      var codes: [String] = []
      let projects = list.investments.map { fen in
        serial += 1
        codes.append("\(region)-\(serial)")
        return project(codes[codes.count - 1], region, fen: fen)
      }
      try await office.upsert("Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: projects))
      try await office.upsert(
        "BatchEntry", "BatchEntries",
        Ledger.BatchUpsertBatchEntriesRequest(
          batchEntries: codes.map { Ledger.BatchEntry(project: $0, period: "第七期", batch: list.batch) }))
      for code in codes { _ = try await advance(office.client, code, list.stages, recognised: list.recognised) }
    }
  }

  private static let signed = [(Ledger.ProjectStage.signed, "2022-06-01"), (.started, "2022-09-01")]
  private static let started = [(Ledger.ProjectStage.started, "2022-03-01"), (.inProduction, "2022-12-01")]
  private static let production = started + [(.atCapacity, "2023-02-01")]

  @Test func s053_puyangCountysListsAndThreeRates() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      let yi = Self.yi
      try await Self.enter(
        office, "410928",
        [
          List(batch: .signing, stages: Self.signed, investments: Array(repeating: 7 * yi, count: 6) + [6 * yi]),
          List(
            batch: .starting, stages: Self.started,
            investments: Array(repeating: 476 * yi / 100, count: 15) + [48 * yi / 10]),
          List(
            batch: .production, stages: Self.production,
            investments: Array(repeating: 84 * yi / 10, count: 15) + [85 * yi / 10]),
          // 458.2 亿 of 65 projects that the province recognised.
          List(
            batch: .production, stages: Self.production,
            investments: Array(repeating: 7 * yi, count: 64) + [102 * yi / 10],
            recognised: "2023-03-01"),
        ])
      let totals = try await Self.batches(office, Ledger.BatchFiguresRequest(region: "410928")).totals
      #expect(totals.map(\.batch) == [.signing, .starting, .production])
      #expect(totals.map(\.entered) == [7, 16, 81] && totals.map(\.left) == [0, 0, 65])
      #expect(totals.map(\.listed) == [7, 16, 16] && totals.reduce(0) { $0 + $1.listed } == 39)
      #expect(totals.map(\.investmentFen) == [48 * yi, 762 * yi / 10, 1345 * yi / 10])
      #expect(totals.reduce(0) { $0 + $1.investmentFen } == 2587 * yi / 10)
      #expect(
        totals.map(\.rate) == [7, 16, 16].map { Ledger.Rate(numerator: $0, denominator: $0) })
      // A month before the 65 were recognised, and before anything was at capacity.
      let january = try await Self.batches(office, Ledger.BatchFiguresRequest(asOf: "2023-01-31")).totals
      #expect(january.map(\.listed) == [7, 16, 81] && january.map(\.reached) == [7, 16, 0])
    }
  }

  @Test func s074_fanCountysSevenPeriodsAllReachedTheNextStage() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      try await Self.enter(
        office, "410926",
        [
          List(batch: .signing, stages: Self.signed, investments: Array(repeating: Self.yi, count: 5)),
          List(batch: .starting, stages: Self.started, investments: Array(repeating: Self.yi, count: 18)),
          List(batch: .production, stages: Self.production, investments: Array(repeating: Self.yi, count: 5)),
        ])
      let totals = try await Self.batches(office).totals
      #expect(totals.map(\.listed) == [5, 18, 5] && totals.reduce(0) { $0 + $1.listed } == 28)
      #expect(totals.allSatisfy { $0.rate?.numerator == $0.rate?.denominator })
    }
  }

  @Test func s021_threeRatesAreExactByPeriodAndRegion() async throws {
    try await TicketOffice.with(on: "2022-12-31") { office in
      for (region, moved) in [("410200", 2), ("410223", 1)] {
        let codes = (1...3).map { "\(region)-P\($0)" }
        try await office.upsert(
          "Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: codes.map { Self.project($0, region) }))
        for period in ["2022-01", "2022-02"] {
          try await office.upsert(
            "BatchEntry", "BatchEntries",
            Ledger.BatchUpsertBatchEntriesRequest(
              batchEntries: codes.map { Ledger.BatchEntry(project: $0, period: period, batch: .signing) }))
        }
        for code in codes.prefix(moved) { _ = try await Self.advance(office.client, code, Self.signed) }
      }
      let answer = try await Self.batches(office, Ledger.BatchFiguresRequest(byRegion: true, byPeriod: true))
      #expect(
        answer.rows.map { "\($0.region) \($0.period) \($0.rate?.numerator ?? -1)/\($0.rate?.denominator ?? -1)" } == [
          "410200 2022-01 2/3", "410200 2022-02 2/3", "410223 2022-01 1/3", "410223 2022-02 1/3",
        ])
      #expect(answer.totals.map(\.rate) == [Ledger.Rate(numerator: 6, denominator: 12)])
      let county = try await office.caller("尉氏", "410223")
      let seen: Ledger.BatchFiguresResponse = try await county.call(
        "/guoban.v1.BatchEntryService/BatchFigures", Ledger.BatchFiguresRequest())
      #expect(seen.totals.map(\.rate) == [Ledger.Rate(numerator: 2, denominator: 6)])
    }
  }

  @Test func stageDateAndListsChangeInOneWriteOrNotAtAll() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      try await office.upsert(
        "Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: [Self.project("P-1001", "410928")]))
      try await office.upsert(
        "BatchEntry", "BatchEntries",
        Ledger.BatchUpsertBatchEntriesRequest(batchEntries: [
          Ledger.BatchEntry(project: "P-1001", period: "2022-08", batch: .signing),
          Ledger.BatchEntry(project: "P-1001", period: "2023-01", batch: .starting),
        ]))
      var request = Ledger.AdvanceProjectRequest(
        code: "P-1001", requestId: "start-1", validateOnly: true, stage: .started, date: "2023-03-01")
      func advance() async throws -> Ledger.AdvanceProjectResponse {
        try await office.client.call("/guoban.v1.ProjectService/AdvanceProject", request)
      }
      func entry(_ key: String) async throws -> Ledger.BatchEntry {
        try await office.client.call("/guoban.v1.BatchEntryService/GetBatchEntry", Ledger.GetRecordRequest(key: key))
      }
      #expect(try await advance().batchEntries == ["P-1001/2022-08/SIGNING"])
      #expect(try await entry("P-1001/2022-08/SIGNING").nextStage.isEmpty)
      request.validateOnly = false
      let done = try await advance()
      #expect(done.project?.stage == .started && done.project?.milestones?.started == "2023-03-01")
      #expect(try await entry("P-1001/2022-08/SIGNING").nextStage == "2023-03-01")
      #expect(try await entry("P-1001/2023-01/STARTING").nextStage.isEmpty)
      #expect(try await advance() == done, "a retry gets the first answer")
      (request.requestId, request.etag) = ("", "r1")
      #expect(await refused { try await advance() }?.code == .aborted)
      // Recognised later: only the lists change.
      request = Ledger.AdvanceProjectRequest(code: "P-1001", stage: .inProduction, date: "2023-03-10")
      #expect(try await advance().batchEntries == ["P-1001/2023-01/STARTING"])
      request = Ledger.AdvanceProjectRequest(code: "P-1001", stage: .atCapacity, date: "2023-03-20")
      #expect(try await advance().batchEntries.isEmpty)
      request = Ledger.AdvanceProjectRequest(code: "P-1001", stage: .atCapacity, recognised: "2023-03-30")
      #expect(try await advance().batchEntries.count == 2)
      #expect(try await entry("P-1001/2022-08/SIGNING").left == "2023-03-30")
      request = Ledger.AdvanceProjectRequest(code: "P-1001", stage: .completed, date: "2023-04-01")
      let future = await refused { try await advance() }
      #expect(future?.violations(limits: .standard).map(\.reason) == ["IN_THE_FUTURE"])
    }
  }

  @Test func aStageGoesBackOnlyWithAReason() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      var project = Self.project("P-1001", "410928")
      func upsert() async throws {
        try await office.upsert("Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: [project]))
      }
      func stored() async throws -> Ledger.Project {
        try await office.client.call("/guoban.v1.ProjectService/GetProject", Ledger.GetRecordRequest(key: "P-1001"))
      }
      try await upsert()
      _ = try await Self.advance(office.client, "P-1001", [(.started, "2023-01-10"), (.inProduction, "2023-03-01")])
      // A table without the stages takes none away.
      project.leader = "张县长"
      try await upsert()
      var now = try await stored()
      #expect(now.stage == .inProduction && now.milestones?.started == "2023-01-10" && now.leader == "张县长")
      // What it says is held to what is stored.
      project.milestones = Ledger.Milestones(signed: "2023-02-01")
      let late = await refused { try await upsert() }
      #expect(late?.violations(limits: .standard).map(\.reason) == ["OUT_OF_ORDER"])
      project.milestones = nil
      project.stage = .started
      let back = await refused { try await upsert() }
      #expect(back?.code == .failedPrecondition)
      for word in ["投产", "开工", "可以到：达效", "有权录入", "correction_reason"] {
        #expect(back?.message.contains(word) == true, "\(word): \(back?.message ?? "")")
      }
      project.stage = .inProduction
      project.milestones = Ledger.Milestones(started: "2023-01-11")
      let moved = await refused { try await upsert() }
      #expect(moved?.message.contains("2023-01-10") == true && moved?.message.contains("2023-01-11") == true)

      project.correctionReason = "录入有误，尚未投产"
      project.stage = .started
      try await upsert()
      now = try await stored()
      #expect(now.stage == .started && now.milestones == Ledger.Milestones(started: "2023-01-11"))
      #expect(now.correctionReason.isEmpty && now.corrections.count == 1)
      let kept = try #require(now.corrections.first)
      #expect(kept.oldStage == .inProduction && kept.oldMilestones?.inProduction == "2023-03-01")
      #expect(kept.reason == "录入有误，尚未投产" && !kept.actor.isEmpty && kept.time != nil)

      // A reason without a stage, or without the other dates, takes none of them away.
      project.stage = .unspecified
      project.milestones = Ledger.Milestones(signed: "2022-12-01")
      try await upsert()
      now = try await stored()
      #expect(now.stage == .started && now.corrections.count == 1)
      #expect(now.milestones == Ledger.Milestones(signed: "2022-12-01", started: "2023-01-11"))

      // Onward needs none, some stages at once; and the same once more changes nothing.
      (project.correctionReason, project.stage) = ("", .atCapacity)
      try await upsert()
      let revision = try await stored().meta?.revision
      try await upsert()
      now = try await stored()
      #expect(now.stage == .atCapacity && now.corrections.count == 1 && now.meta?.revision == revision)
    }
  }

  @Test func aCorrectionTakesItsEntriesAlongAndARetryGetsTheSameAnswer() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      let codes = ["P-1001", "P-1002", "P-1003"]
      try await office.upsert(
        "Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: codes.map { Self.project($0, "410928") }))
      try await office.upsert(
        "BatchEntry", "BatchEntries",
        Ledger.BatchUpsertBatchEntriesRequest(
          batchEntries: codes.map { Ledger.BatchEntry(project: $0, period: "第七期", batch: .starting) }))
      for code in codes {
        _ = try await Self.advance(office.client, code, [(.started, "2023-01-10"), (.inProduction, "2023-03-01")])
      }
      let corrected = codes.map { code in
        var project = Self.project(code, "410928")
        (project.stage, project.correctionReason) = (.started, "尚未投产")
        return project
      }
      // Three ways of writing it, each by a clerk who is held to the county.
      let county = try await office.caller("濮阳县", "410928")
      let upsert = Ledger.BatchUpsertProjectsRequest(projects: [corrected[0]], requestId: "correct-1")
      let update = Ledger.UpdateProjectRequest(
        project: corrected[1], updateMask: Google.FieldMask(paths: ["stage", "correction_reason"]),
        requestId: "correct-2")
      let apply = Ledger.ApplyRequest(
        mutations: [Ledger.Mutation(kind: .upsert, recordType: "Project", record: corrected[2].packed())],
        requestId: "correct-3")
      for (method, message) in [
        ("ProjectService/BatchUpsertProjects", upsert.packed()), ("ProjectService/UpdateProject", update.packed()),
        ("LedgerService/Apply", apply.packed()),
      ] {
        let done = try await county.call("/guoban.v1.\(method)", message: message)
        #expect(try await county.call("/guoban.v1.\(method)", message: message) == done, "\(method)")
      }
      let counts: Ledger.BatchUpsertResponse = try await county.call(
        "/guoban.v1.ProjectService/BatchUpsertProjects", upsert)
      #expect(counts.updated == 1 && counts.created == 0 && counts.unchanged == 0)
      #expect(try await Self.batches(office).totals.map(\.rate) == [Ledger.Rate(numerator: 0, denominator: 3)])
    }
  }

  @Test func s073_aRefusedStepSaysWhatComesNext() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      try await office.upsert(
        "Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: [Self.project("P-1001", "410926")]))
      _ = try await Self.advance(office.client, "P-1001", [(.started, "2023-01-05")])
      let status = try #require(
        await refused { try await Self.advance(office.client, "P-1001", [(.atCapacity, "2023-03-01")]) })
      #expect(status.code == .failedPrecondition && status.reason(limits: .standard) == "PROJECT_STAGE")
      #expect(status.message.contains("“开工”") && status.message.contains("入统、竣工、投产，由有权录入的人"))
      let early = try #require(
        await refused { try await Self.advance(office.client, "P-1001", [(.inProduction, "2023-01-04")]) })
      #expect(early.reason(limits: .standard) == "PROJECT_STAGE_DATE")
    }
  }

  @Test func s012_newStartsThatEnteredStatisticsAreCounted() async throws {
    try await TicketOffice.with(on: "2020-05-31") { office in
      let codes = (1...322).map { "HB-\(1000 + $0)" }
      try await office.upsert(
        "Project", "Projects",
        Ledger.BatchUpsertProjectsRequest(
          projects: codes.enumerated().map { index, code in
            var project = Self.project(code, "410928")
            project.stage = .started
            project.milestones = Ledger.Milestones(started: "2019-01-02")
            // Last year's 149 are in the books already.
            if index < 149 {
              project.stage = .inStatistics
              project.milestones?.inStatistics = "2019-05-20"
            }
            return project
          }))
      for code in codes.dropFirst(149) {
        let answer = try await Self.advance(office.client, code, [(.inStatistics, "2020-05-20")])
        #expect(answer.project?.stage == .inStatistics)
      }
      func entered(_ year: Int) async throws -> Int64 {
        Int64(
          try await office.count(
            "Project", "Projects",
            "milestones_in_statistics >= \"\(year)-01-01\" AND milestones_in_statistics <= \"\(year)-05-31\""))
      }
      let (now, before) = (try await entered(2020), try await entered(2019))
      #expect(now == 173 && now - before == 24)
      #expect(
        try Fraction(now - before, over: before).percentText(DecimalStyle(decimals: 2, showsPlus: true)) == "+16.11")
    }
  }

  @Test func s013_s028_milestonesTellHowFastAProjectWent() async throws {
    try await TicketOffice.with(on: "2022-06-30") { office in
      try await office.upsert(
        "Project", "Projects", Ledger.BatchUpsertProjectsRequest(projects: [Self.project("KF-1001", "410200")]))
      let stages: [(Ledger.ProjectStage, String)] = [
        (.signed, "2022-03-01"), (.started, "2022-03-22"), (.completed, "2022-03-29"), (.inProduction, "2022-04-25"),
      ]
      let project = try #require(try await Self.advance(office.client, "KF-1001", stages).project)
      let milestones = try #require(project.milestones)
      let days = zip(
        [milestones.signed, milestones.started, milestones.completed],
        [milestones.started, milestones.completed, milestones.inProduction])
      #expect(try days.map { CivilDate.daysBetween(try CivilDate($0), try CivilDate($1)) } == [21, 7, 27])
      #expect(project.stage == .inProduction)
    }
  }
}
