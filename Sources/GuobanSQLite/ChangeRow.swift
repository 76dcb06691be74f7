internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Rows of `change_log` as messages and back.
enum ChangeRow {
  static let columns = """
    revision, commit_revision, time_seconds, time_nanos, actor, operation, record_type, key, record, request_id, \
    request_digest, previous_hash, hash, regions, left_regions, note
    """
  /// True of rows after which a record is another, see ``ChangeOperation/writesRecord``.
  static let writesRecord =
    "operation NOT IN (\(Ledger.ChangeOperation.reveal.rawValue), \(Ledger.ChangeOperation.erase.rawValue))"
  static let insert = "INSERT INTO change_log (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

  static func values(_ change: Ledger.Change) -> [SQLValue] {
    [
      SQLValue(revision: change.revision), SQLValue(revision: change.commitRevision),
      .integer(change.time?.seconds ?? 0), .integer(Int64(change.time?.nanos ?? 0)), .text(change.actor),
      .integer(Int64(change.operation.rawValue)), .text(change.recordType), .text(change.key), .blob(change.record),
      .text(change.requestId), .blob(change.requestDigest), .blob(change.previousHash), .blob(change.hash),
      .text(TextList.framed(change.regions)), .text(TextList.framed(change.leftRegions)), .text(change.note),
    ]
  }

  static func change(_ row: SQLRow) -> Ledger.Change {
    Ledger.Change(
      revision: UInt64(clamping: row.integer(0)), commitRevision: UInt64(clamping: row.integer(1)),
      time: Google.Timestamp(seconds: row.integer(2), nanos: Int32(clamping: row.integer(3))), actor: row.text(4),
      operation: Ledger.ChangeOperation(rawValue: Int32(clamping: row.integer(5))), recordType: row.text(6),
      key: row.text(7), record: row.blob(8), requestId: row.text(9), requestDigest: row.blob(10),
      previousHash: row.blob(11), hash: row.blob(12), regions: TextList.elements(of: row.text(13)),
      leftRegions: TextList.elements(of: row.text(14)), note: row.text(15))
  }
}
