public import GuobanMessages
public import GuobanStorage

/// The data of one run from one read snapshot of the ledger.
///
///     try store.read { reader in
///       let source = try StoreDataSource(reader, filters: filters, hidden: [], views: { _, _ in nil })
///       return try runner.run(package, …, source: source, …)
///     }
public struct StoreDataSource: ReporterDataSource {
  public let revision: UInt64
  private let reader: any LedgerReader
  private let filters: FilterParser
  private let hidden: Set<String>
  private let views: (String, any LedgerReader) throws -> SourceView?

  /// Reads through `reader` for as long as the run lasts.
  ///
  /// - Parameters:
  ///   - hidden: sources that no reporter gets to see.
  ///   - views: finds a source that is a view; nil for one that is a record type.
  public init(
    _ reader: any LedgerReader, filters: FilterParser, hidden: Set<String>,
    views: @escaping (String, any LedgerReader) throws -> SourceView?
  ) throws {
    self.reader = reader
    self.views = views
    revision = try reader.revision
    self.filters = filters
    self.hidden = hidden
  }

  public func rows(of query: Reporting.DataQuery, rowsMax: Int) throws(ReporterDataError) -> GroupResult {
    guard !hidden.contains(query.source) else { throw .invalidQuery("\(query.source) is not for reporters") }
    do {
      var grouped = GroupQuery(
        source: query.source, filter: nil, groupBy: query.groupBy, measures: try query.measures.map(measure),
        rowsMax: rowsMax)
      if let view = try views(query.source, reader) {
        let names = view.names(of: grouped)
        grouped = view.onBase(grouped)
        grouped.filter = try filters.parse(query.filter, over: view)
        return GroupResult(names: names, columns: try reader.group(grouped).columns)
      }
      grouped.filter = try filters.parse(query.filter, source: query.source)
      return try reader.group(grouped)
    } catch let error as ReporterDataError {
      throw error
    } catch let error as StorageError where error.code == .invalidQuery {
      throw .invalidQuery(error.message)
    } catch let error as StorageError where error.code == .tooLarge {
      throw .tooManyRows(max: rowsMax)
    } catch {
      throw .unavailable(error)
    }
  }

  private func measure(_ measure: Reporting.Measure) throws(ReporterDataError) -> GuobanStorage.Measure {
    switch measure.kind {
    case .count: return .count
    case .sum: return .sum(measure.column)
    case .min: return .min(measure.column)
    case .max: return .max(measure.column)
    default: throw .invalidQuery("a measure of kind \(measure.kind)")
    }
  }
}
