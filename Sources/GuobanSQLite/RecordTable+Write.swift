internal import GRDB
internal import GuobanStorage

extension RecordTable {
  /// Writes one record and its child rows.
  func write(_ record: StoredRecord, revision: UInt64, to db: Database) throws {
    guard record.columns.count == schema.columns.count, record.children.count == schema.children.count else {
      throw StorageError(.invalidQuery, "\(schema.name) “\(record.key)” has other columns than its schema")
    }
    try db.run(upsert, isCached: true) { parameters in
      parameters.add(record.key)
      parameters.add(revision: revision)
      for place in storedColumns { parameters.add(record.columns[place]) }
      parameters.add(record.bytes)
    }
    for (index, rows) in record.children.enumerated() {
      try db.run(deleteChildren[index], [.text(record.key)], isCached: true)
      for (position, row) in rows.enumerated() {
        guard row.count == schema.children[index].columns.count else {
          throw StorageError(
            .invalidQuery, "\(schema.children[index].name) has a row with other columns than its schema")
        }
        try db.run(insertChildren[index], isCached: true) { parameters in
          parameters.add(record.key)
          parameters.add(Int64(position))
          for column in row { parameters.add(column) }
        }
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
