internal import GRDB
internal import GuobanStorage

/// Finds the regions that a record belongs to, along ``RecordSchema/regionPaths``.
struct RegionLookup: Sendable {
  private let sql: String
  private let pathsCount: Int
  /// Where the codes stand in the record itself; nil when a path leads through another record.
  private let places: [Place]?

  private enum Place: Sendable {
    case key
    case column(Int)
  }

  /// Nil for a type whose records belong to no region.
  init?(_ schema: RecordSchema, catalog: SchemaCatalog) throws(StorageError) {
    if schema.regionPaths.isEmpty { return nil }
    var source = try SourceSQL(source: schema.name, catalog: catalog)
    var columns: [String] = []
    var places: [Place]? = []
    for path in schema.regionPaths {
      let (sql, kind) = try source.column(path)
      guard kind == .text else { throw StorageError(.invalidQuery, "\(schema.name).\(path) holds no region") }
      columns.append(sql)
      if path == "key" {
        places?.append(.key)
      } else if let index = schema.columns.firstIndex(where: { $0.name == path }) {
        places?.append(.column(index))
      } else {
        places = nil
      }
    }
    sql = "SELECT \(columns.joined(separator: ", ")) FROM \(source.from) WHERE t0.key = ?"
    pathsCount = columns.count
    self.places = places
  }

  /// The regions of the record as it is stored now; none when there is no such record.
  func stored(_ key: String, in db: Database) throws -> [String] {
    var regions: [String] = []
    try db.run(sql, [.text(key)], isCached: true) { row in
      for index in 0..<pathsCount { Self.add(row.text(index), to: &regions) }
    }
    return regions
  }

  /// The regions of a record that has just been stored.
  func regions(of record: StoredRecord, in db: Database) throws -> [String] {
    guard let places else { return try stored(record.key, in: db) }
    var regions: [String] = []
    for place in places {
      switch place {
      case .key: Self.add(record.key, to: &regions)
      case .column(let index):
        if case .text(let code) = record.columns[index] { Self.add(code, to: &regions) }
      }
    }
    return regions
  }

  private static func add(_ code: String, to regions: inout [String]) {
    if !code.isEmpty, !regions.contains(code) { regions.append(code) }
  }
}
