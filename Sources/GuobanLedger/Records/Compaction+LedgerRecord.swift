public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.Compaction: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Compaction", [ColumnSchema("days", .integer), ColumnSchema("record_count", .integer)], regions: [])

  /// The only key there is: a later compaction is a new version of the same record.
  public static let onlyKey = "change-log"

  public static var isShared: Bool { true }

  public static var readPermission: Permission { .readChangeLog }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id)
    if hash.count != ChangeHash.byteCount { checks.missing("hash") }
    if stateSha256.count != ChangeHash.byteCount { checks.missing("state_sha256") }
  }

  public var ownColumns: [ColumnValue] {
    [.integer(Int64(days)), .integer(Int64(clamping: recordCount))]
  }
}
