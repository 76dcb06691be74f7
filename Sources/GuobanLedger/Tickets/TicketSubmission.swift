public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Registers a problem (登记), under the next number of its region and year where it brings none.
public struct TicketSubmission: Sendable {
  private let draft: Ledger.Ticket
  private let date: CivilDate
  private let level: TicketLevel
  private let region: String?

  /// Checks everything that needs no ledger.
  ///
  /// - Parameters:
  ///   - date: of the registration.
  ///   - region: that the caller is held to.
  public init(_ request: Ledger.SubmitTicketRequest, on date: CivilDate, region: String?) throws(LedgerError) {
    var draft = request.ticket ?? Ledger.Ticket()
    var checks = RecordChecks(path: "ticket.")
    for field in Ledger.Ticket.managed where field.name != "level" && !field.text(draft).isEmpty {
      checks.report(
        field.name, value: field.text(draft), rule: "METHODS_ONLY", "登记时不填这一项，由以后的办理步骤写入",
        "is left empty at registration; later steps write it")
    }
    if !draft.events.isEmpty {
      checks.report(
        "events", value: "\(draft.events.count)", rule: "METHODS_ONLY", "登记时不填办理过程；已有过程的历史问题请用导入",
        "there are no events at registration; import old tickets that have some")
    }
    checks.choice("level", draft.level, among: Ledger.TicketLevel.allCases, required: false)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    level = TicketLevel(rawValue: draft.level.name) ?? .county
    draft.meta = nil
    self.date = date
    self.region = region
    // The number comes from the writer where there is none; any good one stands in for it here.
    var whole = draft
    if whole.number.isEmpty { whole.number = "-" }
    whole.events = [Ledger.TicketEvent(action: .register, date: date.text, level: draft.level)]
    whole.level = .unspecified
    whole.events[0].level = Ledger.TicketLevel(name: level.rawValue) ?? .unspecified
    whole.normalise()
    let violations = whole.violations(path: "ticket.")
    guard violations.isEmpty else { throw .invalid(violations) }
    self.draft = draft
  }

  /// Writes the ticket; returns its stored bytes.
  ///
  /// - Parameter whole: sees every ticket, those that the writer does not show included: a number of the region's may be on
  ///   one that was moved elsewhere.
  public func run(_ writer: any LedgerWriter, whole: any LedgerReader) throws -> [UInt8] {
    let rank = try GovernmentRank(ofRegion: region, in: writer, limits: .standard)
    guard level.rank <= max(rank, .county) else {
      throw LedgerError(
        .denied, reason: "TICKET_LEVEL", "\(writer.actor) 是\(rank.chinese)，不能直接登记到\(level.chinese)；请先登记在县级，再逐级上报",
        "\(writer.actor) is of \(rank.english) rank and cannot register at level \(level.rawValue); register it with the county, then pass it up level by level"
      )
    }
    var ticket = draft
    if ticket.number.isEmpty { ticket.number = try nextNumber(whole) }
    let standing = TicketStanding(
      registeredOn: date, at: level, severity: TicketSeverity(rawValue: ticket.severity.name) ?? .ordinary)
    ticket.events = [
      Ledger.TicketEvent(TicketStep(.register, on: date, by: writer.actor), time: writer.time, after: standing)
    ]
    ticket.show(standing)
    return try writer.create(ticket, path: "ticket")
  }

  private func nextNumber(_ whole: any LedgerReader) throws -> String {
    let series = "\(draft.region)-\(date.year)"
    var sequence = try whole.highestSequence(of: Ledger.Ticket.schema.name, where: "series", is: series)
    while sequence < TicketNumber.sequenceMax {
      sequence += 1
      let number = TicketNumber(series: series, sequence: sequence).text
      // One that was deleted may come back, and keeps its number.
      var query = ChangeQuery(limit: 1)
      query.type = Ledger.Ticket.schema.name
      query.key = number
      query.withoutRecords = true
      if try whole.changes(query).isEmpty { return number }
    }
    throw LedgerError(
      .exhausted, reason: "NUMBERS_USED_UP", "\(series) 的问题编号已用完（\(TicketNumber.sequenceMax) 号）",
      "the ticket numbers of \(series) are used up (\(TicketNumber.sequenceMax))")
  }
}
