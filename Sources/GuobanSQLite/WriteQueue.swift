internal import DequeModule
internal import Dispatch
internal import GuobanStorage
internal import Synchronization

/// Write requests on their way to the writer: bounded, first in first out.
final class WriteQueue: Sendable {
  /// A request and whom to tell.
  struct Entry: Sendable {
    var request: WriteRequest
    var completion: @Sendable (Result<WriteOutcome, any Error>) -> Void
  }

  private struct State {
    var entries: Deque<Entry> = []
    var isClosed = false
    /// The writer waits for ``signal``.
    var isAwaited = false
  }

  private let state = Mutex(State())
  private let signal = DispatchSemaphore(value: 0)
  private let entriesMax: Int

  init(entriesMax: Int) {
    self.entriesMax = entriesMax
  }

  /// How many entries wait.
  var count: Int { state.withLock { $0.entries.count } }

  /// Takes an entry in, or says why not.
  func append(_ entry: Entry) throws(StorageError) {
    let (refusal, isAwaited) = state.withLock { state -> (StorageError?, Bool) in
      if state.isClosed { return (StorageError(.closed, "the store is closed"), false) }
      guard state.entries.count < entriesMax else {
        let error = StorageError(
          .overloaded, "正在等待写入的请求已有 \(entriesMax) 个（上限），请稍后重试",
          "\(entriesMax) requests wait to be written already, the most that may; try again later")
        return (error, false)
      }
      state.entries.append(entry)
      return (nil, exchange(&state.isAwaited, with: false))
    }
    if let refusal { throw refusal }
    if isAwaited { signal.signal() }
  }

  /// Waits for an entry and takes it; nil when the queue is closed and empty.
  func take() -> Entry? { take(while: { true }) }

  /// Takes an entry; when there is none, waits for one as long as `isWorthWhile` says so and the queue is open. It is asked
  /// again after ``wake()``.
  func take(while isWorthWhile: () -> Bool) -> Entry? {
    while true {
      let (entry, isOver) = state.withLock { state -> (Entry?, Bool) in
        if let entry = state.entries.popFirst() { return (entry, false) }
        if state.isClosed { return (nil, true) }
        state.isAwaited = true
        return (nil, false)
      }
      if entry != nil || isOver { return entry }
      guard isWorthWhile() else { return giveUp() }
      signal.wait()
    }
  }

  /// An entry that came while the writer asked whether to wait; it leaves no signal behind.
  private func giveUp() -> Entry? {
    let (entry, wasAwaited) = state.withLock { state in
      (state.entries.popFirst(), exchange(&state.isAwaited, with: false))
    }
    if !wasAwaited { signal.wait() }
    return entry
  }

  /// Has the writer look again whether it waits for the right thing.
  func wake() {
    if state.withLock({ exchange(&$0.isAwaited, with: false) }) { signal.signal() }
  }

  /// Refuses further entries. Those that wait are still taken.
  func close() {
    state.withLock { $0.isClosed = true }
    wake()
  }
}
