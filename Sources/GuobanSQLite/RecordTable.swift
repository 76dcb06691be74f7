internal import GuobanStorage

/// The SQL of one record type, put together once.
///
/// The table carries the type's name: key, revision, the projected columns, and last the bytes, so that a scan of the
/// columns does not touch them. Each child source has a table of its own.
final class RecordTable: Sendable {
  let schema: RecordSchema
  let select: String
  let has: String
  let lastKey: String
  let upsert: String
  let delete: String
  let deleteChildren: [String]
  let insertChildren: [String]
  let bufferedIndexes: [BufferedIndex]
  /// The schema's columns that the table has, by their places: not those that stand in the key.
  let storedColumns: [Int]

  init(_ schema: RecordSchema) {
    self.schema = schema
    bufferedIndexes = schema.bufferedIndexes.map { BufferedIndex($0, of: schema) }
    storedColumns = schema.columns.indices.filter { schema.columns[$0].keyPrefix == nil }
    let names = storedColumns.map { quoted(schema.columns[$0].name) }
    let table = quoted(schema.name)
    select = "SELECT bytes, revision FROM \(table) WHERE key = ?"
    has = "SELECT 1 FROM \(table) WHERE key = ?"
    lastKey = "SELECT key FROM \(table) WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1"
    let updates = (["revision"] + names + ["bytes"]).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    upsert =
      Self.insert(into: table, names: ["key", "revision"] + names + ["bytes"])
      + " ON CONFLICT (key) DO UPDATE SET \(updates)"
    delete = "DELETE FROM \(table) WHERE key = ?"
    deleteChildren = schema.children.map { "DELETE FROM \(quoted($0.name)) WHERE key = ?" }
    insertChildren = schema.children.map { child in
      Self.insert(into: quoted(child.name), names: ["key", "position"] + child.columns.map { quoted($0.name) })
    }
  }

  /// What creates the tables and indexes.
  var definition: [String] {
    let columns = storedColumns.map { Self.definition(of: schema.columns[$0]) }
    var statements = [
      "CREATE TABLE \(quoted(schema.name)) ("
        + (["key TEXT NOT NULL PRIMARY KEY", "revision INTEGER NOT NULL"] + columns + ["bytes BLOB NOT NULL"])
        .joined(separator: ", ") + ") STRICT"
    ]
    for index in schema.indexes {
      // The key at the end makes the index give pages in key order without sorting.
      let names = (index + ["key"]).map(quoted).joined(separator: ", ")
      let name = quoted(([schema.name] + index).joined(separator: "_"))
      let sparse = schema.columns.filter { $0.isSparse && index == [$0.name] }
      let condition = sparse.map { " WHERE " + Self.hasValue(quoted($0.name)) }.joined()
      statements.append("CREATE INDEX \(name) ON \(quoted(schema.name)) (\(names))\(condition)")
    }
    for child in schema.children {
      let columns = child.columns.map(Self.definition(of:))
      statements.append(
        "CREATE TABLE \(quoted(child.name)) ("
          + (["key TEXT NOT NULL", "position INTEGER NOT NULL"] + columns + ["PRIMARY KEY (key, position)"])
          .joined(separator: ", ") + ") STRICT, WITHOUT ROWID")
    }
    return statements + bufferedIndexes.map(\.definition)
  }

  /// The condition of indexes over sparse columns. SQLite uses one where a query says the same.
  static func hasValue(_ column: String) -> String { "\(column) > ''" }

  /// A column where `table` is the record's.
  static func sql(_ column: String, keyPrefix: Int?, of table: String) -> String {
    keyPrefix.map { "substr(\(table).\"key\", 1, \($0))" } ?? "\(table).\(quoted(column))"
  }

  private static func definition(of column: ColumnSchema) -> String {
    "\(quoted(column.name)) \(column.kind == .integer ? "INTEGER" : "TEXT")"
  }

  private static func insert(into table: String, names: [String]) -> String {
    let places = names.map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))"
  }
}

/// A name between quotes. ``SchemaCatalog`` has made sure that it is an identifier; quotes keep keywords from meaning
/// anything.
func quoted(_ name: String) -> String { "\"\(name)\"" }
