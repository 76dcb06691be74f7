import GuobanClient
import GuobanMessages
import GuobanServer
import GuobanTestSupport
import GuobanWire
import Testing

/// A region's numbers stay its own: nobody of elsewhere keeps it from registering its problems.
struct TicketNumberTests {
  private let submit = "/guoban.v1.TicketService/SubmitTicket"

  private func with(_ body: (_ home: GuobanClient, _ next: GuobanClient, _ all: GuobanClient) async throws -> Void)
    async throws
  {
    try await Office.with(try TemporaryFolder()) { office in
      try office.upsert(Place.regions)
      let home = try await office.client("home", [.clerk], region: Place.home)
      let next = try await office.client("next", [.clerk], region: Place.sibling.region)
      let all = try await office.client("all", [.clerk])
      try await body(home, next, all)
      for client in [home, next, all] { await client.shutdown() }
    }
  }

  private func ticket(_ region: String, number: String = "") -> Ledger.SubmitTicketRequest {
    Ledger.SubmitTicketRequest(
      ticket: Ledger.Ticket(
        number: number, region: region, title: "问题", category: .other, channel: .visit, severity: .ordinary))
  }

  @Test func aNumberOfAnotherRegionIsRefused() async throws {
    try await with { home, next, all in
      for client in [next, all] {
        let taken = await outcome(client, submit, ticket("410922", number: "410928-2026-999999").packed())
        #expect(taken.code == .invalidArgument, "\(taken)")
        #expect(taken.violations(limits: .standard).map(\.reason) == ["NUMBER_OF_ANOTHER_REGION"], "\(taken)")
        let brought = Ledger.BatchUpsertTicketsRequest(tickets: [Place.sibling.ticket("410928-2026-999999")])
        let status = await outcome(client, "/guoban.v1.TicketService/BatchUpsertTickets", brought.packed())
        #expect(status.violations(limits: .standard).map(\.reason) == ["NUMBER_OF_ANOTHER_REGION"], "\(status)")
      }
      // Below the region, and of no region's series, they are as good as before.
      for (region, number) in [("410928100", "410928-2026-000041"), ("410928", "濮阳-2026-000001"), ("410928", "T-7")] {
        let made: Ledger.Ticket = try await home.call(submit, ticket(region, number: number))
        #expect(made.number == number)
      }
      let counted: Ledger.Ticket = try await home.call(submit, ticket("410928"))
      #expect(counted.number == "410928-2026-000042")
    }
  }

  @Test func aNumberThatWasDeletedIsNotGivenAgainAndWhatIsWorkedOnStays() async throws {
    try await with { home, _, _ in
      let first: Ledger.Ticket = try await home.call(submit, ticket("410928"))
      let delete = "/guoban.v1.TicketService/DeleteTicket"
      let gone = await outcome(home, delete, Ledger.DeleteRecordRequest(key: first.number).packed())
      #expect(gone.code == .ok, "\(gone)")
      let second: Ledger.Ticket = try await home.call(submit, ticket("410928"))
      #expect(second.number == "410928-2026-000002")
      let assigned: Ledger.Ticket = try await home.call(
        "/guoban.v1.TicketService/AssignTicket", Ledger.AssignTicketRequest(number: second.number, owner: "县住建局"))
      #expect(assigned.state == .assigned)
      let refused = await outcome(home, delete, Ledger.DeleteRecordRequest(key: second.number).packed())
      #expect(refused.reason(limits: .standard) == "TICKET_IN_PROGRESS", "\(refused)")
    }
  }

  @Test func aTicketThatWasMovedKeepsItsNumberFromNobody() async throws {
    try await with { home, next, all in
      let first: Ledger.Ticket = try await home.call(submit, ticket("410928"))
      #expect(first.number == "410928-2026-000001")
      let moved: Ledger.Ticket = try await all.call(
        "/guoban.v1.TicketService/UpdateTicket",
        Ledger.UpdateTicketRequest(
          ticket: Ledger.Ticket(number: first.number, region: "410922"), updateMask: Google.FieldMask(paths: ["region"])
        ))
      #expect(moved.region == "410922")
      let second: Ledger.Ticket = try await home.call(submit, ticket("410928"))
      #expect(second.number == "410928-2026-000002")
      // Who has it now goes on with it.
      let titled: Ledger.Ticket = try await next.call(
        "/guoban.v1.TicketService/UpdateTicket",
        Ledger.UpdateTicketRequest(
          ticket: Ledger.Ticket(number: first.number, title: "改"), updateMask: Google.FieldMask(paths: ["title"])))
      #expect(titled.title == "改")
    }
  }
}
