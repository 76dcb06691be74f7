internal import Dispatch
internal import GuobanStorage
internal import Synchronization

extension LedgerStore {
  /// Runs one write request to its end. Blocks the calling thread, which must not be one of the store's.
  func write<Value: Sendable>(
    actor: String, _ body: @escaping @Sendable (any LedgerWriter) throws -> Value
  ) throws -> Value {
    let answer = WriteAnswer<Value>()
    let done = DispatchSemaphore(value: 0)
    submit(
      WriteRequest(actor: actor, requestID: "", requestDigest: [], admit: {}) { writer in
        let value = try body(writer)
        answer.state.withLock { $0 = .success(value) }
      }
    ) { result in
      if case .failure(let error) = result { answer.state.withLock { $0 = .failure(error) } }
      done.signal()
    }
    done.wait()
    guard let result = answer.state.withLock({ $0 }) else { throw StorageError(.closed, "the request did not run") }
    return try result.get()
  }
}

private final class WriteAnswer<Value: Sendable>: Sendable {
  let state = Mutex<Result<Value, any Error>?>(nil)
}
