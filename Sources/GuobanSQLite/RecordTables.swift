internal import GRDB
internal import GuobanStorage

/// Projects a stored record's columns from its bytes: how tables follow when a newer program projects more.
typealias Projection = (_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord

/// Keeps the tables of record types in step with the schemas of this program.
///
/// The table `meta` says of which shape each table is. A new type gets its tables; a type of another shape is projected
/// anew from its records' bytes; a type that this program does not know was written by a newer one.
enum RecordTables {
  /// Runs inside the caller's transaction. Says which types it created or projected anew.
  static func update(_ tables: [RecordTable], project: Projection, in db: Database) throws {
    var known: [String: String] = [:]
    try db.run("SELECT name, value FROM meta WHERE substr(name, 1, 5) = 'type:'", [], isCached: false) { row in
      known[String(row.text(0).dropFirst(5))] = row.text(1)
    }
    for name in known.keys.sorted() where !tables.contains(where: { $0.schema.name == name }) {
      throw StorageError(
        .newerSchema,
        "the ledger holds records of type \(name), which this program does not know: run the newer guoband that wrote it"
      )
    }
    for table in tables {
      let shape = shape(of: table.schema)
      guard let old = known[table.schema.name] else {
        try create(table, shape: shape, in: db)
        continue
      }
      if old != shape { try rebuild(table, shape: shape, project: project, in: db) }
    }
  }

  private static func create(_ table: RecordTable, shape: String, in db: Database) throws {
    for statement in table.definition { try db.execute(sql: statement) }
    try db.setMeta("type:\(table.schema.name)", shape)
    for child in table.schema.children {
      try db.setMeta("child:\(child.name)", table.schema.name)
    }
  }

  private static func rebuild(_ table: RecordTable, shape: String, project: Projection, in db: Database) throws {
    let name = table.schema.name
    let children = try db.texts(
      "SELECT substr(name, 7) FROM meta WHERE substr(name, 1, 6) = 'child:' AND value = ?", [.text(name)])
    for child in children { try db.execute(sql: "DROP TABLE \(quoted(child))") }
    try db.run("DELETE FROM meta WHERE substr(name, 1, 6) = 'child:' AND value = ?", [.text(name)], isCached: false)
    let old = quoted("old \(name)")
    try db.execute(sql: "ALTER TABLE \(quoted(name)) RENAME TO \(old)")
    let indexes = try db.texts(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", [.text("old \(name)")]
    )
    for index in indexes { try db.execute(sql: "DROP INDEX \(quoted(index))") }
    try BufferedIndex.dropAll(of: name, in: db)
    try create(table, shape: shape, in: db)
    try db.run("SELECT key, bytes, revision FROM \(old) ORDER BY key", [], isCached: false) { row in
      let record = try project(name, row.text(0), row.blob(1))
      try table.write(record, revision: UInt64(clamping: row.integer(2)), to: db)
    }
    try db.execute(sql: "DROP TABLE \(old)")
  }

  /// Everything that decides what the tables look like and hold.
  private static func shape(of schema: RecordSchema) -> String {
    let columns = { (columns: [ColumnSchema]) in
      columns.map { column in
        "\(column.name) \(column.kind)\(column.isSparse ? " sparse" : "")"
          + (column.keyPrefix.map { " of the key's \($0)" } ?? "")
      }.joined(separator: ", ")
    }
    let children = schema.children.map { "\($0.name)(\(columns($0.columns)))" }.joined(separator: ", ")
    let indexes = schema.indexes.map { $0.joined(separator: "+") }.joined(separator: ", ")
    let buffered = schema.bufferedIndexes.isEmpty ? "" : "; buffered: \(schema.bufferedIndexes.joined(separator: ", "))"
    let projection = schema.projection == 1 ? "" : "; projection \(schema.projection)"
    return "(\(columns(schema.columns))) children: \(children); indexes: \(indexes)\(buffered)\(projection)"
  }
}
