internal import CSQLiteSettings
internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Opens a ledger file: refuses what is not one, brings its layout up to date, and checks that it is sound.
struct LedgerOpening {
  let shape: LedgerShape
  let configuration: SQLiteConfiguration

  /// The connections, and the head of the change log.
  func open(directory: String, project: Projection) throws -> (DatabasePool, ChangeChain) {
    Self.countNoMemory
    let file = LedgerFile(path: directory + "/" + LedgerFile.name)
    try file.prepare()
    let pool = try DatabasePool(path: file.path, configuration: connections())
    do {
      let head = try pool.writeWithoutTransaction { db in
        try setUpWriter(db)
        // Before anything is read that a newer program may have laid out in another way.
        _ = try Migration.pending(in: Migrations.all, from: Int(try db.integer("PRAGMA user_version") ?? 0))
        if configuration.quickCheckAtStartup, try bytes(db) <= Int64(configuration.quickCheckBytesMax) {
          try StructureCheck.run(db)
        }
        try db.inTransaction(.immediate) {
          try Migrations.run(db)
          try RecordTables.update(shape.all, project: project, in: db)
          for index in shape.bufferedIndexes { try index.open(in: db) }
          return .commit
        }
        return try checkedHead(db)
      }
      return (pool, head)
    } catch {
      try? pool.close()
      throw error
    }
  }

  /// Once, before the first connection.
  private static let countNoMemory: Void = guoban_sqlite_count_no_memory()

  private func connections() -> GRDB.Configuration {
    var connections = GRDB.Configuration()
    connections.label = "guoban"
    connections.maximumReaderCount = configuration.readersMax
    connections.busyMode = .timeout(configuration.busyTimeoutSeconds)
    connections.persistentReadOnlyConnections = true
    let cacheKiB = configuration.pageCacheBytesMax / 1024
    connections.prepareDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = -\(cacheKiB)")
      // The file is data: no function of its schema may do more than compute.
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    return connections
  }

  /// Settings are read back: a misspelt pragma is silently ignored, and durability hangs on these.
  private func setUpWriter(_ db: Database) throws {
    // A commit does not wait for the disk, ``LogSync`` does. Checkpoints do.
    try db.execute(sql: "PRAGMA synchronous = NORMAL")
    // A data key that is destroyed must not stay on a free page.
    try db.execute(sql: "PRAGMA secure_delete = ON")
    let normal: Int64 = 1
    guard try db.integer("PRAGMA synchronous") == normal,
      try db.integer("PRAGMA secure_delete") == 1, try db.texts("PRAGMA journal_mode") == ["wal"]
    else {
      throw StorageError(.io, "SQLite did not accept synchronous=NORMAL and secure_delete with a write-ahead log")
    }
  }

  private func bytes(_ db: Database) throws -> Int64 {
    try (db.integer("PRAGMA page_count") ?? 0) * (db.integer("PRAGMA page_size") ?? 0)
  }

  /// Verifies the end of the change log and gives its head.
  private func checkedHead(_ db: Database) throws -> ChangeChain {
    let reader = SQLiteReader(db, shape: shape, cache: nil)
    let revision = try reader.revision
    guard revision > 0 else { return ChangeChain() }
    let rows = UInt64(max(1, configuration.startupChainRows))
    var chain: ChangeChain?
    var after = revision > rows ? revision - rows : 0
    while after < revision {
      // A row may be as long as a message.
      let part = try reader.changes(after: after, limit: Int(rows), bytesMax: 4 << 20)
      guard let last = part.last else { break }
      for change in part {
        var next = chain ?? ChangeChain(startingAt: change)
        try next.verify(change)
        chain = next
      }
      after = last.revision
    }
    guard let chain else { throw StorageError(.corrupted, "the change log has no row \(revision)") }
    try chain.finish()
    return chain
  }
}
