public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Ticket: LedgerRecord {
  /// Steps that one ticket may take.
  static let eventsMax = 200

  public static let schema = RecordSchema.record(
    "Ticket",
    [
      ColumnSchema("region", .text, references: "Region"), ColumnSchema("title", .text),
      .choice("category", Ledger.TicketCategory.self),
      .choice("channel", Ledger.TicketChannel.self), .choice("severity", Ledger.TicketSeverity.self),
      ColumnSchema("enterprise", .text, references: "Enterprise"),
      ColumnSchema("project", .text, references: "Project"), .choice("state", Ledger.TicketState.self),
      .choice("level", Ledger.TicketLevel.self),
      .choice("origin_level", Ledger.TicketLevel.self), ColumnSchema("owner", .text), ColumnSchema("supervisor", .text),
      .choice("outcome", Ledger.TicketOutcome.self), .choice("satisfaction", Ledger.TicketSatisfaction.self),
      ColumnSchema("exempt", .integer),
      .day("registered"), .day("escalated"), .day("assigned"),
      .day("first_feedback"), .day("closure_requested"), .day("closed"),
    ] + reachedLevels.map { ColumnSchema("reached_\($0.rawValue.lowercased())", .integer) } + [
      // From registration to closing, in calendar days; no value while it is open.
      ColumnSchema("days_to_close", .integer),
      // Of numbers that the daemon gives: "410421-2021" and 157; no value in those of others.
      ColumnSchema("series", .text), ColumnSchema("sequence", .integer),
    ],
    // The second covers the figures: over 300 000 tickets they take a seventh of the time.
    indexes: [
      ["state"], TicketTally.keys + ["registered", "days_to_close"], ["enterprise"], ["project"],
      ["series", "sequence"],
    ],
    regions: ["region"], contacts: true, projection: 2)

  static let reachedLevels = TicketLevel.allCases

  public static var isShared: Bool { false }

  public var key: String { number }

  public mutating func visitContacts(
    _ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void
  ) rethrows {
    try visit("contact", &contact)
  }

  public var contactsNeededUntil: String { closed }

  /// One that somebody has worked on is counted: it is closed, not taken away.
  public func checkDeletable() throws {
    guard events.count > 1 else { return }
    throw LedgerError(
      .precondition, reason: "TICKET_IN_PROGRESS",
      "问题 \(number) 登记之后已有 \(events.count - 1) 步办理，不能删除；登记重复或有误的，写明结果后申请销号",
      "ticket \(number) was worked on \(events.count - 1) times since it was registered and cannot be deleted; say what came of it and ask for its closure"
    )
  }

  public mutating func normalise() {
    let hasNoEvents = events.isEmpty
    if hasNoEvents { events = TicketDates(self)?.events ?? [] }
    guard let standing = try? TicketHistory.replay(&events, severity: severity) else { return }
    let given = self
    show(standing)
    // What was said and is not so stays, for `check` to report. A round that began anew has forgotten its owner.
    for field in Self.managed where hasNoEvents ? field.isAsserted : true {
      if field.text(given) != "", !given.isOfEarlierRound(field, events) { field.copy(given, &self) }
    }
  }

  public mutating func keepManaged(of stored: Self, _ checks: inout RecordChecks) {
    let stored = stored.inThisRound
    let isGiven = !events.isEmpty || Self.managed.contains { !$0.text(self).isEmpty }
    if isGiven {
      for field in Self.managed where field.text(self) != field.text(stored) {
        checks.report(
          field.name, value: field.text(self), rule: "METHODS_ONLY",
          "现在是“\(field.text(stored))”；办理情况只能用 TicketService 的方法（交办、反馈、销号等）来改，不能直接写",
          "is “\(field.text(stored))” now; how a ticket goes on is changed by the methods of TicketService (assign, report, close and so on) only, not written directly"
        )
      }
      if events != stored.events {
        checks.report(
          "events", value: "\(events.count)", rule: "METHODS_ONLY", "办理过程不能直接改写，请用 TicketService 的方法",
          "the events cannot be written directly; please use the methods of TicketService")
      }
    }
    for field in Self.managed { field.copy(stored, &self) }
    events = stored.events
  }

  /// The same without the method and result of an earlier round.
  private var inThisRound: Ledger.Ticket {
    guard let standing = try? standing() else { return self }
    var (shown, ticket) = (self, self)
    shown.show(standing)
    for field in Self.managed where isOfEarlierRound(field, events) { field.copy(shown, &ticket) }
    return ticket
  }

  /// Whether a method or result is one that the events tell: an older program showed it on when a new round had begun.
  private func isOfEarlierRound(_ field: ManagedField, _ events: [Ledger.TicketEvent]) -> Bool {
    let text = field.text(self)
    switch field.name {
    case "method": return events.contains { $0.method == text }
    case "result": return events.contains { $0.result == text }
    default: return false
    }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.name("number", number, max: 64)
    checks.reference("region", region)
    checks.name("title", title)
    checks.text("description", description)
    checks.choice("category", category, among: Ledger.TicketCategory.allCases)
    checks.choice("channel", channel, among: Ledger.TicketChannel.allCases)
    checks.choice("severity", severity, among: Ledger.TicketSeverity.allCases)
    checks.code("enterprise", enterprise, required: false) { text throws(RuleViolation) in try USCC(text) }
    checks.reference("project", project, required: false)
    checkHistory(&checks)
  }

  private func checkHistory(_ checks: inout RecordChecks) {
    for (name, text) in [
      ("registered", registered), ("escalated", escalated), ("assigned", assigned), ("first_feedback", firstFeedback),
      ("closure_requested", closureRequested), ("closed", closed), ("timetable", timetable),
    ] {
      checks.date(name, text, required: name == "registered")
    }
    guard !events.isEmpty, checks.violations.isEmpty else { return }
    guard events.count <= Self.eventsMax else {
      return checks.report(
        "events", value: "\(events.count)", rule: "TOO_MANY", "办理过程有 \(events.count) 步，最多 \(Self.eventsMax) 步",
        "has \(events.count) events; at most \(Self.eventsMax)")
    }
    for (index, event) in events.enumerated() { event.checkTexts("events[\(index)].", &checks) }
    var replayed = events
    do throws(TicketHistory.Fault) {
      var shown = self
      shown.show(try TicketHistory.replay(&replayed, severity: severity))
      for field in Self.managed where field.text(self) != field.text(shown) {
        checks.report(
          field.name, value: field.text(self), rule: "NOT_AS_THE_EVENTS_SAY",
          "与办理过程不符：按日期和过程应是“\(field.text(shown))”",
          "is not as the events say: by their dates and order it is “\(field.text(shown))”")
      }
    } catch {
      checks.report(
        "events[\(error.index)]", value: events[error.index].action.name, rule: error.violation.rule,
        error.violation.message, error.violation.englishMessage)
    }
  }

  public var ownColumns: [ColumnValue] {
    let levels = Set(events.map(\.level))
    let series = TicketNumber(number)
    return [
      .text(region), .text(title), .text(category.name), .text(channel.name), .text(severity.name), .text(enterprise),
      .text(project), .text(state.name), .text(level.name), .text(originLevel.name), .text(owner), .text(supervisor),
      .text(outcome.name), .text(satisfaction.name), .integer(exemptReason.isEmpty ? 0 : 1), .text(registered),
      .text(escalated), .text(assigned), .text(firstFeedback), .text(closureRequested), .text(closed),
    ]
      + Self.reachedLevels.map { level in
        .integer(levels.contains { $0.name == level.rawValue } ? 1 : 0)
      } + [daysToClose, .text(series?.series ?? ""), series.map { .integer($0.sequence) } ?? .null]
  }

  private var daysToClose: ColumnValue {
    guard let first = try? CivilDate(registered), let last = try? CivilDate(closed) else { return .null }
    return .integer(Int64(CivilDate.daysBetween(first, last)))
  }
}

extension Ledger.TicketEvent {
  func checkTexts(_ path: String, _ checks: inout RecordChecks) {
    for (name, text) in [("note", note), ("method", method), ("result", result)] { checks.text(path + name, text) }
    for (name, text) in [("actor", actor), ("owner", owner), ("supervisor", supervisor)] {
      checks.name(path + name, text, required: false)
    }
  }
}
