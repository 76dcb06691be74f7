internal import GRDB
internal import GuobanStorage

/// A column with a buffered index, for one query.
struct BufferedColumn {
  let index: BufferedIndex
  /// Through which revision the index is complete for the query's connection; nil for the writer's.
  let settled: UInt64?

  /// Whether a record may have this value.
  func mayHave(_ value: String, in db: Database) throws -> Bool {
    if let known = index.mayHave(value, after: settled) { return known }
    var isThere = false
    try db.run(index.search, isCached: true, bind: { $0.add(value) }, row: { _ in isThere = true })
    return isThere
  }
}

extension Filter {
  /// What a column must be equal to, whatever else is asked for.
  func text(equalTo column: String) -> String? {
    switch self {
    case .compare(column, .equal, .text(let text)): text
    case .and(let parts): parts.lazy.compactMap { $0.text(equalTo: column) }.first
    default: nil
    }
  }
}
