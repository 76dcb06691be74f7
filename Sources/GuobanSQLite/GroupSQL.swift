internal import GuobanStorage

/// The SQL of a grouped query.
struct GroupSQL {
  let text: String
  let values: [SQLValue]
  /// Of the result's columns.
  let names: [String]

  init(_ query: GroupQuery, catalog: SchemaCatalog) throws(StorageError) {
    guard query.rowsMax > 0, !(query.groupBy.isEmpty && query.measures.isEmpty) else {
      throw StorageError(.invalidQuery, "a grouped query needs a group or a measure, and a limit of rows above zero")
    }
    var source = try SourceSQL(source: query.source, catalog: catalog)
    var keys: [String] = []
    for path in query.groupBy {
      let (sql, kind) = try source.column(path)
      guard kind != .textList else { throw StorageError(.invalidQuery, "\(path) is a list: it cannot be grouped by") }
      keys.append(sql)
    }
    var names = query.groupBy
    var measures: [String] = []
    for measure in query.measures {
      let (sql, name) = try Self.sql(measure, &source)
      measures.append(sql)
      names.append(name)
    }
    var text = ""
    if let filter = query.filter { text += " WHERE \(try source.condition(filter))" }
    if !keys.isEmpty {
      let list = keys.joined(separator: ", ")
      text += " GROUP BY \(list) ORDER BY \(list)"
    }
    // One row more than allowed tells a full result from a cut one.
    let (limit, overflow) = query.rowsMax.addingReportingOverflow(1)
    self.text = "SELECT \((keys + measures).joined(separator: ", ")) FROM \(source.from)\(text) LIMIT ?"
    values = source.values + [.integer(Int64(overflow ? query.rowsMax : limit))]
    self.names = names
  }

  private static func sql(
    _ measure: Measure, _ source: inout SourceSQL
  ) throws(StorageError) -> (sql: String, name: String) {
    let (function, path): (String, String)
    switch measure {
    case .count: return ("count(*)", "count")
    case .sum(let column): (function, path) = ("sum", column)
    case .min(let column): (function, path) = ("min", column)
    case .max(let column): (function, path) = ("max", column)
    }
    let (sql, kind) = try source.column(path)
    guard kind == .integer || (kind == .text && function != "sum") else {
      throw StorageError(.invalidQuery, "\(path) holds no numbers: \(function)(\(path)) has no meaning")
    }
    return ("\(function)(\(sql))", "\(function)(\(path))")
  }
}
