public import GuobanMessages
public import GuobanStorage

extension Ledger.Report: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Report",
    [
      ColumnSchema("reporter", .text), ColumnSchema("ledger_revision", .integer),
      ColumnSchema("region", .text, references: "Region"),
    ],
    indexes: [["reporter"]], regions: ["region"])

  /// What its maker could see. A report over everything belongs to no region, and is for those who see everything.
  public static var isShared: Bool { false }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    checks.name("reporter", reporter)
  }

  public var ownColumns: [ColumnValue] {
    [.text(reporter), .integer(Int64(clamping: ledgerRevision)), .text(region)]
  }
}

extension Ledger.ReporterApproval: LedgerRecord {
  public static let schema = RecordSchema.record("ReporterApproval", [ColumnSchema("digest", .text)], regions: [])

  public static var isShared: Bool { true }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    checks.name("digest", digest)
  }

  public var ownColumns: [ColumnValue] {
    [.text(digest)]
  }
}
