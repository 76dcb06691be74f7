internal import GuobanMessages
internal import GuobanModel

/// What a ticket's events come to.
enum TicketHistory {
  /// The first event that cannot have been.
  struct Fault: Error {
    var index: Int
    var violation: RuleViolation
  }

  /// Takes the events one by one. Where an event does not say in which state and level it left the ticket, it is filled in.
  static func replay(
    _ events: inout [Ledger.TicketEvent], severity: Ledger.TicketSeverity
  ) throws(Fault) -> TicketStanding {
    guard var standing = try start(events.first, severity: severity) else {
      throw Fault(
        index: 0,
        violation: fault(
          "EVENTS_WITHOUT_START", "办理过程的第一步必须是登记，并写明登记在哪一级",
          "the first event must be the registration, and say at which level"))
    }
    for index in events.indices {
      do {
        if index > 0 {
          guard let step = try TicketStep(events[index]) else {
            throw Fault(index: index, violation: fault("UNKNOWN_CHOICE", "没有这样的办理步骤", "there is no such event"))
          }
          try standing.take(step, judge: nil)
        }
      } catch let refusal as TicketRefusal {
        throw Fault(index: index, violation: refusal.violation)
      } catch let violation as RuleViolation {
        throw Fault(index: index, violation: violation)
      } catch let fault as Fault {
        throw fault
      } catch {
        throw Fault(index: index, violation: Self.fault("EVENT", "\(error)", "\(error)"))
      }
      try settle(&events[index], index, standing)
    }
    return standing
  }

  private static func start(
    _ first: Ledger.TicketEvent?, severity: Ledger.TicketSeverity
  ) throws(Fault) -> TicketStanding? {
    guard let first, first.action == .register, let level = TicketLevel(rawValue: first.level.name) else { return nil }
    do throws(RuleViolation) {
      return TicketStanding(
        registeredOn: try CivilDate(first.date), at: level,
        severity: TicketSeverity(rawValue: severity.name) ?? .ordinary)
    } catch {
      throw Fault(index: 0, violation: error)
    }
  }

  private static func settle(
    _ event: inout Ledger.TicketEvent, _ index: Int, _ standing: TicketStanding
  ) throws(Fault) {
    let state = Ledger.TicketState(name: standing.state.rawValue) ?? .unspecified
    let level = Ledger.TicketLevel(name: standing.level.rawValue) ?? .unspecified
    if event.state == .unspecified { event.state = state }
    if event.level == .unspecified { event.level = level }
    guard event.state == state, event.level == level else {
      throw Fault(
        index: index,
        violation: fault(
          "NOT_AS_THE_EVENTS_SAY", "这一步之后应是“\(standing.state.chinese)”（\(standing.level.chinese)）",
          "after this event it is \(standing.state.rawValue) at level \(standing.level.rawValue)"))
    }
  }

  private static func fault(_ rule: String, _ message: String, _ englishMessage: String) -> RuleViolation {
    RuleViolation(rule: rule, message: message, englishMessage: englishMessage)
  }
}

extension TicketStep {
  /// A step from an event; nil when this version does not know it.
  init?(_ event: Ledger.TicketEvent) throws(RuleViolation) {
    guard let action = TicketAction(rawValue: event.action.name) else { return nil }
    self.init(action, on: try CivilDate(event.date), by: event.actor)
    (note, owner, supervisor, method, result) = (event.note, event.owner, event.supervisor, event.method, event.result)
    outcome = TicketOutcome(rawValue: event.outcome.name)
    satisfaction = TicketSatisfaction(rawValue: event.satisfaction.name)
    if !event.timetable.isEmpty { timetable = try CivilDate(event.timetable) }
  }
}

extension Ledger.TicketEvent {
  /// The event of a step that was just taken.
  init(_ step: TicketStep, time: Google.Timestamp?, after standing: TicketStanding) {
    self.init(
      action: Ledger.TicketAction(name: step.action.rawValue) ?? .unspecified, date: step.date.text, time: time,
      actor: step.actor, state: Ledger.TicketState(name: standing.state.rawValue) ?? .unspecified,
      level: Ledger.TicketLevel(name: standing.level.rawValue) ?? .unspecified, note: step.note, owner: step.owner,
      supervisor: step.supervisor, method: step.method, result: step.result,
      outcome: step.outcome.flatMap { Ledger.TicketOutcome(name: $0.rawValue) } ?? .unspecified,
      satisfaction: step.satisfaction.flatMap { Ledger.TicketSatisfaction(name: $0.rawValue) } ?? .unspecified,
      timetable: step.timetable?.text ?? "")
  }
}
