internal import GuobanMessages
internal import GuobanStorage

/// The ledger as a principal sees it who is held to a region: what lies outside is not there to be read, and cannot be
/// written. Whatever a service does with it is within bounds, so no service checks regions itself.
struct ScopedStore: LedgerStore {
  let base: any LedgerStore
  let scope: RecordScope

  var schemas: [RecordSchema] { base.schemas }
  var revision: UInt64 { base.revision }

  func cached(_ type: String, _ key: String) -> [UInt8]? {
    guard let bytes = base.cached(type, key), scope.seesAtOnce(type, bytes) == true else { return nil }
    return bytes
  }

  func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try base.read(isCancelled: isCancelled) { try body(ScopedReader(base: $0, scope: scope)) }
  }

  func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {
    let scoped = write.with { [scope] in
      try write.body(ScopedWriter(base: $0, reader: ScopedReader(base: $0, scope: scope)))
    }
    base.submit(scoped, completion: completion)
  }

  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 {
    preconditionFailure("whoever hears of every commit is not held to a region")
  }

  func load(_ next: () throws -> LoadItem?) throws {
    throw scope.denied("恢复台账要不限区划", "only who is not held to a region can restore a ledger", rule: "ABOUT_EVERYTHING")
  }

  func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64 {
    throw scope.denied(
      "压缩变更日志要不限区划", "only who is not held to a region can compact the change log", rule: "ABOUT_EVERYTHING")
  }

  func close() throws {
    preconditionFailure("a store is closed by whoever opened it")
  }
}
