import Dispatch
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import Synchronization
import Testing

/// What is called on the thread that puts commits on disk must not wait for it.
struct CompletionTests {
  private static func misuse(of store: SQLiteStore) -> String {
    do {
      return "read \(try store.read { try $0.count("Project") })"
    } catch {
      return (error as? StorageError)?.code.description ?? "\(error)"
    }
  }

  @Test func aCompletionOrListenerThatReadsIsRefusedRatherThanLeftToWaitForItself() throws {
    let ledger = try TemporaryLedger()
    let store = ledger.store
    let heard = Mutex<[String]>([])
    _ = store.onCommit { _ in heard.withLock { $0.append("listener: " + Self.misuse(of: store)) } }
    let done = DispatchSemaphore(value: 0)
    let write = { (fails: Bool) in
      WriteRequest(actor: "clerk", requestID: "", requestDigest: [], admit: {}) { writer in
        if fails { throw StorageError(.tooLarge, "as asked") }
        try writer.put(Item(key: "a").stored, operation: .create)
      }
    }
    for fails in [false, true] {
      store.submit(write(fails)) { _ in
        heard.withLock { $0.append("completion: " + Self.misuse(of: store)) }
        done.signal()
      }
      done.wait()
    }
    #expect(heard.withLock { $0 } == ["listener: misuse", "completion: misuse", "completion: misuse"])
    // Everywhere else, and also once its thread is gone.
    #expect(Self.misuse(of: store) == "read 1")
    try store.close()
    #expect(Self.misuse(of: store) == "closed")
  }
}
