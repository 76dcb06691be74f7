internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// One consistent view of the ledger: a connection inside a transaction.
final class SQLiteReader: LedgerReader {
  let db: Database
  private let shape: LedgerShape
  private let keyWrap: (any DataKeyWrap)?
  /// Nil on the writer, whose view holds what is not committed.
  private let cache: RecordCache?
  private var knownRevision: UInt64?
  /// Queries on the writer come from the daemon's own services, which ask few different ones: their statements are worth
  /// keeping. Clients shape all others.
  private var isWriter: Bool { cache == nil }

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

  func list(_ query: ListQuery) throws -> [KeyedRecord] {
    guard query.limit > 0 else { throw StorageError(.invalidQuery, "a list needs a limit above zero") }
    _ = try shape.table(query.type)
    var source = try SourceSQL(source: query.type, catalog: shape.catalog)
    var conditions: [String] = []
    if let filter = query.filter { conditions.append(try source.condition(filter)) }
    var values = source.values
    if let key = query.afterKey {
      conditions.append("t0.key > ?")
      values.append(.text(key))
    }
    values.append(.integer(Int64(query.limit)))
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    let sql = "SELECT t0.key, t0.bytes FROM \(source.from)\(filter) ORDER BY t0.key LIMIT ?"
    var records: [KeyedRecord] = []
    try db.run(sql, values, isCached: query.filter == nil || isWriter) { row in
      records.append(KeyedRecord(key: row.text(0), bytes: row.blob(1)))
    }
    return records
  }

  func group(_ query: GroupQuery) throws -> GroupResult {
    let sql = try GroupSQL(query, catalog: shape.catalog)
    var columns = [[ColumnValue]](repeating: [], count: sql.names.count)
    do {
      try db.run(sql.text, sql.values, isCached: isWriter) { row in
        guard columns[0].count < query.rowsMax else {
          throw StorageError(.tooLarge, "分组结果超过 \(query.rowsMax) 行，请加筛选条件或减少分组列")
        }
        for index in columns.indices { columns[index].append(try Self.value(row.value(index))) }
      }
    } catch let error as DatabaseError where error.message == "integer overflow" {
      throw StorageError(.tooLarge, "合计超出 64 位整数的范围，请缩小查询范围", cause: error)
    }
    return GroupResult(names: sql.names, columns: columns)
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

  private func maximum() throws -> Int64 {
    var maximum: Int64 = 0
    try db.run("SELECT max(revision) FROM change_log", [], isCached: true) { maximum = $0.integer(0) }
    return maximum
  }

  private static func value(_ value: SQLValue) throws -> ColumnValue {
    switch value {
    case .null: .null
    case .integer(let integer): .integer(integer)
    case .text(let text): .text(text)
    case .blob: throw StorageError(.corrupted, "a projected column holds bytes")
    }
  }
}
