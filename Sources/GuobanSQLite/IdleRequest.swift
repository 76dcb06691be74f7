internal import GRDB
internal import GuobanStorage

/// Requests that were done and changed nothing: the change log has no row that would know them again. Gone with the rows of
/// their time when the log is compacted.
enum IdleRequest {
  static func put(_ request: WriteRequest, at revision: UInt64, in db: Database) throws {
    try db.run(
      "INSERT INTO idle_request (actor, request_id, request_digest, revision) VALUES (?, ?, ?, ?)",
      [.text(request.actor), .text(request.requestID), .blob(request.requestDigest), SQLValue(revision: revision)],
      isCached: true)
  }

  static func find(
    _ request: WriteRequest, in db: Database
  ) throws -> (revision: UInt64, digest: [UInt8], isIdle: Bool)? {
    var found: (revision: UInt64, digest: [UInt8], isIdle: Bool)?
    try db.run(
      "SELECT revision, request_digest FROM idle_request WHERE actor = ? AND request_id = ?",
      [.text(request.actor), .text(request.requestID)], isCached: true
    ) { row in
      found = (UInt64(clamping: row.integer(0)), row.blob(1), true)
    }
    return found
  }

  static func remove(through revision: Int64, in db: Database) throws {
    try db.run("DELETE FROM idle_request WHERE revision <= ?", [.integer(revision)], isCached: true)
  }
}
