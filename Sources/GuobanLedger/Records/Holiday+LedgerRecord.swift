public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Holiday: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Holiday", [ColumnSchema("name", .text), .choice("kind", Ledger.HolidayKind.self), ColumnSchema("year", .integer)],
    indexes: [["year"]], regions: [])

  public static var isShared: Bool { true }

  public var key: String { date }

  public mutating func normalise() {
    if year == 0, let date = try? CivilDate(date) { year = Int32(date.year) }
  }

  public func check(_ checks: inout RecordChecks) {
    let day = checks.date("date", date, required: true)
    checks.name("name", name, required: false, max: 32)
    checks.choice("kind", kind, among: Ledger.HolidayKind.allCases)
    checks.year("year", year)
    if let day, day.year != year, day.year + 1 != year {
      checks.report(
        "year", value: "\(year)", rule: "NOT_THE_DATES", "\(date) 只能出自 \(day.year) 年或下一年的放假通知",
        "\(date) can come from the holiday notice of \(day.year) or of the year after only")
    }
  }

  public var ownColumns: [ColumnValue] { [.text(name), .text(kind.name), .integer(Int64(year))] }
}
