internal import GuobanStorage

/// The SQL of a grouped query.
struct GroupSQL {
  let text: String
  let values: [SQLValue]
  /// Of the result's columns.
  let names: [String]
  /// An order that SQL cannot express exactly: by a ratio. The rows are put in order afterwards, and then cut.
  let isOrderedAfterwards: Bool

  init(_ query: GroupQuery, catalog: SchemaCatalog, buffers: [BufferedColumn]) throws(StorageError) {
    guard query.rowsMax > 0, !(query.groupBy.isEmpty && query.measures.isEmpty) else {
      throw StorageError(.invalidQuery, "a grouped query needs a group or a measure, and a limit of rows above zero")
        .about("measures", "")
    }
    var source = try SourceSQL(source: query.source, catalog: catalog, period: query.period, buffers: buffers)
    var keys: [String] = []
    for text in query.groupBy {
      do { keys.append(try source.key(GroupKey(text))) } catch { throw error.about("group_by", text) }
    }
    var measures: [String] = []
    for measure in query.measures {
      do { measures += try Self.sql(measure, &source) } catch { throw error.about("measures", measure.name) }
    }
    let names = query.groupBy + query.measures.flatMap(\.resultNames)
    let (order, isOrderedAfterwards) = try Self.order(query, names: names)
    let filter =
      try query.filter.map { (filter) throws(StorageError) in " WHERE \(try source.condition(filter))" } ?? ""
    var rows = query.rowsMax
    if let limit = query.limit, !isOrderedAfterwards { rows = min(rows, limit) }
    // One row more than allowed tells a full result from a cut one.
    let (limit, overflow) = rows.addingReportingOverflow(1)
    let limitPlace = source.parameter(.integer(Int64(overflow ? rows : limit)))
    var text = "\(source.with)SELECT \((keys + measures).joined(separator: ", ")) FROM \(source.from)\(filter)"
    if !keys.isEmpty {
      // By number: a key may be a long expression.
      text += " GROUP BY " + (1...keys.count).map(String.init).joined(separator: ", ")
      text += " ORDER BY " + (order + (1...keys.count).map(String.init)).joined(separator: ", ")
    }
    self.text = text + " LIMIT \(limitPlace)"
    values = source.values
    self.names = names
    self.isOrderedAfterwards = isOrderedAfterwards
  }

  private static func order(
    _ query: GroupQuery, names: [String]
  ) throws(StorageError) -> (sql: [String], isAfterwards: Bool) {
    var sql: [String] = []
    var isAfterwards = false
    for order in query.orderBy {
      if query.measures.contains(where: { $0.name == order.column && $0.resultNames.count > 1 }) {
        isAfterwards = true
      } else if let index = names.firstIndex(of: order.column) {
        sql.append("\(index + 1) \(order.descending ? "DESC" : "ASC") NULLS LAST")
      } else {
        let known = (query.groupBy + query.measures.map(\.name)).joined(separator: ", ")
        throw StorageError(
          .invalidQuery, "不能按“\(order.column)”排序；结果里有：\(known)",
          "cannot order by “\(order.column)”; the result has: \(known)"
        ).about("order_by", order.column)
      }
    }
    return (isAfterwards ? [] : sql, isAfterwards)
  }

  private static func sql(_ measure: Measure, _ source: inout SourceSQL) throws(StorageError) -> [String] {
    switch measure {
    case .count: return ["count(*)"]
    case .sum(let path): return ["sum(\(try number(path, measure, &source)))"]
    case .ratio(let numerator, let denominator):
      return [
        "sum(\(try number(numerator, measure, &source)))", "sum(\(try number(denominator, measure, &source)))",
      ]
    case .min(let path): return ["min(\(try comparable(path, measure, &source)))"]
    case .max(let path): return ["max(\(try comparable(path, measure, &source)))"]
    case .countDistinct(let path): return ["count(DISTINCT \(try comparable(path, measure, &source)))"]
    }
  }

  private static func number(
    _ path: String, _ measure: Measure, _ source: inout SourceSQL
  ) throws(StorageError) -> String {
    let (sql, kind) = try source.column(path)
    guard kind == .integer else {
      throw StorageError(
        .invalidQuery, "\(path) 不是数字：\(measure.name) 没有意义", "\(path) is not a number: \(measure.name) makes no sense")
    }
    return sql
  }

  private static func comparable(
    _ path: String, _ measure: Measure, _ source: inout SourceSQL
  ) throws(StorageError) -> String {
    let (sql, kind) = try source.column(path)
    guard kind != .textList else {
      throw StorageError(
        .invalidQuery, "\(path) 是列表：\(measure.name) 没有意义", "\(path) is a list: \(measure.name) makes no sense")
    }
    // An empty text is no value, and would be the least of all.
    return kind == .text ? "nullif(\(sql), '')" : sql
  }
}
