public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension WorkCalendar {
  /// All holidays of the ledger.
  public init(_ reader: any LedgerReader, limits: DecodeLimits) throws {
    self.init()
    var after: String?
    while true {
      let page = try reader.list(
        ListQuery(type: Ledger.Holiday.schema.name, filter: nil, afterKey: after, limit: Self.pageRecords))
      guard let last = page.last else { return }
      for record in page {
        let holiday = try Ledger.Holiday(packed: record.bytes, limits: limits)
        set(try CivilDate(holiday.date), isWorkday: holiday.kind == .workday, year: Int(holiday.year))
      }
      after = last.key
    }
  }

  private static let pageRecords = 1000
}
