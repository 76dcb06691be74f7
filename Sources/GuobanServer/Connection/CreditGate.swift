internal import Dispatch
internal import GuobanWire
internal import Synchronization

/// Where senders of Data wait for room. Threads may wait; event loops ask to be called.
final class CreditGate: Sendable {
  private let state: Mutex<State>
  private let stallTimeout: Duration

  private struct State {
    var flow: FlowControl
    var isClosed = false
    var waiting: [Waiting] = []
    var listeners: [UInt32: @Sendable () -> Void] = [:]
  }

  /// A thread that waits for room.
  private struct Waiting {
    var stream: UInt32
    var bytes: Int
    var semaphore: DispatchSemaphore
  }

  /// `stallTimeout`: how long a thread may wait.
  init(_ flow: FlowControl, stallTimeout: Duration) {
    state = Mutex(State(flow: flow))
    self.stallTimeout = stallTimeout
  }

  /// Waits on this thread until the message may be sent.
  func take(_ bytes: Int, for call: ServerCall) throws(Status) {
    let semaphore = DispatchSemaphore(value: 0)
    let end = DispatchTime.now() + .nanoseconds(Int(stallTimeout.wholeNanoseconds))
    while true {
      let taken = state.withLock { state -> Bool? in
        guard !state.isClosed, state.flow.isOpen(call.streamID) else { return nil }
        if state.flow.take(bytes, call.streamID) { return true }
        state.waiting.append(Waiting(stream: call.streamID, bytes: bytes, semaphore: semaphore))
        return false
      }
      guard let taken else { throw Status(.cancelled, "调用已结束", "the call is over") }
      if taken { return }
      do throws(Status) {
        // Looked at after the semaphore is in the list: whoever cancels does that first and wakes the call's thread then.
        try call.checkCancellation()
        guard semaphore.wait(timeout: end) == .success else {
          throw .stalled(after: stallTimeout, "takes no more Data")
        }
      } catch {
        state.withLock { $0.waiting.removeAll { $0.semaphore === semaphore } }
        throw error
      }
    }
  }

  /// Takes room if there is any, without waiting.
  func takeNow(_ bytes: Int, stream: UInt32) -> Bool {
    state.withLock { !$0.isClosed && $0.flow.take(bytes, stream) }
  }

  /// Has `body` called on the event loop, once, when the stream has room.
  func onRoom(_ stream: UInt32, _ body: @escaping @Sendable () -> Void) {
    update { $0.listeners[stream] = body }
  }

  func open(_ stream: UInt32) { state.withLock { $0.flow.open(stream) } }

  func close(_ stream: UInt32) {
    update { state in
      state.flow.close(stream)
      state.listeners[stream] = nil
    }
  }

  func grant(_ bytes: Int, _ stream: UInt32) { update { $0.flow.grant(bytes, stream) } }

  /// Lets a stream's threads, or all, look again at whether their call still counts.
  func wake(_ stream: UInt32? = nil) { update(alsoWaking: { stream == nil || $0.stream == stream }) { _ in } }

  /// Messages that wait no more.
  func dequeued(_ messages: [(stream: UInt32, bytes: Int)]) {
    update { state in
      for message in messages { state.flow.dequeued(message.bytes, message.stream) }
    }
  }

  func close() {
    update { state in
      state.isClosed = true
      state.listeners = [:]
    }
  }

  /// Changes something, then wakes those who may go on because of it, and no others: a thread that wakes in vain costs
  /// more than a message. On the event loop.
  private func update(alsoWaking: (Waiting) -> Bool = { _ in false }, _ change: (inout State) -> Void) {
    let (semaphores, listeners) = state.withLock { state -> ([DispatchSemaphore], [@Sendable () -> Void]) in
      change(&state)
      let ready = state.listeners.isEmpty ? [:] : state.listeners.filter { state.flow.hasRoom($0.key) }
      for stream in ready.keys { state.listeners[stream] = nil }
      if state.waiting.isEmpty { return ([], Array(ready.values)) }
      let end = state.waiting.partition {
        state.isClosed || !state.flow.isOpen($0.stream) || state.flow.hasRoom($0.stream, for: $0.bytes)
          || alsoWaking($0)
      }
      let woken = state.waiting[end...].map(\.semaphore)
      state.waiting.removeSubrange(end...)
      return (woken, Array(ready.values))
    }
    for semaphore in semaphores { semaphore.signal() }
    for listener in listeners { listener() }
  }
}

extension Status {
  /// A client that keeps a call's thread waiting; `what` is what it does not do.
  static func stalled(after timeout: Duration, _ what: String) -> Status {
    Status(
      .deadlineExceeded, english: "the client \(what) for \(timeout.wholeMilliseconds) ms (stream_stall_timeout)"
    ).reason("STREAM_STALLED")
  }
}
