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
    let (refusal, wasEmpty) = state.withLock { state -> (StorageError?, Bool) in
      if state.isClosed { return (StorageError(.closed, "the store is closed"), false) }
      guard state.entries.count < entriesMax else {
        let message = "正在等待写入的请求已有 \(entriesMax) 个（上限），请稍后重试"
        return (StorageError(.overloaded, message), false)
      }
      state.entries.append(entry)
      return (nil, state.entries.count == 1)
    }
    if let refusal { throw refusal }
    if wasEmpty { signal.signal() }
  }

  /// Waits for an entry and takes it; nil when the queue is closed and empty.
  func take() -> Entry? {
    while true {
      let (entry, isFinished) = state.withLock { ($0.entries.popFirst(), $0.isClosed) }
      if entry != nil || isFinished { return entry }
      signal.wait()
    }
  }

  /// Takes an entry that is here already.
  func takeNow() -> Entry? { state.withLock { $0.entries.popFirst() } }

  /// Refuses further entries. Those that wait are still taken.
  func close() {
    state.withLock { $0.isClosed = true }
    signal.signal()
  }
}
