import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import GuobanWire
import Testing

/// The life of a ticket over RPC, by the rows of the domain that it is for.
struct TicketFlowTests {
  private static let problem = Ledger.Ticket(
    region: "410421", title: "厂区雨污管网不通", category: .permits, channel: .visit, severity: .ordinary)

  private static func problem(_ change: (inout Ledger.Ticket) -> Void) -> Ledger.Ticket {
    var ticket = problem
    change(&ticket)
    return ticket
  }

  @Test func s037_closingNeedsApprovalOfTheRightLevelAndNotOnesOwn() async throws {
    try await TicketOffice.with(on: "2021-03-01") { office in
      let li = try await office.caller("李", "410421")
      let wang = try await office.caller("王", "410421")
      let town = try await office.caller("镇里", "410421100")
      let city = try await office.caller("市里", "410400")
      let ticket = try await li.submit(Self.problem)
      #expect(ticket.number == "410421-2021-000001" && ticket.state == .registered && ticket.level == .county)
      #expect(ticket.events.map(\.actor) == ["李"] && ticket.events[0].date == "2021-03-01")
      let number = ticket.number
      // 挂号分办交办, 责任到人.
      let assigned = try await wang.step(
        "AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "县住建局", supervisor: "县督查室"))
      #expect(assigned.state == .assigned && assigned.owner == "县住建局" && assigned.supervisor == "县督查室")
      let supervised = try await wang.step(
        "SuperviseTicket", Ledger.SuperviseTicketRequest(number: number, note: "三日内办结"))
      #expect(supervised.state == .assigned && supervised.events.count == 3)
      try office.turn(to: "2021-03-03")
      let close = Ledger.RequestClosureRequest(
        number: number, etag: supervised.meta?.etag ?? "", outcome: .solved, method: "改址铺管", result: "已通水")
      let pending = try await li.step("RequestClosure", close)
      #expect(pending.state == .pendingClosure && pending.firstFeedback == "2021-03-03")

      let approve = Ledger.ApproveClosureRequest(number: number, requestId: "approve-1")
      let own = try #require(await refused { try await li.step("ApproveClosure", approve) })
      #expect(own.code == .permissionDenied && own.reason(limits: .standard) == "TICKET_OWN_WORK")
      #expect(own.message.contains("李 经办过") && own.message.contains("县级及以上、未经办过的人"))
      // The township does not see the county's tickets at all.
      let low = try #require(await refused { try await town.step("ApproveClosure", approve) })
      #expect(low.code == .notFound)
      let stale = try #require(
        await refused {
          try await wang.step("ApproveClosure", Ledger.ApproveClosureRequest(number: number, etag: "r1"))
        })
      #expect(stale.code == .aborted && stale.reason(limits: .standard) == "ETAG_MISMATCH")
      let tried = try await wang.step(
        "ApproveClosure", Ledger.ApproveClosureRequest(number: number, validateOnly: true))
      #expect(tried.state == .closed)
      #expect(try await office.ticket(number).state == .pendingClosure)
      let closed = try await wang.step("ApproveClosure", approve)
      #expect(closed.state == .closed && closed.closed == "2021-03-03" && closed.outcome == .solved)
      // A retry gets the first answer; the same step anew is told what is possible.
      #expect(try await wang.step("ApproveClosure", approve) == closed)
      let twice = try #require(
        await refused { try await wang.step("ApproveClosure", Ledger.ApproveClosureRequest(number: number)) })
      #expect(twice.code == .failedPrecondition && twice.reason(limits: .standard) == "TICKET_STATE")
      #expect(twice.message.contains("满意度回访") && twice.message.contains("重新办理"))

      let reopened = try await city.step("ReopenTicket", Ledger.ReopenTicketRequest(number: number, reason: "又堵了"))
      #expect(reopened.state == .handling && reopened.closed.isEmpty && reopened.outcome == .unspecified)
      // What was done before stands in the history alone.
      #expect(!closed.method.isEmpty && reopened.method.isEmpty && reopened.result.isEmpty)
      #expect(reopened.events.contains { $0.method == closed.method && $0.result == closed.result })
      let history = try await office.ticket(number).events
      #expect(
        history.map(\.action) == [.register, .assign, .supervise, .requestClosure, .approveClosure, .reopen])
      #expect(history.map(\.actor) == ["李", "王", "王", "李", "王", "市里"])
      #expect(history.allSatisfy { $0.time != nil })
    }
  }

  @Test func aTownshipMayNotApproveForTheCounty() async throws {
    try await TicketOffice.with(on: "2021-03-01") { office in
      let town = try await office.caller("镇里", "410421100")
      let ticket = try await town.submit(Self.problem { $0.region = "410421100" })
      let assign = Ledger.AssignTicketRequest(number: ticket.number, owner: "镇里")
      let low = try #require(await refused { try await town.step("AssignTicket", assign) })
      #expect(low.code == .permissionDenied && low.reason(limits: .standard) == "TICKET_LEVEL")
      #expect(low.message.contains("县级及以上") && low.message.contains("镇里 是乡级"))
      let high = try #require(
        await refused {
          try await town.submit(
            Self.problem {
              $0.region = "410421100"
              $0.level = .city
            })
        })
      #expect(high.code == .permissionDenied)
      // A viewer may look, and no more.
      let viewer = try await office.caller("看", "410421", .viewer)
      let none = try #require(await refused { try await viewer.step("AssignTicket", assign) })
      #expect(none.reason(limits: .standard) == "PERMISSION_MISSING")
    }
  }

  @Test func s038_ticketsGoUpTheLevelsAndDownAgain() async throws {
    try await TicketOffice.with(on: "2021-03-01") { office in
      let county = try await office.caller("李", "410421")
      let leader = try await office.caller("县长", "410421")
      let city = try await office.caller("市里", "410400")
      let number = try await county.submit(Self.problem).number
      func escalate() async throws -> Ledger.Ticket {
        try await county.step("EscalateTicket", Ledger.EscalateTicketRequest(number: number, reason: "需上级协调"))
      }
      #expect(try await escalate().level == .dispatch)
      // The 总调度会 is still the county's.
      _ = try await leader.step("AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "县发改委"))
      let up = try await escalate()
      #expect(up.level == .city && up.state == .registered && up.owner.isEmpty && up.escalated == "2021-03-01")
      let assign = Ledger.AssignTicketRequest(number: number, owner: "市供电公司")
      let low = try #require(await refused { try await leader.step("AssignTicket", assign) })
      #expect(low.message.contains("市级及以上"))
      _ = try await city.step("AssignTicket", assign)
      let returned = try await county.step(
        "ReturnTicket", Ledger.ReturnTicketRequest(number: number, reason: "不属供电范围"))
      #expect(returned.state == .registered)
      // 下沉
      let down = try await city.step(
        "HandDownTicket", Ledger.HandDownTicketRequest(number: number, reason: "县里可以解决"))
      #expect(down.level == .dispatch)
      let row = try #require(try await office.figures().levels.first { $0.level == .city })
      #expect(row.found == 1 && row.handedDown == 1 && row.accepted == 0)
    }
  }

  @Test func s043_anExemptedTicketIsNotLate() async throws {
    try await TicketOffice.with(on: "2021-03-01") { office in
      let li = try await office.caller("李", "410421")
      let leader = try await office.caller("县长", "410421")
      let number = try await li.submit(Self.problem).number
      _ = try await leader.step("AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "县环保局"))
      _ = try await li.step("FeedbackTicket", Ledger.FeedbackTicketRequest(number: number, note: "等省里批复"))
      // The last day of seven.
      try office.turn(to: "2021-03-08")
      let last = try #require(try await office.due().tickets.first)
      #expect(last.step == .solve && last.due == "2021-03-08" && last.daysLeft == 0 && !last.late)
      let exempt = Ledger.ExemptTicketRequest(number: number, reason: "政策窗口不到 3 天，等待省里批复")
      let own = try #require(await refused { try await li.step("ExemptTicket", exempt) })
      #expect(own.reason(limits: .standard) == "TICKET_OWN_WORK")
      let silent = try #require(
        await refused { try await leader.step("ExemptTicket", Ledger.ExemptTicketRequest(number: number)) })
      #expect(silent.code == .invalidArgument && silent.reason(limits: .standard) == "TICKET_NOTE_MISSING")
      let exempted = try await leader.step("ExemptTicket", exempt)
      #expect(exempted.exemptReason == exempt.reason && exempted.state == .handling)
      try office.turn(to: "2021-04-01")
      #expect(try await office.due().tickets.isEmpty)
      let all = try await office.due(Ledger.ListDueTicketsRequest(all: true)).tickets
      #expect(all.count == 1 && all.allSatisfy { !$0.late && $0.daysLeft == -24 })
      #expect(try await office.figures().total?.exempted == 1)
    }
  }

  @Test func s034_threeDaysFromRegistrationToClosing() async throws {
    try await TicketOffice.with(on: "2022-05-06") { office in
      let clerk = try await office.caller("尉氏", "410223")
      let leader = try await office.caller("县长", "410223")
      let number = try await clerk.submit(Self.problem { $0.region = "410223" }).number
      _ = try await leader.step("AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "县工信局"))
      try office.turn(to: "2022-05-09")
      _ = try await clerk.step(
        "RequestClosure",
        Ledger.RequestClosureRequest(number: number, outcome: .solved, method: "专班驻厂", result: "已复产"))
      _ = try await leader.step("ApproveClosure", Ledger.ApproveClosureRequest(number: number))
      let figures = try await office.figures(Ledger.TicketFiguresRequest(region: "410223", byRegion: true))
      #expect(figures.regions.map(\.daysToClose) == [3] && figures.regions.map(\.closed) == [1])
    }
  }

  @Test func s092_anAppSubmitsWithItsOwnNumbersAndRetriesSafely() async throws {
    try await TicketOffice.with(on: "2023-02-01") { office in
      let app = try await office.caller("问题反馈APP", "", .clerk)
      let ticket = Self.problem {
        $0.number = "APP-8819"
        $0.channel = .app
        $0.contact = Ledger.Contact(name: "张三丰", phone: "13812341234")
      }
      let first = try await app.submit(ticket, requestID: "app-8819")
      #expect(first.number == "APP-8819" && first.channel == .app)
      #expect(first.contact?.name == "张**" && first.contact?.phone == "138****1234")
      #expect(try await app.submit(ticket, requestID: "app-8819") == first)
      let taken = try #require(await refused { try await app.submit(ticket) })
      #expect(taken.code == .alreadyExists)
      // Numbers that the daemon gives go on beside them, by region and year.
      for next in 1...3 { #expect(try await app.submit(Self.problem).number == "410421-2023-00000\(next)") }
      try office.turn(to: "2024-01-01")
      #expect(try await app.submit(Self.problem).number == "410421-2024-000001")
      #expect(try await app.submit(Self.problem { $0.region = "PY-GYYQ" }).number == "PY-GYYQ-2024-000001")
      let early = try #require(await refused { try await app.submit(Self.problem { $0.state = .closed }) })
      #expect(early.violations(limits: .standard).map(\.reason) == ["METHODS_ONLY"])
    }
  }

  @Test func s117_theBusinessHotlineIsAChannel() async throws {
    try await TicketOffice.with(on: "2022-11-12") { office in
      for channel in [Ledger.TicketChannel.hotline, .hotline, .app] {
        _ = try await office.client.submit(Self.problem { $0.channel = channel })
      }
      let figures = try await office.figures(Ledger.TicketFiguresRequest(filter: "channel = \"HOTLINE\""))
      #expect(figures.total?.found == 2)
    }
  }

  @Test func s105_elementsOfProductionAreCategories() async throws {
    try await TicketOffice.with(on: "2022-11-12") { office in
      let elements: [Ledger.TicketCategory] = [.water, .electricity, .gas, .labour, .materials, .logistics]
      for category in elements { _ = try await office.client.submit(Self.problem { $0.category = category }) }
      for category in elements {
        #expect(try await office.count("Ticket", "Tickets", "category = \"\(category.name)\"") == 1)
      }
      let none = try #require(
        await refused { try await office.client.submit(Self.problem { $0.category = .unspecified }) })
      #expect(none.violations(limits: .standard).map(\.field) == ["ticket.category"])
    }
  }

  @Test func s042_s111_whatAMeetingHearsIsAssignedOnTheSpotAndHasADay() async throws {
    try await TicketOffice.with(on: "2022-11-15") { office in
      let city = try await office.caller("市里", "410400")
      for _ in 0..<22 {
        let ticket = try await city.submit(
          Self.problem {
            ($0.category, $0.channel, $0.title) = (.finance, .meeting, "贷款展期")
          })
        _ = try await city.step("AssignTicket", Ledger.AssignTicketRequest(number: ticket.number, owner: "市金融办"))
      }
      let filter = "category = \"FINANCE\" AND channel = \"MEETING\" AND assigned = \"2022-11-15\""
      #expect(try await office.count("Ticket", "Tickets", filter) == 22)
      // The first feedback is due three days after.
      let due = try await office.due(Ledger.ListDueTicketsRequest(all: true)).tickets
      #expect(due.count == 22 && Set(due.map(\.due)) == ["2022-11-18"])
    }
  }

  @Test func s051_aTicketIsAboutAnEnterpriseAndItsProject() async throws {
    try await TicketOffice.with(on: "2021-03-01") { office in
      try await office.upsert(
        "Enterprise", "Enterprises",
        Ledger.BatchUpsertEnterprisesRequest(enterprises: [
          Ledger.Enterprise(uscc: "91410421MA9GAAAA51", name: "宝丰某陶瓷公司", region: "410421")
        ]))
      try await office.upsert(
        "Project", "Projects",
        Ledger.BatchUpsertProjectsRequest(projects: [
          Ledger.Project(
            code: "BF-1001", name: "新厂区", region: "410421", tier: .county, totalInvestmentFen: 16_000_000_000)
        ]))
      let ticket = Self.problem {
        ($0.enterprise, $0.project) = ("91410421MA9GAAAA51", "BF-1001")
      }
      _ = try await office.client.submit(ticket)
      #expect(try await office.count("Ticket", "Tickets", "project.total_investment_fen >= 16000000000") == 1)
      let stray = try #require(
        await refused { try await office.client.submit(Self.problem { $0.project = "BF-9999" }) })
      #expect(stray.violations(limits: .standard).map(\.reason) == ["NO_SUCH_PROJECT"])
      let used = try #require(
        await refused {
          let _: Ledger.DeleteRecordResponse = try await office.client.call(
            "/guoban.v1.ProjectService/DeleteProject", Ledger.DeleteRecordRequest(key: "BF-1001"))
        })
      #expect(used.reason(limits: .standard) == "IN_USE")
    }
  }

  @Test func severalOfficesWorkAtRandomAndTheLedgerHoldsWhatTheMachineSays() async throws {
    var random = SeededGenerator("tickets at random")
    try await TicketOffice.with(on: "2021-03-01") { office in
      let people: [(name: String, client: GuobanClient, rank: GovernmentRank)] = [
        ("李", try await office.caller("李", "410421"), .county), ("王", try await office.caller("王", "410421"), .county),
        ("市里", try await office.caller("市里", "410400"), .city), ("省里", try await office.caller("省里", ""), .everywhere),
      ]
      var day = try CivilDate("2021-03-01")
      var standings: [String: TicketStanding] = [:]
      for _ in 0..<5 {
        standings[try await people[0].client.submit(Self.problem).number] = TicketStanding(
          registeredOn: day, at: .county, severity: .ordinary)
      }
      var (done, refusals) = (0, 0)
      for round in 0..<400 {
        if round % 40 == 39 {
          day = try day.addingDays(1)
          try office.turn(to: day.text)
        }
        let person = people[Int.random(in: 0..<people.count, using: &random)]
        let number = standings.keys.sorted()[Int.random(in: 0..<5, using: &random)]
        let action = TicketTransition.table[Int.random(in: 0..<TicketTransition.table.count, using: &random)].action
        var step = TicketStep(action, on: day, by: person.name)
        (step.note, step.owner, step.method, step.result) = ("因故", "局", "办", "果")
        (step.outcome, step.satisfaction) = (.solved, .satisfied)
        let judge = TicketJudge(rank: person.rank, deadlines: TicketDeadlines(), count: .calendarDays)
        var expected = try #require(standings[number])
        var refusal: TicketRefusal?
        do throws(TicketRefusal) { try expected.take(step, judge: judge) } catch { refusal = error }
        let answer = await refused { try await person.client.random(action, number) }
        #expect(answer?.reason(limits: .standard) == refusal?.violation.rule, "\(person.name) \(action)")
        if refusal == nil {
          standings[number] = expected
          done += 1
        } else {
          refusals += 1
        }
      }
      print("steps done: \(done), refused: \(refusals)")
      #expect(done > 50 && refusals > 50)
      for (number, standing) in standings {
        let stored = try await office.ticket(number)
        #expect(stored.state.name == standing.state.rawValue && stored.level.name == standing.level.rawValue)
        #expect(stored.closed == standing.closed?.text ?? "" && stored.owner == standing.owner)
        // What is stored passes its own checks, so that a snapshot of it can be imported again.
        #expect(stored.violations.isEmpty, "\(stored.violations)")
      }
    }
  }
}

extension Ledger.Ticket {
  fileprivate var violations: [RecordViolation] {
    var input = RecordInput(
      type: Ledger.Ticket.self, field: "ticket", isBatch: false, bounds: .standard, limits: .standard)
    input.append(packed())
    return input.violations
  }
}

extension GuobanClient {
  fileprivate func random(_ action: TicketAction, _ number: String) async throws -> Ledger.Ticket {
    switch action {
    case .register: throw Status(.internalError, english: "not a step")
    case .assign: try await step("AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "局"))
    case .return: try await step("ReturnTicket", Ledger.ReturnTicketRequest(number: number, reason: "因故"))
    case .feedback: try await step("FeedbackTicket", Ledger.FeedbackTicketRequest(number: number, note: "因故"))
    case .requestClosure:
      try await step(
        "RequestClosure",
        Ledger.RequestClosureRequest(number: number, outcome: .solved, method: "办", result: "果"))
    case .approveClosure: try await step("ApproveClosure", Ledger.ApproveClosureRequest(number: number))
    case .refuseClosure:
      try await step("RefuseClosure", Ledger.RefuseClosureRequest(number: number, reason: "因故"))
    case .escalate: try await step("EscalateTicket", Ledger.EscalateTicketRequest(number: number, reason: "因故"))
    case .handDown: try await step("HandDownTicket", Ledger.HandDownTicketRequest(number: number, reason: "因故"))
    case .exempt: try await step("ExemptTicket", Ledger.ExemptTicketRequest(number: number, reason: "因故"))
    case .supervise: try await step("SuperviseTicket", Ledger.SuperviseTicketRequest(number: number, note: "因故"))
    case .survey: try await step("SurveyTicket", Ledger.SurveyTicketRequest(number: number, satisfaction: .satisfied))
    case .reopen: try await step("ReopenTicket", Ledger.ReopenTicketRequest(number: number, reason: "因故"))
    }
  }
}
