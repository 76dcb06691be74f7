internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Removes the beginning of the change log in small transactions, and keeps what stands for it: of every record its
/// version then, of every request that it was done.
struct LogFolding {
  /// Rows of the change log in one transaction: writers wait for one.
  static let stepRows = 2000

  /// Removes up to `revision`; at most ``stepRows`` rows. Gives how many it removed: 0 when all is done.
  static func step(through revision: UInt64, in db: Database) throws -> UInt64 {
    var removed: UInt64 = 0
    try db.inTransaction(.immediate) {
      // The trigger on the log lets go of no row that is not below this.
      try db.run(
        "INSERT INTO compacted (id, revision) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET revision = max(revision, ?1)",
        [SQLValue(revision: revision)], isCached: true)
      var last: Int64?
      try db.run(
        "SELECT max(revision) FROM (SELECT revision FROM change_log WHERE revision <= ? ORDER BY revision LIMIT ?)",
        [SQLValue(revision: revision), .integer(Int64(stepRows))], isCached: true
      ) { row in
        if case .integer(let found) = row.value(0) { last = found }
      }
      guard let last else { return .commit }
      try foldRecords(through: last, in: db)
      try foldRequests(through: last, in: db)
      try IdleRequest.remove(through: last, in: db)
      try db.run("DELETE FROM change_log WHERE revision <= ?", [.integer(last)], isCached: true)
      removed = UInt64(clamping: db.lastChangesCount)
      try ChangeBlocks.removeBlocks(before: last + 1, in: db)
      return .commit
    }
    return removed
  }

  private static func foldRecords(through last: Int64, in db: Database) throws {
    let delete = Int64(Ledger.ChangeOperation.delete.rawValue)
    var folded: [(type: String, key: String, revision: Int64, isDeleted: Bool, sha256: [UInt8])] = []
    let sql = """
      SELECT record_type, key, max(revision), operation, record FROM change_log NOT INDEXED
      WHERE revision <= ? AND \(ChangeRow.writesRecord) GROUP BY record_type, key
      """
    try db.run(sql, [.integer(last)], isCached: true) { row in
      folded.append(
        (
          row.text(0), row.text(1), row.integer(2), row.integer(3) == delete, RecordVersion.digest(of: row.blob(4))
        ))
    }
    for one in folded {
      let key: [SQLValue] = [.text(one.type), .text(one.key)]
      if one.isDeleted {
        try db.run("DELETE FROM folded_record WHERE record_type = ? AND key = ?", key, isCached: true)
      } else {
        let put = """
          INSERT INTO folded_record (record_type, key, revision, sha256) VALUES (?, ?, ?, ?)
          ON CONFLICT (record_type, key) DO UPDATE SET revision = excluded.revision, sha256 = excluded.sha256
          """
        try db.run(put, key + [.integer(one.revision), .blob(one.sha256)], isCached: true)
      }
    }
  }

  /// The last row of a request stands for it. It is folded with the request's first row, so that no answer is ever put
  /// together from half of its rows.
  private static func foldRequests(through last: Int64, in db: Database) throws {
    var requests: [FoldedRequest] = []
    let sql = """
      SELECT c.actor, c.request_id, c.revision FROM change_log AS c
      WHERE c.revision IN (SELECT commit_revision FROM change_log NOT INDEXED WHERE revision <= ?) AND c.request_id <> ''
      """
    try db.run(sql, [.integer(last)], isCached: true) { row in
      requests.append(
        FoldedRequest(
          digest: FoldedRequest.digest(actor: row.text(0), requestID: row.text(1)),
          revision: UInt64(clamping: row.integer(2))))
    }
    let put = "INSERT INTO folded_request (digest, revision) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
    for request in requests {
      try db.run(put, [.blob(request.digest), SQLValue(revision: request.revision)], isCached: true)
    }
  }
}
