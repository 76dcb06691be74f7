internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Fills an empty ledger with records and the change log that made them, in one transaction.
struct LedgerLoad {
  let shape: LedgerShape

  /// Blocks of the log that are kept before they are written.
  private static let blocksAtOnce = 64

  /// The head of the loaded log.
  func run(_ next: () throws -> LoadItem?, in db: Database) throws -> ChangeChain {
    var chain: ChangeChain?
    var isFolded = false
    var blocks = ChangeBlocks()
    try db.inTransaction(.immediate) {
      try requireEmpty(db)
      while let item = try next() {
        switch item {
        case .record(let record):
          try require(chain == nil, "\(record.type) “\(record.key)” comes after the change log has begun")
          try shape.table(record.type).write(record, revision: 0, to: db)
          if case .load(let wrapped) = record.dataKey {
            try db.run(DataKeyTable.set, DataKeyTable.values(record.type, record.key, wrapped), isCached: true)
          }
        case .folded(let folded):
          try require(chain == nil, "what was compacted comes after the change log has begun")
          isFolded = true
          try db.run(
            "INSERT INTO folded_record (record_type, key, revision, sha256) VALUES (?, ?, ?, ?)",
            [
              .text(folded.type), .text(folded.version.key), SQLValue(revision: folded.version.revision),
              .blob(folded.version.sha256),
            ], isCached: true)
        case .foldedRequest(let folded):
          isFolded = true
          try db.run(
            "INSERT INTO folded_request (digest, revision) VALUES (?, ?)",
            [.blob(folded.digest), SQLValue(revision: folded.revision)], isCached: true)
        case .change(let change):
          // Only a log that was compacted begins anywhere else than at 1.
          var head = chain ?? (isFolded ? ChangeChain(startingAt: change) : ChangeChain())
          try head.verify(change)
          chain = head
          try db.run(ChangeRow.insert, isCached: true) { ChangeRow.add(change, to: &$0) }
          blocks.add(change)
          if blocks.count > Self.blocksAtOnce { try blocks.write(to: db) }
        }
      }
      try blocks.write(to: db)
      try chain?.finish()
      try requireAgreement(db)
      for index in shape.bufferedIndexes { try index.fill(in: db) }
      return .commit
    }
    let head = chain ?? ChangeChain()
    for index in shape.bufferedIndexes { index.adopt(head.revision) }
    return head
  }

  private func require(_ condition: Bool, _ message: String) throws {
    guard condition else { throw StorageError(.corrupted, message) }
  }

  private func requireEmpty(_ db: Database) throws {
    for table in ["change_log", "folded_record", "folded_request"] + shape.schemas.map(\.name)
    where try db.integer("SELECT 1 FROM \(quoted(table)) LIMIT 1") != nil {
      throw StorageError(.notEmpty, "the ledger is not empty: load into a new data directory")
    }
  }

  /// Every record must be what the last change of its key says, and the other way round.
  private func requireAgreement(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TEMP TABLE last_change AS
        SELECT record_type, key, max(revision) AS revision, operation FROM change_log
        WHERE \(ChangeRow.writesRecord)
        GROUP BY record_type, key
        """)
    // What was compacted stands for the last change of whatever was not changed since.
    try db.execute(
      sql: """
        INSERT INTO last_change SELECT f.record_type, f.key, f.revision, 0 FROM folded_record AS f
        WHERE NOT EXISTS (
          SELECT 1 FROM change_log AS c
          WHERE c.record_type = f.record_type AND c.key = f.key AND \(ChangeRow.writesRecord))
        """)
    try db.execute(sql: "CREATE UNIQUE INDEX temp.last_change_key ON last_change (record_type, key)")
    let types = shape.schemas.map(\.name)
    let places = types.map { _ in "?" }.joined(separator: ", ")
    try refuse(
      "SELECT record_type FROM last_change WHERE record_type NOT IN (\(places))", types, db,
      "the change log holds records of type %, which this program does not know")
    for type in types { try requireAgreement(of: type, db) }
    try db.execute(sql: "DROP TABLE temp.last_change")
  }

  private func requireAgreement(of type: String, _ db: Database) throws {
    let table = quoted(type)
    let delete = Ledger.ChangeOperation.delete.rawValue
    try db.run(
      """
      UPDATE \(table) AS r SET revision = l.revision FROM last_change AS l
      WHERE l.record_type = ? AND l.key = r.key AND l.operation <> \(delete)
      """, [.text(type)], isCached: false)
    try refuse(
      """
      SELECT r.key FROM \(table) AS r LEFT JOIN change_log AS c ON c.revision = r.revision
      WHERE (c.record = r.bytes) IS NOT TRUE
        AND NOT EXISTS (SELECT 1 FROM folded_record AS f
          WHERE f.record_type = ? AND f.key = r.key AND f.revision = r.revision) LIMIT 1
      """, [type], db, "\(type) “%” is not what its last change says")
    try requireFolded(type, db)
    try refuse(
      """
      SELECT l.key FROM last_change AS l WHERE l.record_type = ? AND l.operation <> \(delete)
      AND NOT EXISTS (SELECT 1 FROM \(table) AS r WHERE r.key = l.key) LIMIT 1
      """, [type], db, "\(type) “%” is in the change log but not among the records")
  }

  /// SQLite knows no SHA-256.
  private func requireFolded(_ type: String, _ db: Database) throws {
    let sql = """
      SELECT r.key, r.bytes, f.sha256 FROM folded_record AS f CROSS JOIN \(quoted(type)) AS r ON r.key = f.key
      WHERE f.record_type = ? AND r.revision = f.revision
      """
    try db.run(sql, [.text(type)], isCached: false) { row in
      try require(
        RecordVersion.digest(of: row.blob(1)) == row.blob(2), "\(type) “\(row.text(0))” is not what was compacted")
    }
  }

  /// Throws when the query finds a row; its text takes the place of `%` in the message.
  private func refuse(_ sql: String, _ values: [String], _ db: Database, _ message: String) throws {
    guard let found = try db.texts(sql, values.map(SQLValue.text)).first else { return }
    let parts = message.split(separator: "%", omittingEmptySubsequences: false)
    throw StorageError(.corrupted, parts.joined(separator: found))
  }
}
