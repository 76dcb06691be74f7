public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension WorkCalendar {
  /// All holidays of the ledger.
  public init(_ reader: any LedgerReader, limits: DecodeLimits) throws {
    self.init()
    try reader.every(Ledger.Holiday.schema.name) { record in
      let holiday = try Ledger.Holiday(packed: record.bytes, limits: limits)
      set(try CivilDate(holiday.date), isWorkday: holiday.kind == .workday, year: Int(holiday.year))
    }
  }
}
