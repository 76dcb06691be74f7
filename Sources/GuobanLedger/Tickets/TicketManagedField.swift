internal import GuobanMessages
internal import GuobanModel

extension Ledger.Ticket {
  /// A field that only the methods of TicketService write, beside the events that it follows from.
  struct ManagedField: Sendable {
    let name: String
    /// Whether a ticket that comes without events must be right about it: the others are filled in from its dates.
    let isAsserted: Bool
    /// "" when it is not set.
    let text: @Sendable (Ledger.Ticket) -> String
    let copy: @Sendable (Ledger.Ticket, inout Ledger.Ticket) -> Void
  }

  static let managed: [ManagedField] = [
    choice("state", true, { $0.state }, { $1.state = $0.state }),
    choice("level", true, { $0.level }, { $1.level = $0.level }),
    choice("origin_level", true, { $0.originLevel }, { $1.originLevel = $0.originLevel }),
    text("owner", false, { $0.owner }, { $1.owner = $0.owner }),
    text("supervisor", false, { $0.supervisor }, { $1.supervisor = $0.supervisor }),
    text("method", true, { $0.method }, { $1.method = $0.method }),
    text("result", true, { $0.result }, { $1.result = $0.result }),
    choice("outcome", true, { $0.outcome }, { $1.outcome = $0.outcome }),
    choice("satisfaction", true, { $0.satisfaction }, { $1.satisfaction = $0.satisfaction }),
    text("timetable", true, { $0.timetable }, { $1.timetable = $0.timetable }),
    text("exempt_reason", true, { $0.exemptReason }, { $1.exemptReason = $0.exemptReason }),
    text("registered", true, { $0.registered }, { $1.registered = $0.registered }),
    text("escalated", true, { $0.escalated }, { $1.escalated = $0.escalated }),
    text("assigned", false, { $0.assigned }, { $1.assigned = $0.assigned }),
    text("first_feedback", false, { $0.firstFeedback }, { $1.firstFeedback = $0.firstFeedback }),
    text("closure_requested", true, { $0.closureRequested }, { $1.closureRequested = $0.closureRequested }),
    text("closed", true, { $0.closed }, { $1.closed = $0.closed }),
  ]

  private static func text(
    _ name: String, _ isAsserted: Bool, _ text: @escaping @Sendable (Ledger.Ticket) -> String,
    _ copy: @escaping @Sendable (Ledger.Ticket, inout Ledger.Ticket) -> Void
  ) -> ManagedField {
    ManagedField(name: name, isAsserted: isAsserted, text: text, copy: copy)
  }

  private static func choice<Choice: OpenEnum>(
    _ name: String, _ isAsserted: Bool, _ choice: @escaping @Sendable (Ledger.Ticket) -> Choice,
    _ copy: @escaping @Sendable (Ledger.Ticket, inout Ledger.Ticket) -> Void
  ) -> ManagedField {
    ManagedField(
      name: name, isAsserted: isAsserted, text: { choice($0).rawValue == 0 ? "" : choice($0).name }, copy: copy)
  }

  /// Sets the managed fields, but for the events, to what the events come to.
  mutating func show(_ standing: TicketStanding) {
    state = Ledger.TicketState(name: standing.state.rawValue) ?? .unspecified
    level = Ledger.TicketLevel(name: standing.level.rawValue) ?? .unspecified
    originLevel = Ledger.TicketLevel(name: standing.originLevel.rawValue) ?? .unspecified
    outcome = standing.outcome.flatMap { Ledger.TicketOutcome(name: $0.rawValue) } ?? .unspecified
    satisfaction = standing.satisfaction.flatMap { Ledger.TicketSatisfaction(name: $0.rawValue) } ?? .unspecified
    (owner, supervisor, method, result) = (standing.owner, standing.supervisor, standing.method, standing.result)
    exemptReason = standing.exemptReason
    registered = standing.registered.text
    timetable = standing.timetable?.text ?? ""
    escalated = standing.escalated?.text ?? ""
    assigned = standing.assigned?.text ?? ""
    firstFeedback = standing.firstFeedback?.text ?? ""
    closureRequested = standing.closureRequested?.text ?? ""
    closed = standing.closed?.text ?? ""
  }
}
