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
  private let state: Mutex<State>
  /// Its revision, for readers that must not wait.
  let revision: Atomic<UInt64>
  let queue: WriteQueue
  private let pool: DatabasePool
  private let group: CommitGroup
  private let observer: (any StorageObserver)?
  private let finished = DispatchSemaphore(value: 0)
  /// Why nothing more is written.
  let fault = Mutex<StorageError?>(nil)

  private struct State {
    /// The last committed row of the change log.
    var head: ChangeChain
    var listeners: [@Sendable ([Commit]) -> Void] = []
  }

  init(pool: DatabasePool, group: CommitGroup, head: ChangeChain, observer: (any StorageObserver)?) {
    self.observer = observer
    self.pool = pool
    self.group = group
    state = Mutex(State(head: head))
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
    let released = state.withLock { exchange(&$0.listeners, with: []) }
    withExtendedLifetime(released) {}
  }

  /// Makes `chain` the head, after something else than a group was committed.
  func adopt(_ chain: ChangeChain) {
    _ = advance(to: chain)
  }

  /// Has `listener` called with every commit after the revision that this gives.
  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 {
    state.withLock { state in
      state.listeners.append(listener)
      return state.head.revision
    }
  }

  /// Who listens is looked up together with the change of head, so that nobody misses a commit or hears of one too many.
  private func advance(to chain: ChangeChain) -> [@Sendable ([Commit]) -> Void] {
    let listeners = state.withLock { state in
      state.head = chain
      return state.listeners
    }
    revision.store(chain.revision, ordering: .releasing)
    return listeners
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
      let oldHead = state.withLock { $0.head }
      let (results, newHead, failure, commitNanoseconds) = group.run(requests, head: oldHead, in: db)
      observer?.groupFinished(
        GroupSummary(
          requests: results.count, changes: Int(clamping: newHead.revision - oldHead.revision),
          nanoseconds: DispatchTime.now().uptimeNanoseconds - begin, commitNanoseconds: commitNanoseconds,
          failure: failure, callIDs: requests.prefix(results.count).map(\.callID)))
      if let failure {
        stopWriting(after: failure)
      } else {
        tell(advance(to: newHead), of: results)
      }
      return results
    }
  }

  private func tell(_ listeners: [@Sendable ([Commit]) -> Void], of results: [CommitGroup.Result]) {
    if listeners.isEmpty { return }
    let commits = results.compactMap { result -> Commit? in
      guard case .success(let outcome) = result, !outcome.replayed else { return nil }
      return Commit(outcome.changes)
    }
    if commits.isEmpty { return }
    for listener in listeners { listener(commits) }
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
