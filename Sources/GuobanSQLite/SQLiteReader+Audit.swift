internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

extension SQLiteReader {
  func changes(_ query: ChangeQuery) throws -> [Ledger.Change] {
    guard query.limit > 0 else { throw StorageError(.invalidQuery, "a page of changes needs a limit above zero") }
    var conditions: [String] = []
    var values: [SQLValue] = []
    let add = { (condition: String, value: SQLValue) in
      conditions.append(condition)
      values.append(value)
    }
    if !query.actor.isEmpty { add("actor = ?", .text(query.actor)) }
    if !query.type.isEmpty { add("record_type = ?", .text(query.type)) }
    if !query.key.isEmpty { add("key = ?", .text(query.key)) }
    // A literal, so that the index over deletes alone can be seen to fit.
    if let operation = query.operation { conditions.append("operation = \(operation.rawValue)") }
    if let seconds = query.seconds {
      // The revisions that these times may have: rows are stored by revision, and times hardly ever go back.
      let (first, last) = try revisions(in: seconds)
      add("revision >= ?", .integer(first))
      add("revision <= ?", .integer(last))
      add("time_seconds >= ?", .integer(seconds.lowerBound))
      add("time_seconds < ?", .integer(seconds.upperBound))
    }
    if let after = query.afterRevision {
      add(query.oldestFirst ? "revision > ?" : "revision < ?", SQLValue(revision: after))
    }
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    let columns =
      query.withoutRecords ? ChangeRow.columns.replacing(" record, ", with: " zeroblob(0), ") : ChangeRow.columns
    let order = query.oldestFirst ? "ASC" : "DESC"
    var changes: [Ledger.Change] = []
    try db.run(
      "SELECT \(columns) FROM change_log \(index(for: query))\(filter) ORDER BY revision \(order) LIMIT ?",
      values + [.integer(Int64(query.limit))], isCached: false
    ) { changes.append(ChangeRow.change($0)) }
    return changes
  }

  /// All of them end with the revision, so that a page comes in order without sorting.
  private func index(for query: ChangeQuery) -> String {
    if !query.key.isEmpty { return "INDEXED BY change_log_record" }
    if query.operation == .delete { return "INDEXED BY change_log_delete" }
    if !query.type.isEmpty { return "INDEXED BY change_log_type" }
    if !query.actor.isEmpty { return "INDEXED BY change_log_actor" }
    return "NOT INDEXED"
  }

  /// From the first to the last revision whose time is within; empty bounds when there is none.
  private func revisions(in seconds: Range<Int64>) throws -> (Int64, Int64) {
    var bounds: (Int64, Int64) = (1, 0)
    let sql = "SELECT min(revision), max(revision) FROM change_log WHERE time_seconds >= ? AND time_seconds < ?"
    try db.run(sql, [.integer(seconds.lowerBound), .integer(seconds.upperBound)], isCached: true) { row in
      if case .integer = row.value(0) { bounds = (row.integer(0), row.integer(1)) }
    }
    return bounds
  }

  func commitEnd(before second: Int64) throws -> UInt64? {
    var first: UInt64?
    let sql = "SELECT min(revision) FROM change_log WHERE time_seconds >= ?"
    try db.run(sql, [.integer(second)], isCached: true) { row in
      if case .integer(let revision) = row.value(0) { first = UInt64(clamping: revision) }
    }
    return try commitEnd(atOrBefore: (try first ?? revision + 1) - 1)
  }

  func lastChange(of type: String, _ key: String) throws -> Ledger.Change? {
    var change: Ledger.Change?
    let sql = """
      SELECT \(ChangeRow.columns) FROM change_log WHERE record_type = ? AND key = ? AND \(ChangeRow.writesRecord)
      ORDER BY revision DESC LIMIT 1
      """
    try db.run(sql, [.text(type), .text(key)], isCached: true) { change = ChangeRow.change($0) }
    return change
  }

  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) throws -> Part<RecordVersion> {
    let logged = """
      SELECT c.key, c.revision, c.operation, c.record FROM
        (SELECT key, max(revision) AS last FROM change_log INDEXED BY change_log_record
         WHERE record_type = ?1 AND key > ?2 AND revision <= ?3 AND \(ChangeRow.writesRecord) GROUP BY key ORDER BY key LIMIT ?4) AS l
      CROSS JOIN change_log AS c ON c.revision = l.last
      """
    var fromLog: [(version: RecordVersion, isDeleted: Bool)] = []
    let delete = Int64(Ledger.ChangeOperation.delete.rawValue)
    try db.run(
      logged, [.text(type), .text(afterKey), SQLValue(revision: revision), .integer(Int64(limit))], isCached: true
    ) { row in
      fromLog.append(
        (
          RecordVersion(
            key: row.text(0), revision: UInt64(clamping: row.integer(1)), sha256: RecordVersion.digest(of: row.blob(3))),
          row.integer(2) == delete
        ))
    }
    var folded: [RecordVersion] = []
    let sql = "SELECT key, revision, sha256 FROM folded_record WHERE record_type = ? AND key > ? ORDER BY key LIMIT ?"
    try db.run(sql, [.text(type), .text(afterKey), .integer(Int64(limit))], isCached: true) { row in
      folded.append(RecordVersion(key: row.text(0), revision: UInt64(clamping: row.integer(1)), sha256: row.blob(2)))
    }
    return VersionMerge(fromLog: fromLog, folded: folded, limit: limit).part
  }

  func foldedRecords(after last: FoldedRecord?, limit: Int) throws -> [FoldedRecord] {
    var records: [FoldedRecord] = []
    let sql = """
      SELECT record_type, key, revision, sha256 FROM folded_record WHERE (record_type, key) > (?, ?)
      ORDER BY record_type, key LIMIT ?
      """
    let values: [SQLValue] = [.text(last?.type ?? ""), .text(last?.version.key ?? ""), .integer(Int64(limit))]
    try db.run(sql, values, isCached: true) { row in
      records.append(
        FoldedRecord(
          type: row.text(0),
          version: RecordVersion(key: row.text(1), revision: UInt64(clamping: row.integer(2)), sha256: row.blob(3))))
    }
    return records
  }

  func foldedRequests(after last: FoldedRequest?, limit: Int) throws -> [FoldedRequest] {
    var requests: [FoldedRequest] = []
    let sql = "SELECT digest, revision FROM folded_request WHERE digest > ? ORDER BY digest LIMIT ?"
    try db.run(sql, [.blob(last?.digest ?? []), .integer(Int64(limit))], isCached: true) { row in
      requests.append(FoldedRequest(digest: row.blob(0), revision: UInt64(clamping: row.integer(1))))
    }
    return requests
  }
}

/// What the log says of some keys, and what was folded of it, as one list.
struct VersionMerge {
  /// In key order, deletes included.
  let fromLog: [(version: RecordVersion, isDeleted: Bool)]
  /// In key order.
  let folded: [RecordVersion]
  let limit: Int

  /// The keys that both lists reach to.
  var part: Part<RecordVersion> {
    let ends = [
      fromLog.count == limit ? fromLog.last?.version.key : nil, folded.count == limit ? folded.last?.key : nil,
    ].compactMap { $0 }
    let end = ends.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var logged = fromLog[...]
    var versions: [RecordVersion] = []
    let isBeyond = { (key: String) in end.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? false }
    let takeLogged = { (item: (version: RecordVersion, isDeleted: Bool)) in
      if !item.isDeleted && !isBeyond(item.version.key) { versions.append(item.version) }
    }
    for version in folded {
      while let next = logged.first, next.version.key.utf8.lexicographicallyPrecedes(version.key.utf8) {
        takeLogged(next)
        logged.removeFirst()
      }
      // What the log says is newer.
      if let next = logged.first, next.version.key == version.key { continue }
      if !isBeyond(version.key) { versions.append(version) }
    }
    logged.forEach(takeLogged)
    return Part(versions, next: end)
  }
}
