public import GuobanMessages

extension GroupQuery {
  /// The query as reporters and clients write it, but for its filter.
  fileprivate init(_ query: Reporting.DataQuery, source: String, rowsMax: Int) throws(StorageError) {
    var measures: [Measure] = []
    for measure in query.measures { measures.append(try Measure(measure)) }
    var period: YearPeriod?
    if !query.period.isEmpty {
      guard let asked = YearPeriod(query.period) else {
        throw StorageError(
          .invalidQuery, "period“\(query.period)”应是年份或月份，如 2023 或 2023-06",
          "the period “\(query.period)” must be a year or a month, such as 2023 or 2023-06"
        ).about("period", query.period)
      }
      period = asked
    }
    self.init(
      source: source, filter: nil, groupBy: query.groupBy, measures: measures,
      orderBy: query.orderBy.map { GroupOrder($0.column, descending: $0.descending) },
      limit: query.limit == 0 ? nil : Int(query.limit), period: period, rowsMax: rowsMax)
  }

  /// The query with a period, where it needs one and names none: the latest year that its yearly columns have figures of.
  public func dated(by reader: any LedgerReader, catalog: SchemaCatalog) throws -> GroupQuery {
    if period != nil { return self }
    var latest: Int64?
    let asked =
      groupBy.map { ("group_by", $0, GroupKey($0).path) }
      + measures.flatMap { measure in measure.columns.map { ("measures", measure.name, $0) } }
      + (filter?.columns ?? []).map { ("filter", $0, $0) }
    for (field, value, path) in asked {
      let found: ColumnPath
      do { found = try catalog.resolve(path, in: source) } catch { throw error.about(field, value) }
      guard let yearly = found.yearly else { continue }
      let years = try reader.group(
        GroupQuery(source: yearly.source, filter: nil, groupBy: [], measures: [.max(yearly.year)], rowsMax: 1))
      if case .integer(let year)? = years.columns.first?.first { latest = Swift.max(latest ?? year, year) }
      if latest == nil { latest = 0 }
    }
    var dated = self
    dated.period = latest.map { YearPeriod(year: Int($0)) }
    return dated
  }
}

extension Measure {
  fileprivate init(_ measure: Reporting.Measure) throws(StorageError) {
    switch measure.kind {
    case .count: self = .count
    case .sum: self = .sum(measure.column)
    case .min: self = .min(measure.column)
    case .max: self = .max(measure.column)
    case .countDistinct: self = .countDistinct(measure.column)
    case .ratio: self = .ratio(measure.column, measure.divisor)
    default:
      throw StorageError(.invalidQuery, "没有 \(measure.kind) 这种合计", "there is no measure \(measure.kind)")
        .about("measures", "\(measure.kind)")
    }
  }
}

/// A grouped query as reporters and clients write it, over a record type, a child source, or a view.
public struct SourceQuery: Sendable {
  /// What storage is asked.
  public let query: GroupQuery
  /// What the result's columns are called: as they were asked for.
  public let names: [String]

  /// Reads what was asked.
  ///
  /// - Parameters:
  ///   - view: the source, where it is one.
  ///   - rowsMax: groups that may come back.
  public init(
    _ asked: Reporting.DataQuery, over view: SourceView?, filters: FilterParser, rowsMax: Int
  ) throws(StorageError) {
    let source: String
    do {
      source = if let view { view.name } else { try filters.catalog.sourceName(asked.source) }
    } catch {
      throw error.about("source", asked.source)
    }
    var query = try GroupQuery(asked, source: source, rowsMax: rowsMax)
    names = query.resultNames
    if let view {
      query = view.onBase(query)
      query.filter = try filters.parse(asked.filter, over: view)
    } else {
      query.filter = try filters.parse(asked.filter, source: source)
    }
    self.query = query
  }

  /// The answer, from what `reader` sees.
  public func run(_ reader: any LedgerReader, catalog: SchemaCatalog) throws -> GroupResult {
    let result = try reader.group(try query.dated(by: reader, catalog: catalog))
    return GroupResult(names: names, columns: result.columns, more: result.more)
  }
}
