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
    do {
      let asked = try SourceQuery(query, over: try views(query.source, reader), filters: filters, rowsMax: rowsMax)
      guard !hidden.contains(asked.query.source) else {
        throw ReporterDataError.invalidQuery(
          "\(query.source) 不给报表模块看", english: "\(query.source) is not for reporters")
      }
      return try asked.run(reader, catalog: filters.catalog)
    } catch let error as ReporterDataError {
      throw error
    } catch let error as StorageError where error.code == .invalidQuery {
      throw .invalidQuery(error.message, english: error.englishMessage)
    } catch let error as StorageError where error.code == .tooLarge {
      throw .tooManyRows(max: rowsMax)
    } catch {
      throw .unavailable(error)
    }
  }
}
