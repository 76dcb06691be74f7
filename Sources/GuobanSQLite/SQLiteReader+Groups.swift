internal import GRDB
internal import GuobanStorage

extension SQLiteReader {
  func group(_ query: GroupQuery) throws -> GroupResult {
    let sql = try sql(of: query)
    var columns = [[ColumnValue]](repeating: [], count: sql.names.count)
    let limit = sql.isOrderedAfterwards ? nil : query.limit
    var more = false
    do {
      try db.run(sql.text, sql.values, isCached: isWriter) { row in
        if let limit, columns[0].count == limit {
          more = true
          return
        }
        guard columns[0].count < query.rowsMax else {
          throw StorageError(
            .tooLarge, "分组结果超过 \(query.rowsMax) 行，请加筛选条件或减少分组列",
            "the result has more than \(query.rowsMax) rows; add a filter, or group by fewer columns")
        }
        for index in columns.indices { columns[index].append(try Self.value(row.value(index))) }
      }
    } catch let error as DatabaseError where error.message == "integer overflow" {
      throw StorageError(
        .tooLarge, "合计超出 64 位整数的范围，请缩小查询范围", "a sum is out of the range of 64-bit integers; please narrow the query",
        cause: error)
    }
    let result = GroupResult(names: sql.names, columns: columns, more: more)
    return sql.isOrderedAfterwards ? result.ordered(by: query) : result
  }

  func plan(of query: GroupQuery) throws -> [String] {
    let sql = try sql(of: query)
    var lines = [sql.text]
    try db.run("EXPLAIN QUERY PLAN " + sql.text, sql.values, isCached: false) { lines.append($0.text(3)) }
    return lines
  }

  private func sql(of query: GroupQuery) throws -> GroupSQL {
    try GroupSQL(query, catalog: shape.catalog, buffers: try buffers(of: query.source, in: query.filter))
  }

  static func value(_ value: SQLValue) throws -> ColumnValue {
    switch value {
    case .null: .null
    case .integer(let integer): .integer(integer)
    case .text(let text): .text(text)
    case .blob: throw StorageError(.corrupted, "a projected column holds bytes")
    }
  }
}
