import GuobanLedger
import GuobanMessages
import GuobanStorage
import Testing

/// What an earlier round of a ticket did stands in its events alone, whoever wrote the record.
struct TicketRoundTests {
  /// As an older program stored a ticket that was reopened: the first round's method and result shown on.
  private func reopened() throws -> Ledger.Ticket {
    func event(_ action: Ledger.TicketAction, _ day: Int) -> Ledger.TicketEvent {
      Ledger.TicketEvent(action: action, date: "2022-11-0\(day)")
    }
    var ticket = Ledger.Ticket(
      number: "T-1", region: "430500", title: "停电", category: .electricity, channel: .hotline, severity: .ordinary)
    ticket.events = [event(.register, 1), event(.assign, 1), event(.requestClosure, 2), event(.approveClosure, 3)]
    ticket.events[0].level = .city
    ticket.events[1].owner = "市供电公司"
    (ticket.events[2].method, ticket.events[2].result, ticket.events[2].outcome) = ("换变压器", "已送电", .solved)
    ticket.events.append(event(.reopen, 5))
    (ticket.state, ticket.level, ticket.originLevel) = (.handling, .city, .city)
    (ticket.method, ticket.result, ticket.owner) = ("换变压器", "已送电", "市供电公司")
    (ticket.registered, ticket.assigned, ticket.firstFeedback) = ("2022-11-01", "2022-11-01", "2022-11-02")
    return ticket
  }

  private func stored(_ ledger: OpenLedger) throws -> Ledger.Ticket {
    let bytes = try #require(try ledger.store.read { try $0.record("Ticket", "T-1") })
    return try Ledger.Ticket(packed: bytes, limits: .standard)
  }

  @Test func aFileOfAnOlderProgramComesIn() throws {
    let ledger = try OpenLedger()
    try ledger.put(try reopened())
    let ticket = try stored(ledger)
    #expect(ticket.method.isEmpty && ticket.result.isEmpty && ticket.owner == "市供电公司")
    #expect(ticket.events[2].method == "换变压器")
    var other = try reopened()
    other.method = "另有办法"
    #expect(ledger.refusal(of: other) != nil)
  }

  @Test func aTicketOfAnOlderProgramCanStillBeChanged() throws {
    let ledger = try OpenLedger()
    var shown = try reopened()
    shown.normalise()
    (shown.method, shown.result) = ("换变压器", "已送电")
    let old = shown
    try ledger.write { writer in
      try writer.put(
        try RecordCatalog.project(type: "Ticket", bytes: old.packed(), limits: .standard), operation: .create)
    }
    #expect(try stored(ledger).method == "换变压器")
    var changed = old
    changed.title = "又停电"
    try ledger.put(changed)
    let ticket = try stored(ledger)
    #expect(ticket.title == "又停电" && ticket.method.isEmpty && ticket.result.isEmpty)
  }
}
