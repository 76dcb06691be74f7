import GuobanMessages
import GuobanStorage
import Synchronization

/// A ledger in memory, for tests of what only reads, lists and loads.
final class MemoryStore: LedgerStore {
  struct Contents: Equatable {
    var records: [String: [String: [UInt8]]] = [:]
    var changes: [Ledger.Change] = []
    var folded: [FoldedRecord] = []
    var foldedRequests: [FoldedRequest] = []
  }

  let schemas: [RecordSchema]
  private let state: Mutex<Contents>

  init(types: [String]) {
    schemas = types.map { RecordSchema(name: $0, columns: []) }
    state = Mutex(Contents())
  }

  var contents: Contents { state.withLock { $0 } }
  var revision: UInt64 { contents.changes.last?.revision ?? 0 }

  /// Writes (nil: deletes) records as one commit.
  func commit(_ writes: [(type: String, key: String, bytes: [UInt8]?)]) {
    state.withLock { contents in
      let last = contents.changes.last
      var chain = last.map { ChangeChain(after: $0.revision, hash: $0.hash) } ?? ChangeChain()
      let commitRevision = chain.revision + UInt64(writes.count)
      for write in writes {
        let isNew = contents.records[write.type]?[write.key] == nil
        var change = Ledger.Change(
          commitRevision: commitRevision, time: Google.Timestamp(seconds: 1_700_000_000), actor: "tester",
          operation: write.bytes == nil ? .delete : isNew ? .create : .update, recordType: write.type, key: write.key,
          record: write.bytes ?? [])
        chain.seal(&change)
        contents.changes.append(change)
        contents.records[write.type, default: [:]][write.key] = write.bytes
      }
    }
  }

  func cached(_ type: String, _ key: String) -> [UInt8]? { contents.records[type]?[key] }

  func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try body(MemoryReader(contents: contents))
  }

  func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {
    completion(.failure(StorageError(.closed, "this double takes no requests")))
    write.batch?.deliver()
  }

  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 { revision }

  func load(_ next: () throws -> LoadItem?) throws {
    var loaded = Contents()
    while let item = try next() {
      switch item {
      case .record(let record): loaded.records[record.type, default: [:]][record.key] = record.bytes
      case .folded(let folded): loaded.folded.append(folded)
      case .foldedRequest(let folded): loaded.foldedRequests.append(folded)
      case .change(let change): loaded.changes.append(change)
      }
    }
    state.withLock { $0 = loaded }
  }

  func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64 { 0 }

  func close() throws {}
}

struct MemoryReader: LedgerReader {
  let contents: MemoryStore.Contents

  var revision: UInt64 { contents.changes.last?.revision ?? 0 }
  var headHash: [UInt8] { contents.changes.last?.hash ?? ChangeHash.beforeFirst }

  func record(_ type: String, _ key: String) -> [UInt8]? { contents.records[type]?[key] }

  func mayHave(_ text: String, in column: String, of type: String) -> Bool { true }

  func list(_ query: ListQuery) -> [KeyedRecord] {
    let keys = (contents.records[query.type] ?? [:]).keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let rest = keys.filter { key in query.afterKey.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? true }
    return rest.prefix(query.limit).map { KeyedRecord(key: $0, bytes: contents.records[query.type]?[$0] ?? []) }
  }

  func group(_ query: GroupQuery) throws -> GroupResult {
    throw StorageError(.invalidQuery, "this double groups nothing")
  }

  func changes(after revision: UInt64, limit: Int) -> [Ledger.Change] {
    Array(contents.changes.drop { $0.revision <= revision }.prefix(limit))
  }

  func changes(after revision: UInt64, limit: Int, bytesMax: Int) -> [Ledger.Change] {
    changes(after: revision, limit: limit)
  }

  var oldestRevision: UInt64 { contents.changes.first?.revision ?? 1 }

  func commitEnd(atOrBefore revision: UInt64) -> UInt64? {
    contents.changes.last { $0.revision <= revision && $0.revision == $0.commitRevision }?.revision
  }

  func plan(of query: GroupQuery) throws -> [String] { [] }
  func changes(_ query: ChangeQuery) -> [Ledger.Change] { [] }
  func commitEnd(before second: Int64) -> UInt64? { nil }
  func lastChange(of type: String, _ key: String) -> Ledger.Change? { nil }
  func strayKeys(of type: String, limit: Int) -> [String] { [] }
  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) -> [HiddenChange] { [] }
  func rows(of type: String, afterKey: String, limit: Int) -> [StoredRow] { [] }

  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) -> Part<RecordVersion> {
    Part([], next: nil)
  }

  func foldedRecords(after last: FoldedRecord?, limit: Int) -> [FoldedRecord] {
    let start = last.flatMap { contents.folded.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    return Array(contents.folded[start...].prefix(limit))
  }

  func foldedRequests(after last: FoldedRequest?, limit: Int) -> [FoldedRequest] {
    let start = last.flatMap { contents.foldedRequests.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    return Array(contents.foldedRequests[start...].prefix(limit))
  }
  func dataKey(_ type: String, _ key: String) -> [UInt8]? { nil }

  func wrappedKeys(_ type: String, after key: String?, limit: Int) -> [KeyedRecord] { [] }
  func countKeys(deletedBefore second: Int64) -> Int { 0 }

  func count(_ type: String) -> Int { contents.records[type]?.count ?? 0 }
}
