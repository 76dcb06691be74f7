internal import Dispatch
internal import Foundation
internal import GRDB
internal import GuobanStorage
internal import Synchronization

/// The one thread that writes: takes what queues, commits it as a group, then tells everyone.
///
/// A group takes on whatever arrives while its requests run, and what arrives while it is on its way to the disk forms the
/// next one. So groups grow with the load and nobody waits for a timer.
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

  /// Groups that keep their requests apart after one had to be done twice: whoever sends bad requests all the time does not
  /// make everybody's work twice as much.
  private static let groupsApart = 16

  private func run() {
    var groupsApart = 0
    while let first = queue.take() {
      var entries = [first]
      let outcome = commit(&entries, apart: groupsApart > 0)
      groupsApart = outcome.wasRedone ? Self.groupsApart : max(groupsApart - 1, 0)
      complete(entries, outcome.results)
    }
    finished.signal()
  }

  /// Completions after which the first of them need not wait for more.
  private static let completionsMax = 64

  private func complete(_ entries: [WriteQueue.Entry], _ results: [CommitGroup.Result]) {
    var batches: [any CompletionBatch] = []
    for (index, (entry, result)) in zip(entries, results).enumerated() {
      entry.completion(result)
      // One for each event loop: few.
      if let batch = entry.request.batch, !batches.contains(where: { $0 === batch }) { batches.append(batch) }
      guard (index + 1) % Self.completionsMax == 0 || index + 1 == entries.count else { continue }
      for batch in batches { batch.deliver() }
      batches.removeAll(keepingCapacity: true)
    }
  }

  /// Commits a group that begins with `entries`; those that it took on are appended.
  private func commit(_ entries: inout [WriteQueue.Entry], apart: Bool) -> CommitGroup.Outcome {
    let begin = DispatchTime.now().uptimeNanoseconds
    return pool.writeWithoutTransaction { db in
      let oldHead = state.withLock { $0.head }
      var requests = entries.map(\.request)
      if let fault = fault.withLock({ $0 }) {
        return CommitGroup.Outcome(results: requests.map { _ in .failure(fault) }, head: oldHead)
      }
      let next = { [queue] in
        let entry = queue.takeNow()
        if let entry { entries.append(entry) }
        return entry?.request
      }
      let outcome = group.run(&requests, next: next, head: oldHead, apart: apart, in: db)
      observer?.groupFinished(
        GroupSummary(
          requests: requests.count, changes: Int(clamping: outcome.head.revision - oldHead.revision),
          nanoseconds: DispatchTime.now().uptimeNanoseconds - begin, commitNanoseconds: outcome.commitNanoseconds,
          failure: outcome.failure, callIDs: requests.map(\.callID)))
      if let failure = outcome.failure {
        stopWriting(after: failure)
      } else {
        tell(advance(to: outcome.head), of: outcome.results)
      }
      return outcome
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
