internal import GRDB
internal import GuobanStorage

extension RecordTable {
  /// Writes one record and its child rows.
  func write(_ record: StoredRecord, revision: UInt64, to db: Database) throws {
    guard record.columns.count == schema.columns.count, record.children.count == schema.children.count else {
      throw StorageError(.invalidQuery, "\(schema.name) “\(record.key)” has other columns than its schema")
    }
    let key = SQLValue.text(record.key)
    try db.run(
      upsert, [key, SQLValue(revision: revision)] + record.columns.map(SQLValue.init) + [.blob(record.bytes)],
      isCached: true)
    for (index, rows) in record.children.enumerated() {
      try db.run(deleteChildren[index], [key], isCached: true)
      for (position, row) in rows.enumerated() {
        guard row.count == schema.children[index].columns.count else {
          throw StorageError(
            .invalidQuery, "\(schema.children[index].name) has a row with other columns than its schema")
        }
        try db.run(
          insertChildren[index], [key, .integer(Int64(position))] + row.map(SQLValue.init), isCached: true)
      }
    }
  }

  /// Deletes one record and its child rows. False when there was none.
  func remove(_ key: String, from db: Database) throws -> Bool {
    try db.run(delete, [.text(key)], isCached: true)
    guard db.lastChangesCount > 0 else { return false }
    for statement in deleteChildren { try db.run(statement, [.text(key)], isCached: true) }
    return true
  }
}
