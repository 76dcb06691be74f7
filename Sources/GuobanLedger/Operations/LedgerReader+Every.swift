public import GuobanStorage

/// Records in memory at once.
private let pageRecords = 1000

extension LedgerReader {
  /// Gives every record of a type, in key order, a page at a time.
  public func every(_ type: String, where filter: Filter? = nil, _ body: (KeyedRecord) throws -> Void) throws {
    var after: String?
    while true {
      let page = try list(ListQuery(type: type, filter: filter, afterKey: after, limit: pageRecords))
      for record in page { try body(record) }
      guard page.count == pageRecords, let last = page.last else { return }
      after = last.key
    }
  }

  /// The records of a type that a filter finds, in key order; there must be few.
  func every(_ type: String, where filter: Filter) throws -> [KeyedRecord] {
    var found: [KeyedRecord] = []
    try every(type, where: filter) { found.append($0) }
    return found
  }
}
