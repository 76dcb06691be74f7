internal import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// One step of a ticket, taken now: read and checked before the writer hears of it.
public struct TicketProgress: Sendable {
  private let number: String
  private let etag: String
  private let step: TicketStep
  private let region: String?
  private let rules: TicketRules

  /// - Parameters:
  ///   - region: that the caller is held to.
  ///   - timetable: a date as the request has it.
  public init(
    _ step: TicketStep, timetable: String = "", number: String, etag: String, region: String?, rules: TicketRules
  ) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    var step = step
    checks.name("number", number, max: 64)
    for (name, text) in [("note", step.note), ("method", step.method), ("result", step.result)] {
      checks.text(name, text)
    }
    checks.name("owner", step.owner, required: false)
    checks.name("supervisor", step.supervisor, required: false)
    step.timetable = checks.date("timetable", timetable)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.number = number
    self.etag = etag
    self.step = step
    self.region = region
    self.rules = rules
  }

  /// Takes the step, and writes the ticket with its event; returns its stored bytes.
  public func run(_ writer: any LedgerWriter) throws -> [UInt8] {
    guard let bytes = try writer.record(Ledger.Ticket.schema.name, number) else {
      throw LedgerError.notFound(Ledger.Ticket.schema.name, number)
    }
    var ticket = try Ledger.Ticket(packed: bytes, limits: .standard)
    try writer.requireEtag(etag, current: ticket.meta, key: number)
    guard ticket.events.count < Ledger.Ticket.eventsMax else {
      throw LedgerError(
        .exhausted, reason: "TICKET_EVENTS_MAX", "问题 \(number) 已有 \(ticket.events.count) 步（上限）",
        "ticket \(number) has \(ticket.events.count) events, the most there may be")
    }
    var standing = try ticket.standing()
    var step = step
    step.actor = writer.actor
    try take(step, &standing, writer)
    ticket.events.append(Ledger.TicketEvent(step, time: writer.time, after: standing))
    ticket.show(standing)
    return try writer.write(ticket, after: ticket.meta ?? Ledger.RecordMeta())
  }

  private func take(_ step: TicketStep, _ standing: inout TicketStanding, _ writer: any LedgerWriter) throws {
    // Only giving a ticket back asks for the calendar.
    let judge = TicketJudge(
      rank: try GovernmentRank(ofRegion: region, in: writer, limits: .standard), deadlines: rules.deadlines,
      count: step.action == .return ? try rules.count(writer, limits: .standard) : .calendarDays)
    do throws(TicketRefusal) {
      try standing.take(step, judge: judge)
    } catch {
      let code: LedgerError.Code =
        switch error.kind {
        case .state: .precondition
        case .authority: .denied
        case .step: .invalid
        }
      throw LedgerError(
        code, reason: error.violation.rule, "问题 \(number)：\(error.violation.message)",
        "ticket \(number): \(error.violation.englishMessage)")
    }
  }
}

extension Ledger.Ticket {
  /// What its events come to.
  func standing() throws(LedgerError) -> TicketStanding {
    var events = events
    do throws(TicketHistory.Fault) {
      return try TicketHistory.replay(&events, severity: severity)
    } catch {
      throw LedgerError(
        .precondition, reason: "UNREADABLE_TICKET",
        "问题 \(number) 的第 \(error.index + 1) 步读不通：\(error.violation.message)",
        "event \(error.index + 1) of ticket \(number) makes no sense: \(error.violation.englishMessage)"
      )
    }
  }
}
