public import GuobanMessages
public import GuobanModel
public import GuobanStorage
internal import GuobanWire

/// Which open tickets wait for something, as of a day: what reminders are sent from. Reads a bounded part of the ledger.
public struct DueTickets: Sendable {
  /// Open tickets that one call looks at; a page may end with fewer due ones than were asked for.
  public static let lookedAtMax = 5000
  private static let pageRecords = 500

  private let day: CivilDate
  private let withinDays: Int
  private let all: Bool
  private let rules: TicketRules
  private let limits: DecodeLimits

  /// - Parameter day: where the request names none.
  public init(
    _ request: Ledger.ListDueTicketsRequest, today: CivilDate, rules: TicketRules, limits: DecodeLimits
  ) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    day = checks.date("as_of", request.asOf) ?? today
    checks.range("within_days", Int64(request.withinDays), in: 0...366, unit: .days)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    withinDays = Int(request.withinDays)
    all = request.all
    self.rules = rules
    self.limits = limits
  }

  /// One page, and the key after which the next begins; nil at the end.
  ///
  /// - Parameters:
  ///   - filter: beside being open.
  ///   - bytesMax: of the tickets on the page, but one.
  ///   - checkCancellation: asked now and then; what it throws ends the search.
  public func run(
    _ reader: any LedgerReader, filter: Filter?, afterKey: String?, limit: Int, bytesMax: Int,
    checkCancellation: () throws -> Void
  ) throws -> (response: Ledger.ListDueTicketsResponse, next: String?) {
    let count = try rules.count(reader, limits: limits)
    var response = Ledger.ListDueTicketsResponse(workingDays: count.isWorkingDays, asOf: day.text)
    let open = Filter.isOne(column: "state", of: TicketState.allCases.filter { $0 != .closed }.map(\.rawValue))
    let narrowed = filter.narrowed(by: open)
    var (after, looked, bytes) = (afterKey, 0, 0)
    while looked < Self.lookedAtMax {
      try checkCancellation()
      let page = try reader.list(
        ListQuery(type: "Ticket", filter: narrowed, afterKey: after, limit: Self.pageRecords))
      for record in page {
        if let due = try due(record.bytes, count) {
          bytes += record.bytes.count
          if response.tickets.count == limit || bytes > bytesMax && !response.tickets.isEmpty {
            return (response, after)
          }
          response.tickets.append(due)
        }
        after = record.key
        looked += 1
      }
      if page.count < Self.pageRecords { return (response, nil) }
    }
    return (response, after)
  }

  private func due(_ bytes: [UInt8], _ count: DayCount) throws -> Ledger.DueTicket? {
    let ticket = try Ledger.Ticket(packed: bytes, limits: limits)
    guard let due = TicketDue(try ticket.standing(), on: day, deadlines: rules.deadlines, count: count) else {
      return nil
    }
    guard all || isWanted(due, isExempt: !ticket.exemptReason.isEmpty) else { return nil }
    return Ledger.DueTicket(
      ticket: ticket, step: Ledger.TicketStep(name: due.step.rawValue) ?? .unspecified, since: due.since.text,
      due: due.due?.text ?? "", daysLeft: Int32(clamping: due.daysLeft ?? 0), late: due.isLate,
      problem: due.problem?.message ?? "",
      localizedProblem: due.problem.flatMap { Google.LocalizedMessage(english: $0.englishMessage, beside: $0.message) })
  }

  /// A day that is not known is told rather than left out; what waits to be closed is always told.
  private func isWanted(_ due: TicketDue, isExempt: Bool) -> Bool {
    if due.step == .close || due.problem != nil { return true }
    guard let last = due.due, !isExempt else { return false }
    return CivilDate.daysBetween(day, last) <= withinDays
  }
}
