internal import GuobanStorage

/// The record types of a store: their schemas, SQL and columns.
struct LedgerShape: Sendable {
  let schemas: [RecordSchema]
  let catalog: SchemaCatalog
  private let tables: [String: RecordTable]
  private let lookups: [String: RegionLookup]

  /// Names that the store itself uses.
  private static let reservedTables: Set<String> = [
    "meta", "change_log", "change_block", "change_block_value", "compacted", "folded_record", "folded_request",
    "data_key", "idle_request",
  ]

  init(_ schemas: [RecordSchema]) throws(StorageError) {
    self.schemas = schemas
    catalog = try SchemaCatalog(schemas)
    for schema in schemas {
      for name in [schema.name] + schema.children.map(\.name)
      where Self.reservedTables.contains(name.lowercased()) || name.lowercased().hasPrefix("sqlite") {
        throw StorageError(.invalidQuery, "“\(name)” cannot be a source: SQLite or the store uses this name")
      }
      if schema.columns.contains(where: { $0.name.lowercased() == "bytes" })
        || schema.children.contains(where: { $0.columns.contains { $0.name.lowercased() == "position" } })
      {
        throw StorageError(.invalidQuery, "\(schema.name): “bytes” and, in a child, “position” are taken")
      }
    }
    let tables = schemas.map(RecordTable.init)
    self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.schema.name, $0) })
    bufferedIndexes = tables.flatMap(\.bufferedIndexes)
    var lookups: [String: RegionLookup] = [:]
    for schema in schemas { lookups[schema.name] = try RegionLookup(schema, catalog: catalog) }
    self.lookups = lookups
  }

  /// Every table, in the order of the schemas.
  var all: [RecordTable] { schemas.compactMap { tables[$0.name] } }

  /// How to find a record's regions; nil when records of this type belong to none.
  func regions(_ type: String) -> RegionLookup? { lookups[type] }

  /// Every index that is filled later than the records.
  let bufferedIndexes: [BufferedIndex]

  /// Those of a source.
  func bufferedIndexes(of source: String) -> [BufferedIndex] { tables[source]?.bufferedIndexes ?? [] }

  /// The table of a record type.
  func table(_ type: String) throws(StorageError) -> RecordTable {
    if let table = tables[type] { return table }
    throw StorageError(.invalidQuery, "there is no record type “\(type)”")
  }
}
