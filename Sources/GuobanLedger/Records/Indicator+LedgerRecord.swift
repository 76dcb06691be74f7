public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Indicator: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Indicator",
    [
      ColumnSchema("name", .text), ColumnSchema("unit", .text), .choice("nature", Ledger.IndicatorNature.self),
      ColumnSchema("better", .text, values: .names(["LOWER", "HIGHER"])),
    ], regions: [])

  public static var isShared: Bool { true }

  public var key: String { code }

  public func check(_ checks: inout RecordChecks) {
    checks.code("code", code) { text throws(RuleViolation) in try IndicatorCode(text) }
    checks.name("name", name)
    checks.name("unit", unit, max: 32)
    checks.choice("nature", nature, among: Ledger.IndicatorNature.allCases)
    checks.choice("better", better, among: Ledger.BetterWhen.allCases, required: false)
  }

  public var ownColumns: [ColumnValue] {
    [.text(name), .text(unit), .text(nature.name), .text(better == .lower ? "LOWER" : "HIGHER")]
  }
}
