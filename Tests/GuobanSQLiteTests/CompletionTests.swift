import Dispatch
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import Synchronization
import Testing

/// What is called on the thread that puts commits on disk must not wait for it.
struct CompletionTests {
  /// What comes of each way to wait for the store.
  private static func misuse(of store: SQLiteStore) -> String {
    let ways: [() throws -> String] = [
      { "read \(try store.read { try $0.count("Project") })" },
      { "compact \(try store.compact(through: 0) {})" },
      {
        try store.load { nil }
        return "load"
      },
      {
        try store.close()
        return "close"
      },
    ]
    return ways.map { way in
      do { return try way() } catch { return (error as? StorageError)?.code.description ?? "\(error)" }
    }.joined(separator: " ")
  }

  @Test func aCompletionOrListenerThatWaitsForTheStoreIsRefusedRatherThanLeftToWaitForItself() throws {
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
    #expect(
      heard.withLock { $0 }
        == ["listener: ", "completion: ", "completion: "].map { $0 + "misuse misuse misuse misuse" })
    // Everywhere else, and also once its thread is gone.
    #expect(try store.read { try $0.count("Project") } == 1)
    try store.close()
    #expect(Self.misuse(of: store).hasPrefix("closed "))
  }
}
