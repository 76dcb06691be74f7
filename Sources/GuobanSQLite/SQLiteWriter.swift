internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// What one write request sees and does, inside the transaction of its commit group.
///
/// Records are written at once, so that the request reads its own writes. Rows of the change log wait for the end of the
/// request, because each of them names the request's last revision.
final class SQLiteWriter: LedgerWriter {
  let time: Google.Timestamp
  let actor: String
  private(set) var bytesWritten = 0

  private static let savepoint = "SAVEPOINT request"
  private static let release = "RELEASE request"
  private static let rollback = "ROLLBACK TO request"

  private let db: Database
  private let shape: LedgerShape
  private let configuration: SQLiteConfiguration
  private let request: WriteRequest
  private let reader: SQLiteReader
  private let keyWrap: (any DataKeyWrap)?
  private let base: ChangeChain
  private let memory: GroupMemory
  private let mark: Int
  private var changes: [Ledger.Change] = []
  /// Whether the first write opens a savepoint, so that this request can be undone by itself.
  private let hasOwnSavepoint: Bool
  /// Something was written, in the log or beside it.
  private(set) var hasBegun = false
  /// See ``rememberRequest()``.
  private(set) var isRemembered = false

  func rememberRequest() { isRemembered = true }

  var isTrial: Bool { request.isTrial }

  init(
    _ db: Database, shape: LedgerShape, configuration: SQLiteConfiguration, request: WriteRequest, base: ChangeChain,
    time: Google.Timestamp, reader: SQLiteReader, keyWrap: (any DataKeyWrap)?, hasOwnSavepoint: Bool,
    memory: GroupMemory
  ) {
    self.memory = memory
    mark = memory.mark
    self.hasOwnSavepoint = hasOwnSavepoint
    self.keyWrap = keyWrap
    self.db = db
    self.shape = shape
    self.configuration = configuration
    self.request = request
    self.base = base
    self.time = time
    actor = request.actor
    self.reader = reader
  }

  var revision: UInt64 { base.revision + UInt64(changes.count) }
  var nextRevision: UInt64 { revision + 1 }
  var headHash: [UInt8] { base.headHash }

  func put(_ record: StoredRecord, operation: Ledger.ChangeOperation) throws {
    guard operation == .create || operation == .update else {
      throw StorageError(.invalidQuery, "a put creates or updates, it cannot \(operation)")
    }
    guard record.bytes.count <= configuration.recordBytesMax else {
      throw StorageError(
        .tooLarge,
        "\(record.type) “\(record.key)”有 \(record.bytes.count) 字节，一条记录最多 \(configuration.recordBytesMax) 字节",
        "\(record.type) “\(record.key)” has \(record.bytes.count) bytes; a record has at most \(configuration.recordBytesMax)"
      )
    }
    try checkName(record.key, "the key of a \(record.type)", bytesMax: configuration.keyBytesMax, mayBeEmpty: false)
    let table = try shape.table(record.type)
    try begin()
    let lookup = shape.regions(record.type)
    let before = operation == .update ? try lookup?.stored(record.key, in: db) ?? [] : []
    try table.write(record, revision: nextRevision, to: db)
    memory.wrote(record, in: table)
    if table.schema.holdsPersonalData { try change(record.dataKey, of: record, isNew: operation == .create) }
    let regions = try lookup?.regions(of: record, in: db) ?? []
    append(
      operation, record.type, record.key, record.bytes, regions: regions,
      leftRegions: before.filter { !regions.contains($0) })
  }

  func delete(_ type: String, _ key: String) throws -> Bool {
    let table = try shape.table(type)
    try begin()
    let regions = try shape.regions(type)?.stored(key, in: db) ?? []
    guard try table.remove(key, from: db) else { return false }
    if table.schema.holdsPersonalData {
      try db.run(DataKeyTable.markDeleted, DataKeyTable.values(type, key, at: time.seconds), isCached: true)
    }
    memory.deleted(type, key)
    append(.delete, type, key, nil, regions: regions, leftRegions: [])
    return true
  }

  func note(_ operation: Ledger.ChangeOperation, _ type: String, _ key: String, note: String) throws {
    guard !operation.writesRecord, operation != .unspecified else {
      throw StorageError(.invalidQuery, "a note cannot \(operation) a record")
    }
    try checkName(note, "the note of a change", bytesMax: configuration.noteBytesMax, mayBeEmpty: true)
    try begin()
    let regions = try shape.regions(type)?.stored(key, in: db) ?? []
    changes.append(change(operation, type, key, regions: regions, note: note))
  }

  func rewrapKey(_ type: String, _ key: String) throws {
    guard let dataKey = try dataKey(type, key), let keyWrap else { return }
    try begin()
    let wrapped = try keyWrap.wrap(dataKey, type: type, key: key)
    try db.run(DataKeyTable.rewrap, DataKeyTable.values(type, key, wrapped), isCached: true)
  }

  func destroyKeys(deletedBefore second: Int64, limit: Int) throws -> [RecordName] {
    let names = try DataKeyTable.deleted(before: second, limit: limit, in: db)
    if !names.isEmpty { try begin() }
    for name in names {
      try db.run(DataKeyTable.remove, [.text(name.type), .text(name.key)], isCached: true)
    }
    return names
  }

  func lastKey(of type: String, prefix: String) throws -> String? {
    let table = try shape.table(type)
    return try memory.lastKey(of: type, prefix: prefix) {
      var key: String?
      let bounds = [SQLValue.text(prefix), .text(prefix.lastWithPrefix)]
      try db.run(table.lastKey, bounds, isCached: true) { key = $0.text(0) }
      return key
    }
  }

  private func change(_ dataKey: DataKeyChange, of record: StoredRecord, isNew: Bool) throws {
    switch dataKey {
    case .keep:
      guard isNew, try memory.mayHaveKeyOfDeleted(in: db) else { return }
      try db.run(DataKeyTable.markDeleted, DataKeyTable.values(record.type, record.key, at: 0), isCached: true)
    case .replace(let new):
      guard let keyWrap else { throw DataKeyTable.noWrap }
      let wrapped = try keyWrap.wrap(new, type: record.type, key: record.key)
      try db.run(DataKeyTable.set, DataKeyTable.values(record.type, record.key, wrapped), isCached: true)
    case .destroy:
      guard try !isNew || memory.mayHaveKeyOfDeleted(in: db) else { return }
      try db.run(DataKeyTable.remove, [.text(record.type), .text(record.key)], isCached: true)
    case .load:
      throw StorageError(.invalidQuery, "a wrapped key comes in with a whole ledger only")
    }
  }

  /// Writes the change log's rows and keeps everything. Gives the new head of the chain.
  func finish() throws -> (changes: [Ledger.Change], head: ChangeChain) {
    var head = base
    let last = revision
    for index in changes.indices {
      changes[index].commitRevision = last
      head.seal(&changes[index])
      try db.run(ChangeRow.insert, isCached: true) { ChangeRow.add(changes[index], to: &$0) }
    }
    if hasBegun, hasOwnSavepoint { try db.run(Self.release, [], isCached: true) }
    return (changes, head)
  }

  /// Undoes everything this request did. False when it cannot, and the transaction must be rolled back.
  func undo() throws -> Bool {
    guard hasBegun else { return true }
    guard hasOwnSavepoint else { return false }
    memory.forget(since: mark)
    try db.run(Self.rollback, [], isCached: true)
    try db.run(Self.release, [], isCached: true)
    return true
  }

  /// Before the first write: requests that only look need no savepoint.
  private func begin() throws {
    guard changes.count < configuration.requestChangesMax else {
      throw StorageError(
        .tooLarge, "一个请求最多改动 \(configuration.requestChangesMax) 条记录，请分几次提交",
        "a request changes at most \(configuration.requestChangesMax) records; please make several of it")
    }
    if !hasBegun, hasOwnSavepoint { try db.run(Self.savepoint, [], isCached: true) }
    hasBegun = true
  }

  private func append(
    _ operation: Ledger.ChangeOperation, _ type: String, _ key: String, _ bytes: [UInt8]?, regions: [String],
    leftRegions: [String]
  ) {
    bytesWritten += bytes?.count ?? 0
    var change = change(operation, type, key, regions: regions)
    change.record = bytes ?? []
    change.leftRegions = leftRegions
    changes.append(change)
  }

  private func change(
    _ operation: Ledger.ChangeOperation, _ type: String, _ key: String, regions: [String], note: String = ""
  ) -> Ledger.Change {
    Ledger.Change(
      revision: nextRevision, time: time, actor: actor, operation: operation, recordType: type, key: key,
      requestId: request.requestID, requestDigest: request.requestDigest, regions: regions, note: note)
  }
}

extension SQLiteWriter {
  func record(_ type: String, _ key: String) throws -> [UInt8]? { try reader.record(type, key) }

  func has(_ type: String, _ key: String) throws -> Bool {
    let record = RecordKey(type: type, key: key)
    if memory.isPresent(record) { return true }
    guard try reader.has(type, key) else { return false }
    memory.sawPresent(record)
    return true
  }

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

  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) throws -> [HiddenChange] {
    try reader.hiddenChanges(after: revision, through: last, limit: limit)
  }

  func commitEnd(before second: Int64) throws -> UInt64? { try reader.commitEnd(before: second) }

  func lastChange(of type: String, _ key: String) throws -> Ledger.Change? {
    try changes.last { $0.recordType == type && $0.key == key } ?? reader.lastChange(of: type, key)
  }

  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) throws -> Part<RecordVersion> {
    try reader.versions(of: type, at: revision, afterKey: afterKey, limit: limit)
  }

  func rows(of type: String, afterKey: String, limit: Int) throws -> [StoredRow] {
    try reader.rows(of: type, afterKey: afterKey, limit: limit)
  }

  func strayKeys(of type: String, limit: Int) throws -> [String] { try reader.strayKeys(of: type, limit: limit) }

  func foldedRecords(after last: FoldedRecord?, limit: Int) throws -> [FoldedRecord] {
    try reader.foldedRecords(after: last, limit: limit)
  }

  func foldedRequests(after last: FoldedRequest?, limit: Int) throws -> [FoldedRequest] {
    try reader.foldedRequests(after: last, limit: limit)
  }

  var oldestRevision: UInt64 { get throws { try reader.oldestRevision } }

  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64? { try reader.commitEnd(atOrBefore: revision) }
}

/// Refuses texts that the change log could not hold as they are: a NUL ends a string in C.
func checkName(_ text: String, _ what: String, bytesMax: Int, mayBeEmpty: Bool) throws(StorageError) {
  guard text.utf8.count <= bytesMax else {
    throw StorageError(.tooLarge, "\(what) has \(text.utf8.count) bytes; the limit keyBytesMax is \(bytesMax)")
  }
  guard mayBeEmpty || !text.isEmpty, !text.utf8.contains(0) else {
    throw StorageError(.invalidQuery, "\(what) is empty or holds a NUL character")
  }
}
