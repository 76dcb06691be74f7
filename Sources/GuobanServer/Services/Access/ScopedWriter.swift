internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// Writes into a region's part of the ledger, and nowhere else: both what a record was and what it becomes must lie there.
struct ScopedWriter: LedgerWriter {
  /// The writer without bounds, for rules that hold for the whole ledger.
  let base: any LedgerWriter
  let reader: ScopedReader
  private var scope: RecordScope { reader.scope }

  var nextRevision: UInt64 { base.nextRevision }
  var time: Google.Timestamp { base.time }
  var actor: String { base.actor }
  var isTrial: Bool { base.isTrial }

  func rememberRequest() { base.rememberRequest() }

  func put(_ record: StoredRecord, operation: Ledger.ChangeOperation) throws {
    try scope.checkWritable(record.type)
    try scope.checkWithin(record, isNew: true, in: base)
    if let bytes = try base.record(record.type, record.key) {
      try scope.checkWithin(try scope.project(record.type, bytes), isNew: false, in: base)
    }
    try base.put(record, operation: operation)
  }

  func delete(_ type: String, _ key: String) throws -> Bool {
    try scope.checkWritable(type)
    guard let bytes = try base.record(type, key) else { return false }
    try scope.checkWithin(try scope.project(type, bytes), isNew: false, in: base)
    return try base.delete(type, key)
  }

  /// Of the whole ledger: numbers go on from the highest that there is.
  func lastKey(of type: String, prefix: String) throws -> String? { try base.lastKey(of: type, prefix: prefix) }

  /// Looks at the whole ledger. A record that the caller does not see is not named.
  func referrer(of type: String, _ key: String, schemas: [RecordSchema]) throws -> Referrer? {
    guard var user = try base.referrer(of: type, key, schemas: schemas) else { return nil }
    if let name = user.key, try reader.record(user.type, name) == nil { user.key = nil }
    return user
  }

  func note(_ operation: Ledger.ChangeOperation, _ type: String, _ key: String, note: String) throws {
    guard try reader.record(type, key) != nil else { throw LedgerError.notFound(type, key) }
    try base.note(operation, type, key, note: note)
  }

  func rewrapKey(_ type: String, _ key: String) throws {
    throw scope.denied("密钥是整个台账的", "the keys are those of the whole ledger", rule: "ABOUT_EVERYTHING")
  }

  func destroyKeys(deletedBefore second: Int64, limit: Int) throws -> [RecordName] {
    throw scope.denied("密钥是整个台账的", "the keys are those of the whole ledger", rule: "ABOUT_EVERYTHING")
  }
}

extension ScopedWriter {
  var revision: UInt64 { get throws { try reader.revision } }
  var headHash: [UInt8] { get throws { try reader.headHash } }
  var oldestRevision: UInt64 { get throws { try reader.oldestRevision } }

  func record(_ type: String, _ key: String) throws -> [UInt8]? { try reader.record(type, key) }
  func list(_ query: ListQuery) throws -> [KeyedRecord] { try reader.list(query) }

  func mayHave(_ text: String, in column: String, of type: String) throws -> Bool {
    try reader.mayHave(text, in: column, of: type)
  }

  func group(_ query: GroupQuery) throws -> GroupResult { try reader.group(query) }
  func count(_ type: String) throws -> Int { try reader.count(type) }
  func dataKey(_ type: String, _ key: String) throws -> [UInt8]? { try reader.dataKey(type, key) }

  func wrappedKeys(_ type: String, after key: String?, limit: Int) throws -> [KeyedRecord] {
    try reader.wrappedKeys(type, after: key, limit: limit)
  }

  func countKeys(deletedBefore second: Int64) throws -> Int { try reader.countKeys(deletedBefore: second) }

  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change] {
    try reader.changes(after: revision, limit: limit)
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change] {
    try reader.changes(after: revision, limit: limit, bytesMax: bytesMax)
  }

  func plan(of query: GroupQuery) throws -> [String] { try reader.plan(of: query) }

  func changes(_ query: ChangeQuery) throws -> [Ledger.Change] { try reader.changes(query) }

  func commitEnd(before second: Int64) throws -> UInt64? { try reader.commitEnd(before: second) }

  func lastChange(of type: String, _ key: String) throws -> Ledger.Change? { try reader.lastChange(of: type, key) }

  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) throws -> Part<RecordVersion> {
    try reader.versions(of: type, at: revision, afterKey: afterKey, limit: limit)
  }

  func rows(of type: String, afterKey: String, limit: Int) throws -> [StoredRow] {
    try reader.rows(of: type, afterKey: afterKey, limit: limit)
  }

  func strayKeys(of type: String, limit: Int) throws -> [String] { try reader.strayKeys(of: type, limit: limit) }

  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) throws -> [HiddenChange] {
    try reader.hiddenChanges(after: revision, through: last, limit: limit)
  }

  func foldedRecords(after last: FoldedRecord?, limit: Int) throws -> [FoldedRecord] {
    try reader.foldedRecords(after: last, limit: limit)
  }

  func foldedRequests(after last: FoldedRequest?, limit: Int) throws -> [FoldedRequest] {
    try reader.foldedRequests(after: last, limit: limit)
  }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? {
    try reader.commitEnd(atOrBefore: revision)
  }
}

extension LedgerWriter {
  /// This writer without bounds, for rules that hold for the whole ledger: nothing read through it may be told.
  var unscoped: any LedgerWriter { (self as? ScopedWriter)?.base ?? self }
}
