internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

extension SQLiteReader {
  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change] {
    guard limit > 0 else { throw StorageError(.invalidQuery, "a page of changes needs a limit above zero") }
    var changes = try changes("revision > ? ORDER BY revision LIMIT ?", [revision, UInt64(limit)])
    guard let last = changes.last, last.revision < last.commitRevision else { return changes }
    if let cut = changes.lastIndex(where: { $0.revision == $0.commitRevision }) {
      changes.removeSubrange((cut + 1)...)
      return changes
    }
    return changes
      + (try self.changes("revision > ? AND revision <= ? ORDER BY revision", [last.revision, last.commitRevision]))
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change] {
    guard limit > 0 else { throw StorageError(.invalidQuery, "a page of changes needs a limit above zero") }
    // SQLite knows how long a record is without reading it.
    let sizes = """
      SELECT revision, commit_revision, length(record) FROM change_log WHERE revision > ? ORDER BY revision LIMIT ?
      """
    var last: UInt64 = 0
    var commitEnd: UInt64 = 0
    var bytes = 0
    try db.run(sizes, [SQLValue(revision: revision), .integer(Int64(limit))], isCached: true) { row in
      bytes += Int(row.integer(2)) + Self.changeOverheadBytes
      guard last == 0 || bytes <= bytesMax else { return }
      last = UInt64(clamping: row.integer(0))
      if row.integer(0) == row.integer(1) { commitEnd = last }
    }
    if last == 0 { return [] }
    return try changes(
      "revision > ? AND revision <= ? ORDER BY revision", [revision, commitEnd > 0 ? commitEnd : last])
  }

  /// What a change counts for beside its record.
  private static let changeOverheadBytes = 256

  var oldestRevision: UInt64 {
    get throws {
      var oldest: UInt64?
      try db.run("SELECT revision FROM change_log ORDER BY revision LIMIT 1", [], isCached: true) {
        oldest = UInt64(clamping: $0.integer(0))
      }
      return try oldest ?? revision + 1
    }
  }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? {
    var end: UInt64?
    let sql = """
      SELECT revision FROM change_log WHERE revision <= ? AND revision = commit_revision ORDER BY revision DESC LIMIT 1
      """
    try db.run(sql, [SQLValue(revision: revision)], isCached: true) { end = UInt64(clamping: $0.integer(0)) }
    return end
  }

  /// The rows that the request of the row `commitRevision` ends wrote.
  func changes(ofCommit commitRevision: UInt64, from first: UInt64) throws -> [Ledger.Change] {
    try changes("revision >= ? AND revision <= ? ORDER BY revision", [first, commitRevision])
  }

  private func changes(_ condition: String, _ bounds: [UInt64]) throws -> [Ledger.Change] {
    var changes: [Ledger.Change] = []
    let sql = "SELECT \(ChangeRow.columns) FROM change_log WHERE \(condition)"
    try db.run(sql, bounds.map(SQLValue.init(revision:)), isCached: true) { changes.append(ChangeRow.change($0)) }
    return changes
  }
}
