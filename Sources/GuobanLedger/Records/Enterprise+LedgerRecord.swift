public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Enterprise: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Enterprise",
    [
      ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"), ColumnSchema("industry", .text),
      .choice("scale", Ledger.EnterpriseScale.self), .choice("status", Ledger.EnterpriseStatus.self),
      ColumnSchema("headcount", .integer),
      ColumnSchema("on_duty", .integer), ColumnSchema("qualifications", .textList),
      ColumnSchema("white_lists", .textList),
    ],
    indexes: [["region"]], regions: ["region"], contacts: true)

  public static var isShared: Bool { false }

  public var key: String { uscc }

  public mutating func visitContacts(
    _ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void
  ) rethrows {
    try visit("contact", &contact)
  }

  public mutating func normalise() {
    if let canonical = try? USCC(uscc) { uscc = canonical.text }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.code("uscc", uscc) { text throws(RuleViolation) in try USCC(text) }
    checks.name("name", name)
    checks.reference("region", region)
    checks.code("industry", industry, required: false) { text throws(RuleViolation) in try IndustryCode(text) }
    checks.choice("scale", scale, among: Ledger.EnterpriseScale.allCases, required: false)
    checks.choice("status", status, among: Ledger.EnterpriseStatus.allCases, required: false)
    checks.range("headcount", Int64(headcount), in: 0...10_000_000, unit: .people)
    checks.range("on_duty", Int64(onDuty), in: 0...10_000_000, unit: .people)
    if onDuty > headcount, headcount > 0 {
      checks.report(
        "on_duty", value: "\(onDuty)", rule: "MORE_THAN_HEADCOUNT", "在岗 \(onDuty) 人，多于职工总数 \(headcount) 人",
        "\(onDuty) on duty, more than the headcount of \(headcount)")
    }
    checks.names("qualifications", qualifications)
    checks.names("white_lists", whiteLists)
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(name), .text(region), .text(industry), .text(scale.name), .text(status.name), .integer(Int64(headcount)),
      .integer(Int64(onDuty)), .textList(qualifications), .textList(whiteLists),
    ]
  }
}
