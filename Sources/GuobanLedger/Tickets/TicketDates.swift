internal import GuobanMessages
internal import GuobanModel

/// The events of a ticket that comes from a spreadsheet: a row with dates tells what must have happened.
struct TicketDates {
  let events: [Ledger.TicketEvent]

  /// Nil when it has no day of registration, or is below where it was registered, which dates cannot tell.
  init?(_ ticket: Ledger.Ticket) {
    guard !ticket.registered.isEmpty else { return nil }
    let level = TicketLevel(rawValue: ticket.level.name)
    let origin = TicketLevel(rawValue: ticket.originLevel.name) ?? (ticket.escalated.isEmpty ? level : nil) ?? .county
    let top = level ?? (ticket.escalated.isEmpty ? origin : origin.above ?? origin)
    guard top >= origin else { return nil }
    let climb = TicketLevel.allCases.filter { $0 > origin && $0 <= top }.map { _ in
      Ledger.TicketEvent(action: .escalate, date: ticket.escalated)
    }
    var work: [Ledger.TicketEvent] = []
    if !ticket.assigned.isEmpty {
      work.append(
        Ledger.TicketEvent(
          action: .assign, date: ticket.assigned, owner: ticket.owner, supervisor: ticket.supervisor))
    }
    if !ticket.firstFeedback.isEmpty {
      let isLast = ticket.closureRequested.isEmpty && ticket.closed.isEmpty
      work.append(
        Ledger.TicketEvent(
          action: .feedback, date: ticket.firstFeedback, method: isLast ? ticket.method : "",
          result: isLast ? ticket.result : "", timetable: ticket.timetable))
    }
    var waiting = [
      Ledger.TicketEvent(
        action: .register, date: ticket.registered, level: Ledger.TicketLevel(name: origin.rawValue) ?? .unspecified)
    ]
    // Days are written alike, so that their texts compare as they do.
    let wentUpFirst = ticket.assigned.isEmpty || ticket.escalated <= ticket.assigned
    waiting += wentUpFirst ? climb + work : work + climb
    if !ticket.exemptReason.isEmpty, let last = waiting.last {
      waiting.append(Ledger.TicketEvent(action: .exempt, date: last.date, note: ticket.exemptReason))
    }
    events = waiting + Self.closing(ticket)
  }

  private static func closing(_ ticket: Ledger.Ticket) -> [Ledger.TicketEvent] {
    let requested = ticket.closureRequested.isEmpty ? ticket.closed : ticket.closureRequested
    guard !requested.isEmpty else { return [] }
    var events = [
      Ledger.TicketEvent(
        action: .requestClosure, date: requested, method: ticket.method, result: ticket.result,
        outcome: ticket.outcome)
    ]
    guard !ticket.closed.isEmpty else { return events }
    events.append(Ledger.TicketEvent(action: .approveClosure, date: ticket.closed))
    if ticket.satisfaction != .unspecified {
      events.append(Ledger.TicketEvent(action: .survey, date: ticket.closed, satisfaction: ticket.satisfaction))
    }
    return events
  }
}
