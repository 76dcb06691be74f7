import GuobanMessages
import GuobanSQLite
import GuobanStorage
import Synchronization
import Testing

/// What the writer tells its observer.
struct ObserverTests {
  private final class Groups: StorageObserver {
    let all = Mutex<[GroupSummary]>([])
    func groupFinished(_ group: GroupSummary) { all.withLock { $0.append(group) } }
  }

  @Test func everyRequestIsInOneGroup() throws {
    let groups = Groups()
    let ledger = try TemporaryLedger(observer: groups)
    let results = ledger.submit(
      (0..<100).map { number in
        WriteRequest(
          actor: "clerk", requestID: "", requestDigest: [], callID: "call-\(number)", admit: {},
          body: { writer in
            // Every tenth fails alone.
            if number % 10 == 0 { throw StorageError(.tooLarge, "as asked") }
            try writer.put(Item(key: "I\(number)").stored, operation: .create)
          })
      })
    #expect(results.count { (try? $0.get()) == nil } == 10)
    let all = groups.all.withLock { $0 }
    #expect(all.reduce(0) { $0 + $1.requests } == 100)
    #expect(all.reduce(0) { $0 + $1.changes } == 90)
    #expect(all.flatMap(\.callIDs) == (0..<100).map { "call-\($0)" })
    #expect(all.allSatisfy { $0.failure == nil && $0.commitNanoseconds > 0 && $0.commitNanoseconds <= $0.nanoseconds })
    #expect(ledger.store.writesQueued == 0 && ledger.store.fault == nil)
    try ledger.store.close()
    #expect(ledger.store.fault?.code == .closed)
  }
}
