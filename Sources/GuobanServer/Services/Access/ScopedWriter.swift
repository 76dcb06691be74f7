internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// Writes into a region's part of the ledger, and nowhere else: both what a record was and what it becomes must lie there.
struct ScopedWriter: LedgerWriter {
  /// The writer without bounds, for rules that hold for the whole ledger.
  let base: any LedgerWriter
  let reader: ScopedReader
  let schemas: [RecordSchema]
  private var scope: RecordScope { reader.scope }

  var nextRevision: UInt64 { base.nextRevision }
  var time: Google.Timestamp { base.time }
  var actor: String { base.actor }

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
    try refuseDangling(type, key)
    return try base.delete(type, key)
  }

  func note(_ operation: Ledger.ChangeOperation, _ type: String, _ key: String, note: String) throws {
    guard try reader.record(type, key) != nil else { throw LedgerError.notFound(type, key) }
    try base.note(operation, type, key, note: note)
  }

  func rewrapKey(_ type: String, _ key: String) throws {
    throw scope.denied("密钥是整个台账的", rule: "ABOUT_EVERYTHING")
  }

  func destroyKeys(deletedBefore second: Int64, limit: Int) throws -> [RecordName] {
    throw scope.denied("密钥是整个台账的", rule: "ABOUT_EVERYTHING")
  }

  /// Records that the caller does not see may refer to this one. They are not named.
  private func refuseDangling(_ type: String, _ key: String) throws {
    for schema in schemas {
      for column in schema.columns where column.references == type {
        let users = ListQuery(
          type: schema.name, filter: .compare(column: column.name, .equal, .text(key)), afterKey: nil, limit: 2)
        guard try base.list(users).contains(where: { !(schema.name == type && $0.key == key) }) else { continue }
        throw Status(.failedPrecondition, "不能删除 \(type) “\(key)”：别的区划还有记录在用它；请找不限区划的人处理").reason("IN_USE")
      }
    }
  }
}

extension ScopedWriter {
  var revision: UInt64 { get throws { try reader.revision } }
  var headHash: [UInt8] { get throws { try reader.headHash } }
  var oldestRevision: UInt64 { get throws { try reader.oldestRevision } }

  func record(_ type: String, _ key: String) throws -> [UInt8]? { try reader.record(type, key) }
  func list(_ query: ListQuery) throws -> [KeyedRecord] { try reader.list(query) }
  func group(_ query: GroupQuery) throws -> GroupResult { try reader.group(query) }
  func count(_ type: String) throws -> Int { try reader.count(type) }
  func dataKey(_ type: String, _ key: String) throws -> [UInt8]? { try reader.dataKey(type, key) }

  func wrappedKeys(_ type: String, after key: String?, limit: Int) throws -> [KeyedRecord] {
    try reader.wrappedKeys(type, after: key, limit: limit)
  }

  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change] {
    try reader.changes(after: revision, limit: limit)
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change] {
    try reader.changes(after: revision, limit: limit, bytesMax: bytesMax)
  }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? {
    try reader.commitEnd(atOrBefore: revision)
  }
}

extension LedgerWriter {
  /// This writer without bounds, for rules that hold for the whole ledger: nothing read through it may be told.
  var unscoped: any LedgerWriter { (self as? ScopedWriter)?.base ?? self }
}
