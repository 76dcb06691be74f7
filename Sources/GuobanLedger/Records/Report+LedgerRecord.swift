public import GuobanMessages
public import GuobanStorage

extension Ledger.Report: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Report", [ColumnSchema("reporter", .text), ColumnSchema("ledger_revision", .integer)], indexes: [["reporter"]],
    regions: [])

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    checks.name("reporter", reporter)
  }

  public var ownColumns: [ColumnValue] {
    [.text(reporter), .integer(Int64(clamping: ledgerRevision))]
  }
}

extension Ledger.ReporterApproval: LedgerRecord {
  public static let schema = RecordSchema.record("ReporterApproval", [ColumnSchema("digest", .text)], regions: [])

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    checks.name("digest", digest)
  }

  public var ownColumns: [ColumnValue] {
    [.text(digest)]
  }
}
