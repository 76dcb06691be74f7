internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

extension SQLiteReader {
  /// Blocks that are looked up at once.
  private static let blocksAtOnce = 64

  func changes(_ query: ChangeQuery) throws -> [Ledger.Change] {
    guard query.limit > 0 else { throw StorageError(.invalidQuery, "a page of changes needs a limit above zero") }
    let search = ChangeSearch(query)
    var changes: [Ledger.Change] = []
    let read = { [db] (revisions: Range<Int64>) in
      let revisions = revisions.clamped(to: search.revisions)
      guard !revisions.isEmpty, changes.count < query.limit else { return }
      let rows = search.rows(in: revisions, limit: query.limit - changes.count)
      try db.run(rows.sql, rows.values, isCached: true) { changes.append(ChangeRow.change($0)) }
    }
    guard search.readsBlocks else {
      try read(search.revisions)
      return changes
    }
    // The last block grows: on the writer there may be rows that it does not say anything of yet.
    let last = try lastBlock()
    let newest = last * ChangeBlocks.revisions..<Int64.max
    if !query.oldestFirst { try read(newest) }
    let asked = search.revisions
    var rest = (asked.lowerBound / ChangeBlocks.revisions..<asked.upperBound / ChangeBlocks.revisions + 1)
      .clamped(to: try ends(of: search)).clamped(to: 0..<last)
    while !rest.isEmpty, changes.count < query.limit {
      var blocks: [Int64] = []
      let part = search.blocks(in: rest, limit: Self.blocksAtOnce)
      try db.run(part.sql, part.values, isCached: true) { blocks.append($0.integer(0)) }
      for block in blocks { try read(ChangeBlocks.revisions(of: block)) }
      guard blocks.count == Self.blocksAtOnce, let end = blocks.last else { break }
      rest = query.oldestFirst ? end + 1..<rest.upperBound : rest.lowerBound..<end
    }
    if query.oldestFirst { try read(newest) }
    return changes
  }

  private func lastBlock() throws -> Int64 {
    var last: Int64 = 0
    try db.run("SELECT max(block) FROM change_block", [], isCached: true) { last = $0.integer(0) }
    return ChangeBlocks.clamped(last)
  }

  private func ends(of search: ChangeSearch) throws -> Range<Int64> {
    guard let ends = search.ends else { return 0..<ChangeBlocks.blockMax }
    var found: Range<Int64> = 0..<0
    try db.run(ends.sql, ends.values, isCached: true) { row in
      guard case .integer(let first) = row.value(0), case .integer(let last) = row.value(1) else { return }
      found = ChangeBlocks.clamped(first)..<ChangeBlocks.clamped(last) + 1
    }
    return found
  }

  func commitEnd(before second: Int64) throws -> UInt64? {
    var block = try lastBlock()
    let blocks = "SELECT block FROM change_block WHERE last_seconds >= ? ORDER BY block LIMIT 1"
    try db.run(blocks, [.integer(second)], isCached: true) { block = ChangeBlocks.clamped($0.integer(0)) }
    var first: UInt64?
    let rows = """
      SELECT revision FROM change_log NOT INDEXED WHERE revision >= ? AND time_seconds >= ? ORDER BY revision LIMIT 1
      """
    try db.run(rows, [.integer(block * ChangeBlocks.revisions), .integer(second)], isCached: true) {
      first = UInt64(clamping: $0.integer(0))
    }
    return try commitEnd(atOrBefore: (try first ?? revision + 1) - 1)
  }

  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) throws -> [HiddenChange] {
    let values = ChangeBlocks.Field.allCases.map {
      """
      NOT EXISTS (SELECT 1 FROM change_block_value AS v
        WHERE v.field = '\($0.rawValue)' AND v.value = CAST(l.\($0.column) AS TEXT)
          AND v.block = l.revision / \(ChangeBlocks.revisions))
      """
    }
    let time = """
      NOT EXISTS (SELECT 1 FROM change_block AS b WHERE b.block = l.revision / \(ChangeBlocks.revisions)
        AND l.time_seconds BETWEEN b.first_seconds AND b.last_seconds)
      """
    let sql = """
      SELECT l.revision, l.record_type, l.key FROM change_log AS l NOT INDEXED
      WHERE l.revision > ? AND l.revision <= ? AND (\((values + [time]).joined(separator: " OR "))) LIMIT ?
      """
    var hidden: [HiddenChange] = []
    try db.run(
      sql, [SQLValue(revision: revision), SQLValue(revision: last), .integer(Int64(limit))], isCached: true
    ) { row in
      hidden.append(
        HiddenChange(revision: UInt64(clamping: row.integer(0)), name: RecordName(type: row.text(1), key: row.text(2))))
    }
    return hidden
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
