internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// One consistent view of the ledger: a connection inside a transaction.
final class SQLiteReader: LedgerReader {
  let db: Database
  let shape: LedgerShape
  private let keyWrap: (any DataKeyWrap)?
  /// Nil on the writer, whose view holds what is not committed.
  private let cache: RecordCache?
  private var knownRevision: UInt64?
  /// Queries on the writer come from the daemon's own services, which ask few different ones: their statements are worth
  /// keeping. Clients shape all others.
  var isWriter: Bool { cache == nil }

  init(_ db: Database, shape: LedgerShape, cache: RecordCache?, keyWrap: (any DataKeyWrap)? = nil) {
    self.keyWrap = keyWrap
    self.db = db
    self.shape = shape
    self.cache = cache
  }

  var revision: UInt64 {
    get throws {
      if let knownRevision { return knownRevision }
      let revision = UInt64(clamping: try maximum())
      if !isWriter { knownRevision = revision }
      return revision
    }
  }

  var headHash: [UInt8] {
    get throws {
      var hash = ChangeHash.beforeFirst
      let sql = "SELECT hash FROM change_log ORDER BY revision DESC LIMIT 1"
      try db.run(sql, [], isCached: true) { hash = $0.blob(0) }
      return hash
    }
  }

  func record(_ type: String, _ key: String) throws -> [UInt8]? {
    let table = try shape.table(type)
    var found: (bytes: [UInt8], revision: UInt64)?
    try db.run(table.select, [.text(key)], isCached: true) { row in
      found = (row.blob(0), UInt64(clamping: row.integer(1)))
    }
    guard let found else { return nil }
    if let cache { cache.fill(type, key, bytes: found.bytes, revision: found.revision, view: try revision) }
    return found.bytes
  }

  func has(_ type: String, _ key: String) throws -> Bool {
    var isThere = false
    try db.run(try shape.table(type).has, [.text(key)], isCached: true) { _ in isThere = true }
    return isThere
  }

  func list(_ query: ListQuery) throws -> [KeyedRecord] {
    guard query.limit > 0 else { throw StorageError(.invalidQuery, "a list needs a limit above zero") }
    _ = try shape.table(query.type)
    let buffers = try buffers(of: query.type, in: query.filter)
    var source = try SourceSQL(source: query.type, catalog: shape.catalog, buffers: buffers)
    let filter = try query.filter.map { (filter) throws(StorageError) in " WHERE " + (try source.condition(filter)) }
    let after = query.afterKey.map { (filter == nil ? " WHERE" : " AND") + " t0.key > \(source.parameter(.text($0)))" }
    let limit = source.parameter(.integer(Int64(query.limit)))
    let sql =
      "SELECT t0.key, t0.bytes FROM " + source.from + (filter ?? "") + (after ?? "") + " ORDER BY t0.key LIMIT " + limit
    var records: [KeyedRecord] = []
    try db.run(sql, source.values, isCached: query.filter == nil || isWriter) { row in
      records.append(KeyedRecord(key: row.text(0), bytes: row.blob(1)))
    }
    return records
  }

  func mayHave(_ text: String, in column: String, of type: String) throws -> Bool {
    guard let index = shape.bufferedIndexes(of: type).first(where: { $0.column == column }) else { return true }
    return try buffer(index).mayHave(text, in: db)
  }

  /// What a filter finds by way of buffered indexes.
  func buffers(of source: String, in filter: Filter?) throws -> [BufferedColumn] {
    let indexes = shape.bufferedIndexes(of: source)
    guard !indexes.isEmpty, let named = filter?.columns else { return [] }
    return try indexes.filter { named.contains($0.column) }.map(buffer)
  }

  private func buffer(_ index: BufferedIndex) throws -> BufferedColumn {
    BufferedColumn(index: index, settled: isWriter ? nil : try index.settled(in: db) ?? 0)
  }

  func count(_ type: String) throws -> Int {
    let table = try shape.table(type)
    return Int(try db.integer("SELECT count(*) FROM \(quoted(table.schema.name))") ?? 0)
  }

  func dataKey(_ type: String, _ key: String) throws -> [UInt8]? {
    guard let wrapped = try DataKeyTable.wrapped(type, key, in: db) else { return nil }
    guard let keyWrap else { throw DataKeyTable.noWrap }
    return try keyWrap.unwrap(wrapped, type: type, key: key)
  }

  func wrappedKeys(_ type: String, after key: String?, limit: Int) throws -> [KeyedRecord] {
    try DataKeyTable.page(type, after: key, limit: limit, in: db)
  }

  func countKeys(deletedBefore second: Int64) throws -> Int {
    try DataKeyTable.count(deletedBefore: second, in: db)
  }

  private func maximum() throws -> Int64 {
    var maximum: Int64 = 0
    try db.run("SELECT max(revision) FROM change_log", [], isCached: true) { maximum = $0.integer(0) }
    return maximum
  }
}
