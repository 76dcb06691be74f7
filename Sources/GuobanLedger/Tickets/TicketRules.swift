public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// The office's rules about tickets: what an operator sets.
public struct TicketRules: Sendable, Equatable {
  public var deadlines = TicketDeadlines()
  /// Days of deadlines are working days, by the ledger's holidays; else every day counts.
  public var countsWorkingDays = false

  /// 13710 in calendar days.
  public init() {}

  /// How days are counted, by the ledger as `reader` sees it.
  public func count(_ reader: any LedgerReader, limits: DecodeLimits) throws -> DayCount {
    countsWorkingDays ? .workingDays(try WorkCalendar(reader, limits: limits)) : .calendarDays
  }
}
