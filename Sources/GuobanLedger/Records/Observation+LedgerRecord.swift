public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Observation: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Observation",
    [
      ColumnSchema("indicator", .text, references: "Indicator"), ColumnSchema("region", .text, references: "Region"),
      ColumnSchema("period", .text), ColumnSchema("value_e6", .integer), .choice("finality", Ledger.Finality.self),
      ColumnSchema("source", .text),
    ],
    indexes: [["indicator", "period"], ["region"]], regions: ["region"])

  public static var isShared: Bool { false }

  public var key: String { "\(indicator)/\(region)/\(period)" }

  public func check(_ checks: inout RecordChecks) {
    checks.reference("indicator", indicator)
    checks.reference("region", region)
    checks.code("period", period) { text throws(RuleViolation) in try Period(text) }
    checks.range(
      "value_e6", valueE6, in: -RecordChecks.Limit.moneyFenMax...RecordChecks.Limit.moneyFenMax, unit: .millionths)
    checkFinality(&checks)
    checks.name("source", source, required: false)
  }

  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    try publish(after: old, in: writer, path: path)
  }

  public func checkDeletable() throws { try refuseFinal() }

  public var ownColumns: [ColumnValue] {
    [.text(indicator), .text(region), .text(period), .integer(valueE6), .text(finality.name), .text(source)]
  }
}
