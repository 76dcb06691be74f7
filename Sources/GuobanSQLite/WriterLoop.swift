internal import Dispatch
internal import Foundation
internal import GRDB
internal import GuobanStorage
internal import Synchronization

/// The one thread that writes: takes what has queued, commits it as a group, then tells everyone.
///
/// Whatever arrives while a group is on its way to the disk forms the next group, so groups grow with the load and
/// nobody waits for a timer.
final class WriterLoop: Sendable {
  /// The last committed row of the change log.
  let head: Mutex<ChangeChain>
  /// Its revision, for readers that must not wait.
  let revision: Atomic<UInt64>
  let queue: WriteQueue
  private let pool: DatabasePool
  private let group: CommitGroup
  private let observer: (any StorageObserver)?
  private let finished = DispatchSemaphore(value: 0)
  /// Why nothing more is written.
  let fault = Mutex<StorageError?>(nil)

  init(pool: DatabasePool, group: CommitGroup, head: ChangeChain, observer: (any StorageObserver)?) {
    self.observer = observer
    self.pool = pool
    self.group = group
    self.head = Mutex(head)
    revision = Atomic(head.revision)
    queue = WriteQueue(entriesMax: group.configuration.queueRequestsMax)
  }

  func start() {
    let thread = Thread { self.run() }
    thread.name = "guoban-writer"
    thread.start()
  }

  /// Lets the thread finish what has queued, and waits for it. Once only.
  func stop() {
    queue.close()
    finished.wait()
  }

  /// Makes `chain` the head, after something else than a group was committed.
  func adopt(_ chain: ChangeChain) {
    head.withLock { $0 = chain }
    revision.store(chain.revision, ordering: .releasing)
  }

  private func run() {
    while true {
      let entries = queue.take(limit: group.configuration.groupRequestsMax)
      if entries.isEmpty { break }
      var rest = entries[...]
      while !rest.isEmpty {
        let results = commit(rest.map(\.request)[...])
        for (entry, result) in zip(rest, results) { entry.completion(result) }
        rest = rest.dropFirst(results.count)
      }
    }
    finished.signal()
  }

  private func commit(_ requests: ArraySlice<WriteRequest>) -> [CommitGroup.Result] {
    if let fault = fault.withLock({ $0 }) { return requests.map { _ in .failure(fault) } }
    let begin = DispatchTime.now().uptimeNanoseconds
    return pool.writeWithoutTransaction { db in
      let oldHead = head.withLock { $0 }
      let (results, newHead, failure, commitNanoseconds) = group.run(requests, head: oldHead, in: db)
      observer?.groupFinished(
        GroupSummary(
          requests: results.count, changes: Int(clamping: newHead.revision - oldHead.revision),
          nanoseconds: DispatchTime.now().uptimeNanoseconds - begin, commitNanoseconds: commitNanoseconds,
          failure: failure, callIDs: requests.prefix(results.count).map(\.callID)))
      if let failure {
        stopWriting(after: failure)
      } else {
        adopt(newHead)
      }
      return results
    }
  }

  /// After a failed fsync nobody knows what is on disk, and trying again may report a success that is none.
  private func stopWriting(after failure: any Error) {
    guard let error = failure as? StorageError, let cause = error.cause as? DatabaseError,
      [.SQLITE_IOERR, .SQLITE_CORRUPT].contains(cause.resultCode)
    else { return }
    fault.withLock {
      $0 = StorageError(error.code, "writing stopped after a failure of the disk; restart the daemon", cause: cause)
    }
  }
}
