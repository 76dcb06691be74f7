public import GuobanMessages
public import GuobanStorage

/// The data of one run from one read snapshot of the ledger.
///
///     try store.read { reader in
///       let source = try StoreDataSource(reader, filters: filters, hidden: [])
///       return try runner.run(package, …, source: source, …)
///     }
public struct StoreDataSource: ReporterDataSource {
  public let revision: UInt64
  private let reader: any LedgerReader
  private let filters: FilterParser
  private let hidden: Set<String>

  /// Reads through `reader` for as long as the run lasts.
  ///
  /// - Parameter hidden: sources that no reporter gets to see.
  public init(_ reader: any LedgerReader, filters: FilterParser, hidden: Set<String>) throws {
    self.reader = reader
    revision = try reader.revision
    self.filters = filters
    self.hidden = hidden
  }

  public func rows(of query: Reporting.DataQuery, rowsMax: Int) throws(ReporterDataError) -> GroupResult {
    do {
      let query = try GroupQuery(query, filters: filters, rowsMax: rowsMax)
      guard !hidden.contains(query.source) else {
        throw ReporterDataError.invalidQuery("\(query.source) is not for reporters")
      }
      return try reader.group(try query.dated(by: reader, catalog: filters.catalog))
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
}
