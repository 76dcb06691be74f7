public import GuobanMessages
public import GuobanStorage

extension Ledger.Target: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Target",
    [
      ColumnSchema("indicator", .text, references: "Indicator"), ColumnSchema("region", .text, references: "Region"),
      ColumnSchema("year", .integer), ColumnSchema("value_e6", .integer),
      .choice("finality", Ledger.Finality.self),
    ],
    indexes: [["indicator"], ["region"]], regions: ["region"])

  public static var isShared: Bool { false }

  public var key: String { "\(indicator)/\(region)/\(year)" }

  public func check(_ checks: inout RecordChecks) {
    checks.reference("indicator", indicator)
    checks.reference("region", region)
    checks.year("year", year)
    checks.range(
      "value_e6", valueE6, in: -RecordChecks.Limit.moneyFenMax...RecordChecks.Limit.moneyFenMax, unit: .millionths)
    checkFinality(&checks)
  }

  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    try publish(after: old, in: writer, path: path)
  }

  public func checkDeletable() throws { try refuseFinal() }

  public var ownColumns: [ColumnValue] {
    [.text(indicator), .text(region), .integer(Int64(year)), .integer(valueE6), .text(finality.name)]
  }
}
