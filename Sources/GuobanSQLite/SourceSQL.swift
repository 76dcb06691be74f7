internal import GuobanStorage

/// Builds the FROM and WHERE of a query over one source, joining the records that its paths refer to.
struct SourceSQL {
  /// SQLite takes 32766 parameters.
  private static let textsMax = 30_000

  /// In the order of the parameters in the text built so far.
  private(set) var values: [SQLValue] = []
  private let source: String
  private let catalog: SchemaCatalog
  private var joins: [[ColumnPath.Step]] = []

  init(source: String, catalog: SchemaCatalog) throws(StorageError) {
    self.source = source
    self.catalog = catalog
    _ = try catalog.resolve("key", in: source)
  }

  /// `"ProjectPlan" AS t0 LEFT JOIN "Project" AS t1 ON …`. Complete once every path has been asked for.
  var from: String {
    joins.enumerated().reduce("\(quoted(source)) AS t0") { text, join in
      let (index, steps) = join
      guard let step = steps.last else { return text }
      let parent = alias(of: Array(steps.dropLast()))
      return text + " LEFT JOIN \(quoted(step.target)) AS t\(index + 1)"
        + " ON t\(index + 1).\"key\" = \(parent).\(quoted(step.column))"
    }
  }

  /// The SQL name of a column, and what it holds.
  mutating func column(_ path: String) throws(StorageError) -> (sql: String, kind: ColumnSchema.Kind) {
    let found = try catalog.resolve(path, in: source)
    for count in 0...found.steps.count {
      let steps = Array(found.steps.prefix(count))
      if !steps.isEmpty, !joins.contains(steps) { joins.append(steps) }
    }
    return ("\(alias(of: found.steps)).\(quoted(found.column))", found.kind)
  }

  /// The condition, which is true or false but never NULL where that would matter: under NOT.
  mutating func condition(_ filter: Filter) throws(StorageError) -> String {
    switch filter {
    case .and(let parts): return try joined(parts, by: " AND ", empty: "1")
    case .or(let parts): return try joined(parts, by: " OR ", empty: "0")
    case .not(let part): return "((\(try condition(part))) IS NOT TRUE)"
    case .compare(let path, let comparison, let value): return try compare(path, comparison, value)
    case .isOne(let path, let texts): return try isOne(path, texts)
    case .has(let path, let text):
      let (sql, kind) = try column(path)
      guard kind != .integer else { throw mismatch(path) }
      values.append(.text(kind == .textList ? TextList.framed([text]) : text))
      return "instr(\(sql), ?) > 0"
    }
  }

  private mutating func joined(_ parts: [Filter], by separator: String, empty: String) throws(StorageError) -> String {
    if parts.isEmpty { return empty }
    var texts: [String] = []
    for part in parts { texts.append(try condition(part)) }
    return "(\(texts.joined(separator: separator)))"
  }

  private mutating func isOne(_ path: String, _ texts: [String]) throws(StorageError) -> String {
    let (sql, kind) = try column(path)
    guard kind == .text else { throw mismatch(path) }
    guard texts.count <= Self.textsMax else {
      throw StorageError(.tooLarge, "一个筛选条件最多列 \(Self.textsMax) 个值，现在有 \(texts.count) 个")
    }
    values += texts.map(SQLValue.text)
    return "\(sql) IN (\(texts.map { _ in "?" }.joined(separator: ",")))"
  }

  private mutating func compare(
    _ path: String, _ comparison: Filter.Operator, _ value: ColumnValue
  ) throws(StorageError) -> String {
    let (sql, kind) = try column(path)
    switch (value, kind) {
    case (.null, _) where comparison == .equal: return "\(sql) IS NULL"
    case (.null, _) where comparison == .notEqual: return "\(sql) IS NOT NULL"
    case (.text, .text), (.integer, .integer):
      values.append(SQLValue(value))
      // What has no value is not equal to anything.
      return comparison == .notEqual ? "\(sql) IS NOT ?" : "\(sql) \(comparison.rawValue) ?"
    default: throw mismatch(path)
    }
  }

  private func mismatch(_ path: String) -> StorageError {
    StorageError(.invalidQuery, "\(source).\(path) cannot be compared in this way")
  }

  private func alias(of steps: [ColumnPath.Step]) -> String {
    steps.isEmpty ? "t0" : "t\((joins.firstIndex(of: steps) ?? -1) + 1)"
  }
}
