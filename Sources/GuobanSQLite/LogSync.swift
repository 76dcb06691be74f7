internal import Dispatch
internal import Foundation
internal import Glibc
internal import GuobanStorage
internal import Synchronization

/// The one thread that puts commits on disk, while the writer goes on with the next group: then shows them to the cache,
/// tells the listeners, and last whoever asked.
///
/// SQLite's readers see a commit as soon as it stands in the log, before it is on disk. So they wait
/// (``waitUntilDurable(_:)``): nobody is shown what a power cut could take back.
final class LogSync: Sendable {
  /// A group that is committed, or failed, and not told yet.
  struct Group {
    var entries: [WriteQueue.Entry]
    var outcome: CommitGroup.Outcome
    /// When its first request was taken, in nanoseconds of uptime.
    var begin: UInt64
    /// The revision before it.
    var base: UInt64

    var changes: Int { Int(clamping: outcome.head.revision - base) }
  }

  private struct State {
    var waiting: [Group] = []
    var isStopping = false
    var listeners: [@Sendable ([Commit]) -> Void] = []
    /// Of the last change that is on disk.
    var durable: UInt64
    var readers: [(revision: UInt64, semaphore: DispatchSemaphore)] = []
    /// Why nothing more is written.
    var fault: StorageError?
    /// Why nobody knows what is on disk.
    var loss: StorageError?
  }

  /// Groups that the writer may be ahead: one on its way to the disk, one behind it.
  private static let groupsMax = 2

  private let state: Mutex<State>
  /// ``State/durable``, for whoever must not wait.
  private let durable: Atomic<UInt64>
  /// Groups that are not on disk yet.
  private let underWay = Atomic(0)
  /// Its thread while that runs, as `pthread_self` names it.
  private let thread = Atomic<pthread_t>(0)
  private let arrival = DispatchSemaphore(value: 0)
  private let places = DispatchSemaphore(value: groupsMax)
  private let finished = DispatchSemaphore(value: 0)
  private let cache: RecordCache
  private let observer: (any StorageObserver)?
  private let synchronize: @Sendable () throws -> Void
  private let onIdle: @Sendable () -> Void

  /// - Parameters:
  ///   - head: the last revision; on disk.
  ///   - synchronize: puts the log on disk.
  ///   - onIdle: called when the disk is done with what it was given.
  init(
    head: UInt64, cache: RecordCache, observer: (any StorageObserver)?,
    synchronize: @escaping @Sendable () throws -> Void, onIdle: @escaping @Sendable () -> Void
  ) {
    state = Mutex(State(durable: head))
    durable = Atomic(head)
    self.cache = cache
    self.observer = observer
    self.synchronize = synchronize
    self.onIdle = onIdle
  }

  func start() {
    let thread = Thread { self.run() }
    thread.name = "guoban-sync"
    thread.start()
  }

  /// Lets the thread finish what is waiting, and waits for it. Once only, after the last ``append(_:)``.
  func stop() {
    state.withLock { $0.isStopping = true }
    arrival.signal()
    finished.wait()
    let released = state.withLock { exchange(&$0.listeners, with: []) }
    withExtendedLifetime(released) {}
  }

  /// The last revision that is on disk.
  var revision: UInt64 { durable.load(ordering: .acquiring) }

  /// Why nothing more is written.
  var fault: StorageError? { state.withLock { $0.fault } }

  /// Whether a completion or a listener asks, which the disk has to wait for: it must not wait for the disk.
  var isCurrentThread: Bool { thread.load(ordering: .relaxed) == pthread_self() }

  /// Has nothing more written. What is committed still goes to the disk.
  func stopWriting(_ fault: StorageError) {
    state.withLock { $0.fault = fault }
  }

  /// Whether a commit now would wait behind another one.
  var isBusy: Bool { underWay.load(ordering: .acquiring) > 0 }

  /// Takes over a group from the writer; waits while two are on their way.
  func append(_ group: Group) {
    places.wait()
    underWay.wrappingAdd(1, ordering: .acquiringAndReleasing)
    state.withLock { $0.waiting.append(group) }
    arrival.signal()
  }

  /// Everything through a revision is on disk, by other ways than a group.
  func adopt(_ revision: UInt64) { _ = advance(to: revision) }

  /// Has `listener` called with every commit after the revision that this gives.
  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 {
    state.withLock { state in
      state.listeners.append(listener)
      return state.durable
    }
  }

  /// Returns when everything through a revision is on disk. Throws when it will not get there.
  func waitUntilDurable(_ revision: UInt64) throws(StorageError) {
    if durable.load(ordering: .acquiring) >= revision { return }
    let semaphore = state.withLock { state -> DispatchSemaphore? in
      guard state.durable < revision, state.loss == nil else { return nil }
      let semaphore = DispatchSemaphore(value: 0)
      state.readers.append((revision, semaphore))
      return semaphore
    }
    semaphore?.wait()
    let (isReached, loss) = state.withLock { ($0.durable >= revision, $0.loss) }
    if !isReached, let loss { throw loss }
  }

  private func run() {
    thread.store(pthread_self(), ordering: .relaxed)
    while true {
      arrival.wait()
      let (groups, isLast) = state.withLock { state in
        (exchange(&state.waiting, with: []), state.isStopping && state.waiting.isEmpty)
      }
      if !groups.isEmpty { finish(groups) }
      if isLast { break }
    }
    // Its name may become another's.
    thread.store(0, ordering: .relaxed)
    finished.signal()
  }

  /// Puts groups on disk together and tells of each, in order.
  private func finish(_ groups: [Group]) {
    var loss = state.withLock { $0.loss }
    if loss == nil, groups.contains(where: \.outcome.hasWritten) {
      do {
        try synchronize()
      } catch {
        loss = lose(.stopped(.io, cause: error))
      }
    }
    let end = DispatchTime.now().uptimeNanoseconds
    underWay.wrappingSubtract(groups.count, ordering: .acquiringAndReleasing)
    onIdle()
    for group in groups {
      tell(group, loss: loss, end: end)
      places.signal()
    }
  }

  /// The disk failed: nobody knows what is on it, and trying again may report a success that is none.
  private func lose(_ loss: StorageError) -> StorageError {
    let readers = state.withLock { state in
      state.fault = loss
      state.loss = loss
      return exchange(&state.readers, with: [])
    }
    for reader in readers { reader.semaphore.signal() }
    return loss
  }

  private func tell(_ group: Group, loss: StorageError?, end: UInt64) {
    var outcome = group.outcome
    if let loss {
      // Also a refusal, or a trial's answer, may rest on what is lost.
      outcome.failure = outcome.failure ?? loss
      outcome.results = outcome.results.map { _ in .failure(loss) }
    } else {
      let commits = Self.commits(of: outcome.results)
      cache.commit(commits.flatMap(\.changes).compactMap(RecordCache.Write.init))
      let listeners = advance(to: outcome.head.revision)
      if !commits.isEmpty { for listener in listeners { listener(commits) } }
    }
    observer?.groupFinished(
      GroupSummary(
        requests: group.entries.count, changes: outcome.failure == nil ? group.changes : 0,
        nanoseconds: end - group.begin, commitNanoseconds: end - min(outcome.commitBegin ?? end, end),
        failure: outcome.failure, callIDs: group.entries.map(\.request.callID)))
    complete(group.entries, outcome.results)
  }

  /// Who listens is looked up together with the change of head, so that nobody misses a commit or hears of one too many.
  private func advance(to revision: UInt64) -> [@Sendable ([Commit]) -> Void] {
    let (listeners, readers) = state.withLock { state in
      let now = max(state.durable, revision)
      state.durable = now
      durable.store(now, ordering: .releasing)
      let readers = state.readers.filter { $0.revision <= now }
      if !readers.isEmpty { state.readers.removeAll { $0.revision <= now } }
      return (state.listeners, readers)
    }
    for reader in readers { reader.semaphore.signal() }
    return listeners
  }

  private static func commits(of results: [CommitGroup.Result]) -> [Commit] {
    results.compactMap { result in
      guard case .success(let outcome) = result, !outcome.replayed else { return nil }
      return Commit(outcome.changes)
    }
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
}
