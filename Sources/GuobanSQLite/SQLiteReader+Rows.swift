internal import GRDB
internal import GuobanStorage

extension SQLiteReader {
  func rows(of type: String, afterKey: String, limit: Int) throws -> [StoredRow] {
    let schema = try shape.table(type).schema
    let names = schema.columns.map { RecordTable.sql($0.name, keyPrefix: $0.keyPrefix, of: "t0") }
    var rows: [StoredRow] = []
    let sql = """
      SELECT \((["key", "revision", "bytes"] + names).joined(separator: ", ")) FROM \(quoted(type)) AS t0 WHERE key > ?
      ORDER BY key LIMIT ?
      """
    try db.run(sql, [.text(afterKey), .integer(Int64(limit))], isCached: true) { row in
      let columns = try schema.columns.indices.map { try Self.value(row.value($0 + 3), of: schema.columns[$0].kind) }
      let record = StoredRecord(
        type: type, key: row.text(0), bytes: row.blob(2), columns: columns,
        children: schema.children.map { _ in [] })
      rows.append(StoredRow(record: record, revision: UInt64(clamping: row.integer(1))))
    }
    if let last = rows.last?.record.key {
      for (index, child) in schema.children.enumerated() {
        try addChildren(child, index, to: &rows, afterKey: afterKey, lastKey: last)
      }
    }
    return rows
  }

  func strayKeys(of type: String, limit: Int) throws -> [String] {
    let table = try shape.table(type)
    let children = try table.schema.children.flatMap { child in
      try db.texts(
        """
        SELECT DISTINCT c.key FROM \(quoted(child.name)) AS c
        WHERE NOT EXISTS (SELECT 1 FROM \(quoted(type)) AS r WHERE r.key = c.key) LIMIT ?
        """, [.integer(Int64(limit))])
    }
    return try children + table.bufferedIndexes.flatMap { try $0.lostKeys(limit: limit, in: db) }
  }

  private func addChildren(
    _ child: ChildSchema, _ index: Int, to rows: inout [StoredRow], afterKey: String, lastKey: String
  ) throws {
    let names = child.columns.map { quoted($0.name) }
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.record.key, $0) })
    let sql = """
      SELECT \((["key"] + names).joined(separator: ", ")) FROM \(quoted(child.name)) WHERE key > ? AND key <= ?
      ORDER BY key, position
      """
    try db.run(sql, [.text(afterKey), .text(lastKey)], isCached: true) { row in
      let columns = try child.columns.indices.map { try Self.value(row.value($0 + 1), of: child.columns[$0].kind) }
      guard let place = places[row.text(0)] else { return }
      rows[place].record.children[index].append(columns)
    }
  }

  private static func value(_ value: SQLValue, of kind: ColumnSchema.Kind) throws -> ColumnValue {
    if kind == .textList, case .text(let framed) = value { return .textList(TextList.elements(of: framed)) }
    return try Self.value(value)
  }
}
