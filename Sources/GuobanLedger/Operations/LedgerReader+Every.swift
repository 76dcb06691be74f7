public import GuobanStorage

/// Records in memory at once.
private let pageRecords = 1000

extension LedgerReader {
  /// Gives every record of a type, in key order, a page at a time.
  public func every(_ type: String, _ body: (KeyedRecord) throws -> Void) throws {
    var after: String?
    while true {
      let page = try list(ListQuery(type: type, filter: nil, afterKey: after, limit: pageRecords))
      guard let last = page.last else { return }
      for record in page { try body(record) }
      after = last.key
    }
  }
}
