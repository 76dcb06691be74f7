internal import GuobanModel

/// All sources that filters and grouped queries may name, and the one place where a dotted path is looked up.
///
/// A source is a record type or a child of one. Besides its projected columns every source has "key"; record types also
/// have "revision", the revision of the change that wrote the record. In a child source "key" refers to the parent, and
/// so does the parent's name: in `ProjectPlan`, "project.region" is the region of the project that the plan belongs to.
public struct SchemaCatalog: Sendable {
  /// References in one path.
  public static let pathStepsMax = 4

  private var sources: [String: Source] = [:]

  /// Checks that names are identifiers, unique, and that every reference has a target.
  public init(_ schemas: [RecordSchema]) throws(StorageError) {
    for schema in schemas {
      try add(Source(record: schema))
      for child in schema.children {
        try add(Source(child: child, of: schema.name))
      }
    }
    for source in sources.values {
      for column in source.columns {
        guard let target = column.references, sources[target]?.isRecord != true else { continue }
        throw StorageError(
          .invalidQuery, "\(source.name).\(column.name) refers to \(target), which is not a record type here")
      }
    }
    for schema in schemas { try check(schema) }
    for column in schemas.flatMap(\.columns) where column.isSparse || column.keyPrefix != nil {
      guard column.kind == .text, column.keyPrefix == nil || column.references == nil && !column.isSparse else {
        throw StorageError(
          .invalidQuery, "\(column.name): only texts are sparse or stand in the key, and what does refers to nothing")
      }
    }
    for schema in schemas {
      for column in schema.indexes.joined()
      where !schema.columns.contains(where: { $0.name == column && $0.keyPrefix == nil }) {
        throw StorageError(
          .invalidQuery, "\(schema.name) has an index over \(column), which is not a column that it stores")
      }
      for column in schema.bufferedIndexes
      where !schema.columns.contains(where: { $0.name == column && $0.kind == .text && $0.keyPrefix == nil }) {
        throw StorageError(
          .invalidQuery,
          "\(schema.name) has a buffered index over \(column), which is not a column of text that it stores")
      }
    }
  }

  /// The same with one more source, which stands on a record type of this catalogue.
  public func adding(_ view: SourceView) throws(StorageError) -> SchemaCatalog {
    let base = try source(view.base)
    var columns = [try base.column("key"), try base.column("revision")]
    for named in view.columns {
      var column = try base.column(named.base)
      column.name = named.name
      column.values = named.values ?? column.values
      columns.append(column)
    }
    var catalog = self
    catalog.sources[view.name] = Source(name: view.name, isRecord: false, columns: columns)
    return catalog
  }

  /// Finds the column that `path` names, seen from `source`.
  public func resolve(_ path: String, in source: String) throws(StorageError) -> ColumnPath {
    // Nearly every path is a column of the source itself.
    if let own = sources[source]?.columns.first(where: { $0.name == path }) {
      return ColumnPath(steps: [], column: own)
    }
    let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.count - 1 <= Self.pathStepsMax else {
      throw StorageError(
        .invalidQuery, "“\(path)”经过的引用超过 \(Self.pathStepsMax) 个",
        "“\(path)” goes through more than \(Self.pathStepsMax) references")
    }
    var here = try self.source(source)
    var steps: [ColumnPath.Step] = []
    for name in names.dropLast() {
      let column = try here.column(name)
      guard let target = column.references else {
        throw StorageError(
          .invalidQuery, "\(here.name).\(name) 不指向别的记录，“\(path)”走不通",
          "\(here.name).\(name) refers to no other record: “\(path)” leads nowhere")
      }
      steps.append(.init(column: column.name, target: target))
      here = try self.source(target)
    }
    if let yearly = here.yearly.first(where: { $0.name == names.last }) {
      return ColumnPath(steps: steps, yearly: yearly)
    }
    return ColumnPath(steps: steps, column: try here.column(names.last ?? ""))
  }

  /// The source that a person means by `text`: "project-plan", "project_plan" and "ProjectPlan" are one.
  public func sourceName(_ text: String) throws(StorageError) -> String {
    if sources[text] != nil { return text }
    let plain = { (name: String) in name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " } }
    if let name = sources.keys.first(where: { plain($0) == plain(text) }) { return name }
    return try source(text).name
  }

  /// How records of a type lie above each other; nil when they do not.
  public func tree(of type: String) -> TreeSchema? { sources[type]?.tree }

  /// Yearly columns and trees must lead to columns that there are.
  private func check(_ schema: RecordSchema) throws(StorageError) {
    for yearly in schema.yearly {
      let there = try source(yearly.source)
      for name in [yearly.link, yearly.column, yearly.year] + (yearly.month.map { [$0] } ?? []) {
        _ = try there.column(name)
      }
      guard try there.column(yearly.column).kind == .integer, try there.column(yearly.year).kind == .integer,
        !schema.columns.contains(where: { $0.name == yearly.name })
      else { throw StorageError(.invalidQuery, "\(schema.name).\(yearly.name) is no yearly column") }
    }
    guard let tree = schema.tree else { return }
    for name in [tree.parent, tree.level] { _ = try source(schema.name).column(name) }
  }

  private func source(_ name: String) throws(StorageError) -> Source {
    if let source = sources[name] { return source }
    let known = sources.keys.sorted().joined(separator: ", ")
    throw StorageError(
      .invalidQuery, "没有“\(name)”这种记录；可用的有：\(known)", "there is no record type “\(name)”; there are: \(known)")
  }

  private mutating func add(_ source: Source) throws(StorageError) {
    // Engines compare table and column names without regard to case.
    let taken = sources.keys.contains { $0.lowercased() == source.name.lowercased() }
    guard !taken, isIdentifier(source.name) else {
      throw StorageError(.invalidQuery, "“\(source.name)” is not a name for a source, or is used twice")
    }
    var seen: Set<String> = []
    for column in source.columns where !isIdentifier(column.name) || !seen.insert(column.name.lowercased()).inserted {
      throw StorageError(.invalidQuery, "“\(source.name).\(column.name)” is not a name for a column, or is used twice")
    }
    sources[source.name] = source
  }
}

/// A letter, then letters, digits and underscores, at most 63 in all.
private func isIdentifier(_ name: String) -> Bool {
  guard let first = name.utf8.first, name.utf8.count <= 63 else { return false }
  let isLetter = { (byte: UInt8) in (65...90).contains(byte) || (97...122).contains(byte) }
  return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 95 }
}

/// A record type or a child source with its built-in columns.
private struct Source: Sendable {
  var name: String
  var isRecord: Bool
  /// In the order in which messages list them.
  var columns: [ColumnSchema]
  /// The parent's name as a column: "project".
  var parentAlias: String?
  var yearly: [YearlyColumn] = []
  var tree: TreeSchema?

  init(name: String, isRecord: Bool, columns: [ColumnSchema]) {
    self.name = name
    self.isRecord = isRecord
    self.columns = columns
  }

  init(record schema: RecordSchema) {
    name = schema.name
    isRecord = true
    columns = [ColumnSchema("key", .text), ColumnSchema("revision", .integer)] + schema.columns
    yearly = schema.yearly
    tree = schema.tree
  }

  init(child: ChildSchema, of parent: String) {
    name = child.name
    isRecord = false
    columns = [ColumnSchema("key", .text, references: parent)] + child.columns
    parentAlias = snakeCase(parent)
  }

  func column(_ name: String) throws(StorageError) -> ColumnSchema {
    if let column = columns.first(where: { $0.name == name }) { return column }
    if name == parentAlias { return columns[0] }
    let names = columns.map(\.name) + yearly.map(\.name) + (parentAlias.map { [$0] } ?? [])
    let known = names.joined(separator: ", ")
    throw StorageError(
      .invalidQuery, "\(self.name) 没有列“\(name)”；可用的有：\(known)",
      "\(self.name) has no column “\(name)”; there are: \(known)")
  }
}
