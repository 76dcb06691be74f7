public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Officer: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Officer",
    [
      ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"), ColumnSchema("unit", .text),
      ColumnSchema("title", .text), .choice("level", Ledger.OfficerLevel.self), .day("left"),
    ],
    indexes: [["region"]], regions: ["region"], contacts: true)

  public static var isShared: Bool { false }

  public var key: String { id }

  public mutating func visitContacts(
    _ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void
  ) rethrows {
    try visit("contact", &contact)
  }

  public var contactsNeededUntil: String { left }

  public func check(_ checks: inout RecordChecks) {
    checks.code("id", id) { text throws(RuleViolation) in try RecordID(text) }
    checks.name("name", name, max: 64)
    checks.reference("region", region)
    checks.name("unit", unit, required: false)
    checks.name("title", title, required: false)
    checks.choice("level", level, among: Ledger.OfficerLevel.allCases, required: false)
    checks.date("left", left)
  }

  public var ownColumns: [ColumnValue] {
    [.text(name), .text(region), .text(unit), .text(title), .text(level.name), .text(left)]
  }
}
