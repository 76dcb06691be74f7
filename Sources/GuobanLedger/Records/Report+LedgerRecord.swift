public import GuobanMessages
public import GuobanStorage

extension Ledger.Report: LedgerRecord {
  public static let schema = RecordSchema.record(
<<<<<<< HEAD
    "Report",
    [
      ColumnSchema("reporter", .text), ColumnSchema("ledger_revision", .integer),
      ColumnSchema("region", .text, references: "Region"),
    ],
    indexes: [["reporter"]])

  /// What its maker could see. A report over everything belongs to no region, and is for those who see everything.
  public static var regionTie: RegionTie { .region(at: "region") }
=======
    "Report", [ColumnSchema("reporter", .text), ColumnSchema("ledger_revision", .integer)], indexes: [["reporter"]],
    regions: [])
>>>>>>> 6248c6a2c2214567c218d8dc34f645efaef46d19

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

  public static var regionTie: RegionTie { .shared }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    checks.name("digest", digest)
  }

  public var ownColumns: [ColumnValue] {
    [.text(digest)]
  }
}
