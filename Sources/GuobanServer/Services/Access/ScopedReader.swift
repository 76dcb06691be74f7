internal import GuobanAccess
internal import GuobanMessages
internal import GuobanStorage

/// One consistent view of a region's part of the ledger.
struct ScopedReader: LedgerReader {
  let base: any LedgerReader
  let scope: RecordScope

  var revision: UInt64 { get throws { try base.revision } }

  var headHash: [UInt8] { get throws { throw aboutEverything("摘要", "the digest") } }

  var oldestRevision: UInt64 { get throws { throw aboutEverything("变更日志", "the change log") } }

  func record(_ type: String, _ key: String) throws -> [UInt8]? {
    guard let bytes = try base.record(type, key), try scope.sees(type, bytes, in: base) else { return nil }
    return bytes
  }

  /// Of the whole ledger: what is nowhere is not here either.
  func mayHave(_ text: String, in column: String, of type: String) throws -> Bool {
    try base.mayHave(text, in: column, of: type)
  }

  func list(_ query: ListQuery) throws -> [KeyedRecord] {
    var query = query
    query.filter = try scope.narrowed(query.filter, on: query.type)
    return try base.list(query)
  }

  func group(_ query: GroupQuery) throws -> GroupResult {
    try base.group(try narrowed(query))
  }

  func plan(of query: GroupQuery) throws -> [String] {
    try base.plan(of: try narrowed(query))
  }

  private func narrowed(_ query: GroupQuery) throws -> GroupQuery {
    try scope.check(paths: query.paths, on: query.source)
    var query = query
    query.filter = try scope.narrowed(query.filter, on: query.source)
    return query
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
    throw aboutEverything("密钥", "the keys")
  }

  func countKeys(deletedBefore second: Int64) throws -> Int {
    throw aboutEverything("密钥", "the keys")
  }

  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change] {
    throw aboutEverything("变更日志", "the change log")
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change] {
    throw aboutEverything("变更日志", "the change log")
  }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? {
    throw aboutEverything("变更日志", "the change log")
  }

  func commitEnd(before second: Int64) throws -> UInt64? {
    throw aboutEverything("变更日志", "the change log")
  }

  /// Of one record, those that concern the region.
  func changes(_ query: ChangeQuery) throws -> [Ledger.Change] {
    guard !query.type.isEmpty, !query.key.isEmpty else { throw aboutEverything("变更日志", "the change log") }
    return try base.changes(query).filter(concerns)
  }

  func lastChange(of type: String, _ key: String) throws -> Ledger.Change? {
    guard let change = try base.lastChange(of: type, key), concerns(change) else { return nil }
    return change
  }

  private func concerns(_ change: Ledger.Change) -> Bool {
    change.regions.contains { scope.region.contains($0) }
  }

  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) throws -> Part<RecordVersion> {
    throw aboutEverything("变更日志", "the change log")
  }

  func rows(of type: String, afterKey: String, limit: Int) throws -> [StoredRow] {
    throw aboutEverything("核对", "verification")
  }

  func strayKeys(of type: String, limit: Int) throws -> [String] {
    throw aboutEverything("核对", "verification")
  }

  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) throws -> [HiddenChange] {
    throw aboutEverything("核对", "verification")
  }

  func foldedRecords(after last: FoldedRecord?, limit: Int) throws -> [FoldedRecord] {
    throw aboutEverything("变更日志", "the change log")
  }

  func foldedRequests(after last: FoldedRequest?, limit: Int) throws -> [FoldedRequest] {
    throw aboutEverything("变更日志", "the change log")
  }

  private func aboutEverything(_ what: String, _ englishWhat: String) -> any Error {
    scope.denied(
      "\(what)是整个台账的，要不限区划才能看", "\(englishWhat) is about the whole ledger, for those who are not held to a region",
      rule: "ABOUT_EVERYTHING")
  }
}
