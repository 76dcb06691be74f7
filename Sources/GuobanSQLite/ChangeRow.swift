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

  /// The parameters of ``insert``.
  static func add(_ change: Ledger.Change, to parameters: inout SQLParameters) {
    parameters.add(revision: change.revision)
    parameters.add(revision: change.commitRevision)
    parameters.add(change.time?.seconds ?? 0)
    parameters.add(Int64(change.time?.nanos ?? 0))
    parameters.add(change.actor)
    parameters.add(Int64(change.operation.rawValue))
    parameters.add(change.recordType)
    parameters.add(change.key)
    parameters.add(change.record)
    parameters.add(change.requestId)
    parameters.add(change.requestDigest)
    parameters.add(change.previousHash)
    parameters.add(change.hash)
    parameters.add(TextList.framed(change.regions))
    parameters.add(TextList.framed(change.leftRegions))
    parameters.add(change.note)
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
