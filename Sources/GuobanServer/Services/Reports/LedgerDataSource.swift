internal import GuobanMessages
internal import GuobanStorage
internal import ReporterHost

/// Answers a reporter's queries from one view of the ledger.
struct LedgerDataSource: ReporterDataSource {
  let revision: UInt64
  private let reader: any LedgerReader
  private let filters: FilterParser

  init(_ reader: any LedgerReader, filters: FilterParser) throws {
    self.reader = reader
    self.filters = filters
    revision = try reader.revision
  }

  func rows(of query: Reporting.DataQuery, rowsMax: Int) throws(ReporterDataError) -> GroupResult {
    let measures = try query.measures.map { measure throws(ReporterDataError) in try Self.measure(measure) }
    do {
      return try reader.group(
        GroupQuery(
          source: query.source, filter: try filters.parse(query.filter, source: query.source), groupBy: query.groupBy,
          measures: measures, rowsMax: rowsMax))
    } catch let error as StorageError where error.code == .invalidQuery {
      throw .invalidQuery(error.message)
    } catch let error as StorageError where error.code == .tooLarge {
      throw .tooManyRows(max: rowsMax)
    } catch {
      throw .unavailable(error)
    }
  }

  private static func measure(_ measure: Reporting.Measure) throws(ReporterDataError) -> Measure {
    switch measure.kind {
    case .count: .count
    case .sum: .sum(measure.column)
    case .min: .min(measure.column)
    case .max: .max(measure.column)
    default: throw .invalidQuery("unknown measure \(measure.kind)")
    }
  }
}
