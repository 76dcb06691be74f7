internal import GuobanMessages
internal import GuobanStorage

/// One consistent view of a region's part of the ledger.
struct ScopedReader: LedgerReader {
  let base: any LedgerReader
  let scope: RecordScope

  var revision: UInt64 { get throws { try base.revision } }

  var headHash: [UInt8] { get throws { throw aboutEverything("摘要") } }

  var oldestRevision: UInt64 { get throws { throw aboutEverything("变更日志") } }

  func record(_ type: String, _ key: String) throws -> [UInt8]? {
    guard let bytes = try base.record(type, key), try scope.sees(type, bytes, in: base) else { return nil }
    return bytes
  }

  func list(_ query: ListQuery) throws -> [KeyedRecord] {
    var query = query
    query.filter = try scope.narrowed(query.filter, on: query.type)
    return try base.list(query)
  }

  func group(_ query: GroupQuery) throws -> GroupResult {
    try scope.check(paths: query.groupBy + query.measures.compactMap(\.column), on: query.source)
    var query = query
    query.filter = try scope.narrowed(query.filter, on: query.source)
    return try base.group(query)
  }

  func count(_ type: String) throws -> Int {
    let counted = try group(
      GroupQuery(source: type, filter: nil, groupBy: [], measures: [.count], rowsMax: 1))
    guard case .integer(let count)? = counted.columns.first?.first else { return 0 }
    return Int(count)
  }

  func dataKey(_ type: String, _ key: String) throws -> [UInt8]? {
    // Of a record that was deleted it is nobody's in particular.
    if let bytes = try base.record(type, key), try !scope.sees(type, bytes, in: base) { return nil }
    return try base.dataKey(type, key)
  }

  func wrappedKeys(_ type: String, after key: String?, limit: Int) throws -> [KeyedRecord] {
    throw aboutEverything("密钥")
  }

  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change] {
    throw aboutEverything("变更日志")
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change] {
    throw aboutEverything("变更日志")
  }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? {
    throw aboutEverything("变更日志")
  }

  private func aboutEverything(_ what: String) -> any Error {
    scope.denied("\(what)是整个台账的，要不限区划才能看", rule: "ABOUT_EVERYTHING")
  }
}

extension Measure {
  fileprivate var column: String? {
    switch self {
    case .count: nil
    case .sum(let column), .min(let column), .max(let column): column
    }
  }
}
