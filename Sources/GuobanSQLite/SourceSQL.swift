internal import FoundationEssentials
internal import GuobanStorage

/// Builds the FROM and WHERE of a query over one source, joining the records that its paths refer to.
///
/// Parameters are numbered, so that a piece of text may stand in the statement twice, and in any place.
struct SourceSQL {
  /// SQLite takes 32766 parameters.
  private static let textsMax = 30_000

  /// ?1, ?2…
  private(set) var values: [SQLValue] = []
  private let source: String
  private let catalog: SchemaCatalog
  private let period: YearPeriod?
  private let buffers: [BufferedColumn]
  /// Whether the condition leads to few keys. SQLite has no statistics, and would guess any other index to lead to fewer.
  private var isFoundByKey = false
  private var joins: [[ColumnPath.Step]] = []
  private var levels: [LevelJoin] = []

  /// - Parameter buffers: columns of the source with a buffered index, where a ledger is at hand.
  init(
    source: String, catalog: SchemaCatalog, period: YearPeriod? = nil, buffers: [BufferedColumn] = []
  ) throws(StorageError) {
    self.buffers = buffers
    self.source = source
    self.catalog = catalog
    self.period = period
    _ = try catalog.resolve("key", in: source)
  }

  /// `"ProjectPlan" AS t0 LEFT JOIN "Project" AS t1 ON …`. Complete once every path has been asked for.
  var from: String {
    let own = "\(quoted(source)) AS t0" + (isFoundByKey ? " INDEXED BY \(quoted("sqlite_autoindex_\(source)_1"))" : "")
    if joins.isEmpty, levels.isEmpty { return own }
    let joined = joins.enumerated().reduce(own) { text, join in
      let (index, steps) = join
      guard let step = steps.last else { return text }
      let parent = alias(of: Array(steps.dropLast()))
      return text + " LEFT JOIN \(quoted(step.target)) AS t\(index + 1)"
        + " ON t\(index + 1).\"key\" = \(parent).\(quoted(step.column))"
    }
    return levels.reduce(joined) { "\($0) LEFT JOIN \($1.name) ON \($1.name).code = \($1.column)" }
  }

  /// `WITH RECURSIVE …`, or nothing. Complete once every key has been asked for.
  var with: String {
    levels.isEmpty ? "" : "WITH RECURSIVE " + levels.map(\.definition).joined(separator: ", ") + " "
  }

  /// A parameter of this value.
  mutating func parameter(_ value: SQLValue) -> String {
    values.append(value)
    return "?" + String(values.count)
  }

  /// The SQL of a column, and what it holds.
  mutating func column(_ path: String) throws(StorageError) -> (sql: String, kind: ColumnSchema.Kind) {
    let found = try resolved(path)
    return (try sql(found), found.kind)
  }

  /// The SQL of what groups are made by.
  mutating func key(_ key: GroupKey) throws(StorageError) -> String {
    let found = try resolved(key.path)
    guard found.kind != .textList else {
      throw StorageError(.invalidQuery, "\(key.path) is a list: it cannot be grouped by")
    }
    let column = try sql(found)
    guard let part = key.part else { return column }
    if let date = GroupKey.DatePart(rawValue: part), found.kind == .text { return Self.date(date, of: column) }
    let target = found.references ?? (found.column == "key" ? found.steps.last?.target ?? source : nil)
    if let target, let tree = catalog.tree(of: target), let level = tree.levels.first(where: { $0.name == part }) {
      return try place(column, level: level, tree: tree, type: target)
    }
    let levels = target.flatMap { catalog.tree(of: $0) }?.levels.map(\.name) ?? []
    let parts = (found.kind == .text ? GroupKey.DatePart.allCases.map(\.rawValue) : []) + levels
    let known = parts.map { "@" + $0 }.joined(separator: ", ")
    throw StorageError(
      .invalidQuery, "“\(key.path)”没有“@\(part)”这种分法；可用的有：\(known)",
      "“\(key.path)” has no part “@\(part)”; there are: \(known)")
  }

  /// The condition, which is true or false but never NULL where that would matter: under NOT.
  mutating func condition(_ filter: Filter) throws(StorageError) -> String {
    isFoundByKey = buffers.contains { filter.text(equalTo: $0.index.column) != nil }
    var sql = ""
    sql.reserveCapacity(Self.conditionBytes)
    try append(filter, to: &sql)
    return sql
  }

  /// Of most conditions.
  private static let conditionBytes = 256

  private mutating func append(_ filter: Filter, to sql: inout String) throws(StorageError) {
    switch filter {
    case .and(let parts): try append(parts, joinedBy: " AND ", empty: "1", to: &sql)
    case .or(let parts): try append(parts, joinedBy: " OR ", empty: "0", to: &sql)
    case .not(let part):
      sql += "(("
      try append(part, to: &sql)
      sql += ") IS NOT TRUE)"
    case .compare(let path, let comparison, let value): try append(path, comparison, value, to: &sql)
    case .isOne(let path, let texts): sql += try isOne(path, texts)
    case .has(let path, let text):
      let (column, kind) = try column(path)
      guard kind != .integer else { throw mismatch(path) }
      sql += "instr(\(column), \(parameter(.text(kind == .textList ? TextList.framed([text]) : text)))) > 0"
    }
  }

  private mutating func resolved(_ path: String) throws(StorageError) -> ColumnPath {
    let found = try catalog.resolve(path, in: source)
    for count in found.steps.indices {
      let steps = Array(found.steps[...count])
      if !joins.contains(steps) { joins.append(steps) }
    }
    return found
  }

  private mutating func sql(_ found: ColumnPath) throws(StorageError) -> String {
    let table = alias(of: found.steps)
    guard let yearly = found.yearly else {
      return RecordTable.sql(found.column, keyPrefix: found.keyPrefix, of: table)
    }
    guard let period else {
      throw StorageError(
        .invalidQuery, "\(yearly.name) 每年一个数，只能用在分组查询里，并说明哪一年",
        "\(yearly.name) has a figure for each year: it goes into a grouped query only, with the year")
    }
    var text =
      "(SELECT y.\(quoted(yearly.column)) FROM \(quoted(yearly.source)) AS y"
      + " WHERE y.\(quoted(yearly.link)) = \(table).\"key\""
    guard let month = yearly.month else {
      return text + " AND y.\(quoted(yearly.year)) = \(parameter(.integer(Int64(period.year)))) LIMIT 1)"
    }
    // The months of a year lie together, so the index over link and month finds the last one at once.
    let first = parameter(.text(YearPeriod(year: period.year).description))
    let last = parameter(.text(period.lastMonth))
    text += " AND y.\(quoted(month)) > \(first) AND y.\(quoted(month)) <= \(last)"
    return text + " ORDER BY y.\(quoted(month)) DESC LIMIT 1)"
  }

  private static func date(_ part: GroupKey.DatePart, of column: String) -> String {
    let value =
      switch part {
      case .year: "substr(\(column), 1, 4)"
      case .month: "substr(\(column), 1, 7)"
      case .quarter: "substr(\(column), 1, 4) || '-Q' || ((CAST(substr(\(column), 6, 2) AS INTEGER) + 2) / 3)"
      }
    let shape = part == .year ? "[0-9][0-9][0-9][0-9]*" : "[0-9][0-9][0-9][0-9]-[01][0-9]*"
    return "CASE WHEN \(column) GLOB '\(shape)' THEN \(value) END"
  }

  private mutating func place(
    _ column: String, level: TreeSchema.Level, tree: TreeSchema, type: String
  ) throws(StorageError) -> String {
    if let known = levels.first(where: { $0.column == column && $0.level == level }) { return "\(known.name).place" }
    let levelParameter = parameter(.text(level.value))
    let others = tree.levels.map { parameter(.text($0.value)) }
    let above = tree.levels.firstIndex(of: level).flatMap { $0 > 0 ? tree.levels[$0 - 1] : nil }
    let aboveParameter = above.map { parameter(.text($0.value)) }
    let join = LevelJoin(
      number: levels.count + 1, column: column, level: level, tree: tree, type: type, levelParameter: levelParameter,
      levelParameters: others, aboveParameter: aboveParameter)
    levels.append(join)
    return "\(join.name).place"
  }

  private mutating func append(
    _ parts: [Filter], joinedBy separator: String, empty: String, to sql: inout String
  ) throws(StorageError) {
    if parts.isEmpty { sql += empty }
    for (index, part) in parts.enumerated() {
      sql += index == 0 ? "(" : separator
      try append(part, to: &sql)
    }
    if !parts.isEmpty { sql += ")" }
  }

  private mutating func isOne(_ path: String, _ texts: [String]) throws(StorageError) -> String {
    let found = try resolved(path)
    guard found.kind == .text else { throw mismatch(path) }
    guard texts.count <= Self.textsMax else {
      throw StorageError(
        .tooLarge, "一个筛选条件最多列 \(Self.textsMax) 个值，现在有 \(texts.count) 个",
        "a filter lists at most \(Self.textsMax) values, this one \(texts.count)")
    }
    var places: [String] = []
    for text in texts { places.append(parameter(.text(text))) }
    let isIn = "\(try sql(found)) IN (\(places.joined(separator: ",")))"
    guard let first = texts.min(by: Self.isLess), let last = texts.max(by: Self.isLess) else { return isIn }
    return indexed(found, from: first, through: last).map { "(\(isIn) AND \($0))" } ?? isIn
  }

  /// As SQLite compares: by bytes.
  private static func isLess(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// What is true besides for a column's texts of a range, so that SQLite uses an index; nil when it needs no telling.
  private mutating func indexed(_ found: ColumnPath, from first: String?, through last: String?) -> String? {
    if found.isSparse {
      return first == "" ? nil : RecordTable.hasValue("\(alias(of: found.steps)).\(quoted(found.column))")
    }
    // Of another record it would lead SQLite to begin there, and to sort what it finds here.
    guard found.keyPrefix != nil, found.steps.isEmpty, let first, let last else { return nil }
    return "t0.\"key\" BETWEEN \(parameter(.text(first))) AND \(parameter(.text(last.lastWithPrefix)))"
  }

  /// The same for a comparison.
  private mutating func indexed(
    _ found: ColumnPath, _ comparison: Filter.Operator, _ value: ColumnValue
  ) -> String? {
    guard case .text(let text) = value, !text.isEmpty, comparison != .notEqual else { return nil }
    // An empty text comes before every day and month, and is none.
    if comparison == .less || comparison == .lessOrEqual, found.values == .days || found.values == .months {
      return "\(alias(of: found.steps)).\(quoted(found.column)) <> ''"
    }
    let only = comparison == .equal ? text : nil
    return indexed(found, from: only, through: only)
  }

  private mutating func append(
    _ path: String, _ comparison: Filter.Operator, _ value: ColumnValue, to sql: inout String
  ) throws(StorageError) {
    let found = try resolved(path)
    let column = try self.sql(found)
    if comparison == .equal, case .text(let text) = value,
      let buffer = buffers.first(where: { $0.index.column == path })
    {
      sql += try lookup(text, in: column, by: buffer)
      return
    }
    switch (value, found.kind) {
    case (.null, _) where comparison == .equal: sql += column + " IS NULL"
    case (.null, _) where comparison == .notEqual: sql += column + " IS NOT NULL"
    case (.text, .text), (.integer, .integer):
      // What has no value is not equal to anything.
      let holds = column + (comparison == .notEqual ? " IS NOT " : comparison.rawValue) + parameter(SQLValue(value))
      sql += indexed(found, comparison, value).map { "(\(holds) AND \($0))" } ?? holds
    default: throw mismatch(path)
    }
  }

  /// The same as the comparison alone; the rest says where to look.
  private mutating func lookup(
    _ text: String, in column: String, by buffer: BufferedColumn
  ) throws(StorageError) -> String {
    let value = parameter(.text(text))
    var keys = "SELECT key FROM \(buffer.index.table) WHERE value = \(value)"
    if let recent = buffer.index.keys(of: text, after: buffer.settled) {
      if !recent.isEmpty {
        keys += " UNION ALL SELECT value FROM json_each(\(parameter(.text(try json(recent)))))"
      }
    } else {
      let settled = parameter(SQLValue(revision: buffer.settled ?? 0))
      keys +=
        " UNION ALL SELECT key FROM change_log NOT INDEXED"
        + " WHERE revision > \(settled) AND record_type = \(parameter(.text(source)))"
    }
    return "(\(column) = \(value) AND t0.key IN (\(keys)))"
  }

  private func json(_ texts: [String]) throws(StorageError) -> String {
    do {
      return String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    } catch {
      throw StorageError(.invalidQuery, "keys that cannot be listed", cause: error)
    }
  }

  private func mismatch(_ path: String) -> StorageError {
    StorageError(.invalidQuery, "\(source).\(path) cannot be compared in this way")
  }

  private func alias(of steps: [ColumnPath.Step]) -> String {
    steps.isEmpty ? "t0" : "t\((joins.firstIndex(of: steps) ?? -1) + 1)"
  }
}
