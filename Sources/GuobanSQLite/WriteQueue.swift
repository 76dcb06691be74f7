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

  /// Waits for entries and takes at most `limit` of them; none when the queue is closed and empty.
  func take(limit: Int) -> [Entry] {
    while true {
      let (taken, isFinished) = state.withLock { state -> ([Entry], Bool) in
        let taken = Array(state.entries.prefix(limit))
        state.entries.removeFirst(taken.count)
        return (taken, state.isClosed)
      }
      if !taken.isEmpty || isFinished { return taken }
      signal.wait()
    }
  }

  /// Refuses further entries. Those that wait are still taken.
  func close() {
    state.withLock { $0.isClosed = true }
    signal.signal()
  }
}
