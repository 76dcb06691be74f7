public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.PassTrip: LedgerRecord {
  public static let schema = RecordSchema.record(
    "PassTrip",
    [
      ColumnSchema("pass", .text, references: "Pass"), ColumnSchema("sequence", .integer), .day("date"),
      ColumnSchema("region", .text, references: "Region"), ColumnSchema("place", .text), ColumnSchema("plate", .text),
      ColumnSchema("load_kg", .integer),
    ],
    // The second tells whether a trip from a file is here already.
    indexes: [["pass", "sequence"], ["pass", "date", "place"], ["date"], ["region"]], regions: ["pass.division"])

  /// The division that issued the pass, wherever the vehicle was seen.
  public static var isShared: Bool { false }

  public static var writePermission: Permission { .recordTrip }

  /// Trips that one pass may have.
  public static let sequenceMax: Int32 = 999_999

  public var key: String { "\(pass)/" + zeroPadded(sequence, 6) }

  public var isKeyed: Bool { sequence != 0 }

  /// The date is the time's, where nothing else is said.
  public mutating func normalise() {
    if let canonical = try? Plate(plate) { plate = canonical.text }
    if date.isEmpty, let day = try? time?.civilDate { date = day.text }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.code("pass", pass) { text throws(RuleViolation) in try PassNumber(text) }
    checks.range("sequence", Int64(sequence), in: 0...Int64(Self.sequenceMax), unit: .trips)
    if time == nil { checks.missing("time") }
    checks.range("time.nanos", Int64(time?.nanos ?? 0), in: 0...999_999_999, unit: .nanoseconds)
    let day = checks.date("date", date, required: true)
    if let day, let time, let real = try? time.civilDate, day != real {
      checks.report(
        "date", value: date, rule: "NOT_THE_TIMES_DATE", "行程时间是 \(real) 的，日期应与它一致，或留空",
        "the time of the trip is of \(real); give that date, or leave it empty")
    }
    checks.reference("region", region, required: false)
    checks.name("place", place, required: false)
    checks.code("plate", plate) { text throws(RuleViolation) in try Plate(text) }
    checks.range("load_kg", loadKg, in: 0...1_000_000, unit: .kilograms)
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(pass), .integer(Int64(sequence)), .text(date), .text(region), .text(place), .text(plate), .integer(loadKg),
    ]
  }
}
