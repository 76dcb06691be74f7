import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import GuobanWire
import Testing

/// Tickets that come in from spreadsheets, the published figures, and who is reminded of what.
struct TicketLedgerTests {
  /// 宝丰's list of problems as its sheet has it: 157 found, 6 gone up, 148 of the others solved.
  private static let baofeng: [Ledger.Ticket] = (1...157).map { number in
    sheetTicket("宝丰-\(1000 + number)", "410421", registered: "2021-03-01") { ticket in
      if number <= 148 { ticket.solve(on: "2021-03-0\(2 + number % 7)") }
      if number > 151 { (ticket.level, ticket.escalated) = (.city, "2021-03-04") }
    }
  }

  @Test func s036_aSheetOfProblemsComesInWithItsHistory() async throws {
    try await TicketOffice.with(on: "2021-03-31") { office in
      let first = try await office.importTickets(Self.baofeng)
      #expect(first.created == 157)
      let again = try await office.importTickets(Self.baofeng)
      #expect(again.unchanged == 157 && again.updated == 0)
      let solved = try await office.ticket("宝丰-1001")
      #expect(solved.events.map(\.action) == [.register, .assign, .requestClosure, .approveClosure])
      #expect(solved.state == .closed && solved.closureRequested == solved.closed && solved.originLevel == .county)
      let up = try await office.ticket("宝丰-1157")
      #expect(up.events.map(\.action) == [.register, .escalate, .escalate] && up.state == .registered)
      // What is open has its day: 3 of the county's were never assigned.
      let due = try await office.due(Ledger.ListDueTicketsRequest(filter: "level = \"COUNTY\"")).tickets
      #expect(
        due.map { "\($0.step.name) \($0.due) \($0.daysLeft) \($0.late)" }
          == Array(repeating: "ASSIGN 2021-03-02 -29 true", count: 3))
    }
  }

  @Test func s038_baofengEscalated6AndSolved148Of151() async throws {
    try await TicketOffice.with(on: "2021-03-31") { office in
      try await office.importTickets(Self.baofeng)
      let figures = try await office.figures(Ledger.TicketFiguresRequest(region: "410400", byRegion: true))
      let county = try #require(figures.levels.first { $0.level == .county })
      #expect([county.found, county.escalated, county.accepted, county.solved] == [157, 6, 151, 148])
      #expect(county.resolutionRate == Ledger.Rate(numerator: 148, denominator: 151))
      #expect(try percent(county.resolutionRate, 0) == "98" && percent(county.resolutionRate, 2) == "98.01")
      let wilson = try WilsonInterval(successes: 148, total: 151)
      #expect(abs(wilson.low - 94.32) < 0.005 && abs(wilson.high - 99.32) < 0.005)
      let city = try #require(figures.levels.first { $0.level == .city })
      #expect(city.found == 6 && city.accepted == 6 && city.solved == 0)
      #expect(figures.regions.map { "\($0.region) \($0.level.name)" } == ["410421 COUNTY", "410421 CITY"])
      #expect(figures.total?.found == 157)
    }
  }

  @Test func s026_kaifengClosed2867Of2875AndEverybodyIsSatisfied() async throws {
    try await TicketOffice.with(on: "2022-06-30") { office in
      let tickets = (1...2875).map { number in
        sheetTicket("KF-\(10_000 + number)", "410200", registered: "2022-05-01") { ticket in
          ticket.supervisor = "市督查局"
          ticket.level = .city
          if number <= 2867 {
            ticket.solve(on: "2022-05-0\(2 + number % 7)", by: "市工信局", satisfaction: .satisfied)
          } else {
            ticket.assigned = "2022-05-02"
            ticket.owner = "市工信局"
          }
        }
      }
      try await office.importTickets(tickets)
      let total = try #require(try await office.figures(Ledger.TicketFiguresRequest(region: "410200")).total)
      #expect(total.closingRate == Ledger.Rate(numerator: 2867, denominator: 2875) && total.found - total.closed == 8)
      #expect(try percent(total.closingRate, 1) == "99.7" && percent(total.closingRate, 2) == "99.72")
      #expect(total.satisfactionRate == Ledger.Rate(numerator: 2867, denominator: 2867))
      // 谁解决、如何、谁督导、结果如何.
      let one = try await office.ticket("KF-10001")
      #expect([one.owner, one.method, one.supervisor, one.result] == ["市工信局", "现场协调", "市督查局", "已解决"])
      // One who is not satisfied is one in the rate.
      _ = try await office.client.step(
        "SurveyTicket", Ledger.SurveyTicketRequest(number: "KF-10001", satisfaction: .dissatisfied))
      #expect(try await office.figures().total?.satisfactionRate == Ledger.Rate(numerator: 2866, denominator: 2867))
    }
  }

  @Test func s098_puyangsCountiesAndItsZoneSolvedAllWithWilsonsBounds() async throws {
    try await TicketOffice.with(on: "2023-12-31") { office in
      let places: [(String, Int, String)] = [
        ("410923", 245, "98.46"), ("410926", 221, "98.29"), ("410927", 41, "91.43"), ("PY-GYYQ", 36, "90.36"),
      ]
      for (region, count, _) in places {
        try await office.importTickets(
          (1...count).map { number in
            sheetTicket("\(region)-\(1000 + number)", region, registered: "2023-06-01") { $0.solve(on: "2023-06-05") }
          })
      }
      let rows = try await office.figures(Ledger.TicketFiguresRequest(region: "410900", byRegion: true)).regions
      #expect(rows.map(\.region) == places.map(\.0))
      for (row, place) in zip(rows, places) {
        let rate = try #require(row.resolutionRate)
        #expect(rate == Ledger.Rate(numerator: Int64(place.1), denominator: Int64(place.1)))
        let low = try WilsonInterval(successes: rate.numerator, total: rate.denominator).low
        #expect(abs(low - (Double(place.2) ?? 0)) < 0.005, "\(place.0): \(low)")
      }
      // Whoever is held to the zone sees only its own.
      let zone = try await office.caller("园区", "PY-GYYQ")
      let seen: Ledger.TicketFiguresResponse = try await zone.call(
        "/guoban.v1.TicketService/TicketFigures", Ledger.TicketFiguresRequest())
      #expect(seen.total?.found == 36)
      // A zone under a city stands as a county does.
      let ticket = try await zone.submit(
        Ledger.Ticket(region: "PY-GYYQ", title: "用电", category: .electricity, channel: .visit, severity: .ordinary))
      _ = try await zone.step("AssignTicket", Ledger.AssignTicketRequest(number: ticket.number, owner: "供电所"))
    }
  }

  @Test func s091_problemsOfOneProjectEachAreAssignedAndClosed() async throws {
    try await TicketOffice.with(on: "2023-12-31") { office in
      let tickets = (1...70).map { number in
        sheetTicket("JK-\(1000 + number)", "410928", registered: "2023-03-01") { ticket in
          if number <= 50 {
            ticket.solve(on: "2023-03-09", by: "专班 \(number)")
          } else {
            (ticket.assigned, ticket.owner) = ("2023-03-02", "专班 \(number)")
          }
        }
      }
      try await office.importTickets(tickets)
      #expect(try await office.figures().total?.closingRate == Ledger.Rate(numerator: 50, denominator: 70))
      #expect(try await office.count("Ticket", "Tickets", "state = \"ASSIGNED\"") == 20)
    }
  }

  @Test func whatCannotHaveBeenIsRefusedWithItsPlace() async throws {
    try await TicketOffice.with(on: "2021-03-31") { office in
      let cases: [(String, String, (inout Ledger.Ticket) -> Void)] = [
        ("registered", "REQUIRED", { $0.registered = "" }),
        ("closed", "DATE_FORMAT", { $0.closed = "3月5日" }),
        ("events[2]", "TICKET_DATE", { $0.closed = "2021-02-01" }),
        ("events[2]", "TICKET_OUTCOME_MISSING", { $0.outcome = .unspecified }),
        ("events[1]", "TICKET_STATE", { $0.assigned = "" }),
        ("state", "NOT_AS_THE_EVENTS_SAY", { $0.state = .handling }),
        (
          "satisfaction", "NOT_AS_THE_EVENTS_SAY",
          {
            $0.closureRequested = $0.closed
            $0.closed = ""
            $0.satisfaction = .satisfied
          }
        ),
        (
          "events[0]", "EVENTS_WITHOUT_START", { $0.events = [Ledger.TicketEvent(action: .assign, date: "2021-03-01")] }
        ),
        (
          "events[1]", "UNKNOWN_CHOICE",
          {
            $0.events = [
              Ledger.TicketEvent(action: .register, date: "2021-03-01", level: .county),
              Ledger.TicketEvent(action: .init(rawValue: 99), date: "2021-03-01"),
            ]
          }
        ),
      ]
      for (field, rule, change) in cases {
        let ticket = sheetTicket("T-1", "410421", registered: "2021-03-01") {
          $0.solve(on: "2021-03-05")
          change(&$0)
        }
        let status = try #require(await refused { try await office.importTickets([ticket]) }, "\(rule)")
        let found = status.violations(limits: .standard).map { "\($0.field) \($0.reason)" }
        #expect(found.contains("tickets[0].\(field) \(rule)"), "\(rule): \(found)")
      }
      #expect(try await office.count("Ticket", "Tickets", "") == 0)
    }
  }

  @Test func anOrdinaryUpdateNeverChangesTheState() async throws {
    try await TicketOffice.with(on: "2021-03-31") { office in
      try await office.importTickets([sheetTicket("T-1", "410421", registered: "2021-03-01")])
      func update(_ ticket: Ledger.Ticket, _ mask: [String]) async throws -> Ledger.Ticket {
        try await office.client.call(
          "/guoban.v1.TicketService/UpdateTicket",
          Ledger.UpdateTicketRequest(ticket: ticket, updateMask: Google.FieldMask(paths: mask)))
      }
      let stored = try await office.ticket("T-1")
      // What the problem is may be mended, with a mask, or by sending all back that was read.
      var whole = stored
      (whole.title, whole.severity) = ("雨污管网不通", .major)
      let mended = try await update(whole, [])
      #expect(mended.title == whole.title && mended.severity == .major && mended.events == stored.events)
      let named = Ledger.Ticket(number: "T-1", title: "又改")
      #expect(try await update(named, ["title"]).state == .registered)
      // What became of it may not, in whatever way it is tried.
      let closed = sheetTicket("T-1", "410421", registered: "2021-03-01") { $0.solve(on: "2021-03-05") }
      for mask in [["state", "closed"], ["events"], [], ["*"]] {
        var attempt = closed
        attempt.normalise()
        let status = try #require(await refused { try await update(attempt, mask) }, "\(mask)")
        #expect(status.violations(limits: .standard).allSatisfy { $0.reason == "METHODS_ONLY" }, "\(status)")
      }
      let upsert = try #require(await refused { try await office.importTickets([closed]) })
      #expect(upsert.violations(limits: .standard).first?.field.hasPrefix("tickets[0].") == true)
      #expect(upsert.message.contains("TicketService"))
      #expect(try await office.ticket("T-1").state == .registered)
      #expect(try await office.ticket("T-1").events == stored.events)
    }
  }

  @Test func s025_remindersFollow13710() async throws {
    var rules = TicketRules()
    rules.countsWorkingDays = true
    try await TicketOffice.with(on: "2022-01-28", rules: rules) { office in
      let ticket = Ledger.Ticket(
        region: "410223", title: "用工", category: .labour, channel: .app, severity: .ordinary)
      let number = try await office.client.submit(ticket).number
      let blind = try #require(try await office.due().tickets.first)
      #expect(blind.due.isEmpty && !blind.late && blind.problem.contains("2022 年的节假日"))
      let back = try #require(
        await refused {
          _ = try await office.client.step("AssignTicket", Ledger.AssignTicketRequest(number: number, owner: "人社局"))
          _ = try await office.client.step("ReturnTicket", Ledger.ReturnTicketRequest(number: number, reason: "误"))
        })
      #expect(back.reason(limits: .standard) == "HOLIDAYS_MISSING")
      try await office.upsert(
        "Holiday", "Holidays", Ledger.BatchUpsertHolidaysRequest(holidays: springFestival))
      // Assigned on Friday; Saturday and Sunday are worked, then the festival: three working days end on 02-07.
      for (day, left, late) in [
        ("2022-01-28", 3, false), ("2022-02-06", 1, false), ("2022-02-07", 0, false), ("2022-02-08", -1, true),
      ] {
        let answer = try await office.due(Ledger.ListDueTicketsRequest(asOf: day, all: true))
        let due = try #require(answer.tickets.first)
        #expect(answer.workingDays && answer.asOf == day)
        #expect(
          due.step == .firstFeedback && due.due == "2022-02-07" && due.daysLeft == Int32(left) && due.late == late)
      }
      _ = try await office.client.step("FeedbackTicket", Ledger.FeedbackTicketRequest(number: number, note: "已对接"))
      let solve = try #require(try await office.due(Ledger.ListDueTicketsRequest(all: true)).tickets.first)
      #expect(solve.step == .solve && solve.due == "2022-02-11" && solve.daysLeft == 7)
      // Only what is due within the days asked for is told.
      #expect(try await office.due(Ledger.ListDueTicketsRequest(withinDays: 13)).tickets.isEmpty)
      #expect(try await office.due(Ledger.ListDueTicketsRequest(withinDays: 14)).tickets.count == 1)
      _ = try await office.client.step(
        "RequestClosure", Ledger.RequestClosureRequest(number: number, outcome: .solved, method: "招聘", result: "到岗"))
      let close = try #require(try await office.due().tickets.first)
      #expect(close.step == .close && close.due.isEmpty && close.problem.isEmpty)
    }
  }

  @Test func dueTicketsComeInPages() async throws {
    try await TicketOffice.with(on: "2021-06-30") { office in
      try await office.importTickets(
        (1...250).map { sheetTicket("P-\(1000 + $0)", "410421", registered: $0 % 2 == 0 ? "2021-03-01" : "2021-06-30") }
      )
      var (numbers, token) = ([String](), "")
      repeat {
        let page = try await office.due(Ledger.ListDueTicketsRequest(pageSize: 40, pageToken: token))
        #expect(page.tickets.count <= 40)
        numbers += page.tickets.compactMap(\.ticket?.number)
        token = page.nextPageToken
        if !token.isEmpty {
          let other = await refused {
            try await office.due(Ledger.ListDueTicketsRequest(pageSize: 40, pageToken: token, all: true))
          }
          #expect(other?.code == .invalidArgument)
        }
      } while !token.isEmpty
      #expect(numbers == (1...125).map { "P-\(1000 + $0 * 2)" })
    }
  }

  private let springFestival: [Ledger.Holiday] =
    ["2022-01-29", "2022-01-30"].map { Ledger.Holiday(date: $0, name: "春节", kind: .workday) }
    + ["01-31", "02-01", "02-02", "02-03", "02-04", "02-05", "02-06"].map {
      Ledger.Holiday(date: "2022-\($0)", name: "春节", kind: .dayOff)
    }

  private func percent(_ rate: Ledger.Rate?, _ decimals: Int) throws -> String {
    let rate = try #require(rate)
    return try Fraction(rate.numerator, over: rate.denominator).percentText(DecimalStyle(decimals: decimals))
  }
}
