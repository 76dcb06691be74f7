public import GuobanMessages
public import GuobanStorage

/// Where the data of one run comes from: one consistent view of the ledger.
public protocol ReporterDataSource {
  /// The revision of the view.
  var revision: UInt64 { get }

  /// Answers one query. Blocks.
  func rows(of query: Reporting.DataQuery, rowsMax: Int) throws(ReporterDataError) -> GroupResult
}

/// Why a query has no answer. Whose fault it is decides who is told.
public enum ReporterDataError: Error, Sendable {
  /// The reporter asks for what does not exist: it is broken.
  case invalidQuery(String, english: String)
  /// More groups than allowed: the clerk can ask for less.
  case tooManyRows(max: Int)
  /// Storage failed: nobody's fault here. Thrown on to the caller.
  case unavailable(any Error)
}
