internal import GRDB
internal import GuobanStorage

/// `data_key`: the wrapped data keys of records with personal data, beside the records and out of every hash.
enum DataKeyTable {
  static let set = """
    INSERT INTO data_key (record_type, key, wrapped) VALUES (?1, ?2, ?3)
    ON CONFLICT (record_type, key) DO UPDATE SET wrapped = excluded.wrapped, deleted_seconds = 0
    """
  static let rewrap = "UPDATE data_key SET wrapped = ?3 WHERE record_type = ?1 AND key = ?2"
  /// 0: the record is there.
  static let markDeleted = "UPDATE data_key SET deleted_seconds = ?3 WHERE record_type = ?1 AND key = ?2"
  static let hasDeleted = "SELECT 1 FROM data_key WHERE deleted_seconds > 0 LIMIT 1"
  static let remove = "DELETE FROM data_key WHERE record_type = ? AND key = ?"

  /// Writing personal data without a key would mean to store them in plain.
  static let noWrap = StorageError(
    .invalidQuery, "this ledger was opened without the key of personal data: they can neither be written nor opened")

  static func values(_ type: String, _ key: String, _ wrapped: [UInt8]) -> [SQLValue] {
    [.text(type), .text(key), .blob(wrapped)]
  }

  static func values(_ type: String, _ key: String, at second: Int64) -> [SQLValue] {
    [.text(type), .text(key), .integer(second)]
  }

  static func wrapped(_ type: String, _ key: String, in db: Database) throws -> [UInt8]? {
    var wrapped: [UInt8]?
    let sql = "SELECT wrapped FROM data_key WHERE record_type = ? AND key = ?"
    try db.run(sql, [.text(type), .text(key)], isCached: true) { wrapped = $0.blob(0) }
    return wrapped
  }

  static func page(_ type: String, after key: String?, limit: Int, in db: Database) throws -> [KeyedRecord] {
    var page: [KeyedRecord] = []
    let sql = "SELECT key, wrapped FROM data_key WHERE record_type = ? AND key > ? ORDER BY key LIMIT ?"
    try db.run(sql, [.text(type), .text(key ?? ""), .integer(Int64(limit))], isCached: true) { row in
      page.append(KeyedRecord(key: row.text(0), bytes: row.blob(1)))
    }
    return page
  }

  private static let isDue = "deleted_seconds > 0 AND deleted_seconds < ?"

  static func count(deletedBefore second: Int64, in db: Database) throws -> Int {
    Int(try db.integer("SELECT count(*) FROM data_key WHERE \(isDue)", [.integer(second)]) ?? 0)
  }

  static func deleted(before second: Int64, limit: Int, in db: Database) throws -> [RecordName] {
    var names: [RecordName] = []
    let sql = "SELECT record_type, key FROM data_key WHERE \(isDue) ORDER BY deleted_seconds LIMIT ?"
    try db.run(sql, [.integer(second), .integer(Int64(limit))], isCached: true) { row in
      names.append(RecordName(type: row.text(0), key: row.text(1)))
    }
    return names
  }
}
