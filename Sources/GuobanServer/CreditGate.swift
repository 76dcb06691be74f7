internal import Dispatch
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// Where senders of Data wait for room. Threads may wait; event loops ask to be called.
final class CreditGate: Sendable {
  private let state: Mutex<State>

  private struct State {
    var flow: FlowControl
    var isClosed = false
    var waiting: [DispatchSemaphore] = []
    var listeners: [UInt32: @Sendable () -> Void] = [:]
  }

  init(_ flow: FlowControl) {
    state = Mutex(State(flow: flow))
  }

  /// Waits on this thread until the message may be sent.
  func take(_ bytes: Int, for call: ServerCall) throws(Status) {
    let semaphore = DispatchSemaphore(value: 0)
    while true {
      let taken = state.withLock { state -> Bool? in
        guard !state.isClosed, state.flow.isOpen(call.streamID) else { return nil }
        if state.flow.take(bytes, call.streamID) { return true }
        state.waiting.append(semaphore)
        return false
      }
      guard let taken else { throw Status(.cancelled, "the call is over") }
      if taken { return }
      // Looked at after the semaphore is in the list: whoever cancels does that first and wakes everybody then.
      try call.checkCancellation()
      semaphore.wait()
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

  /// Lets everybody who waits look again at whether the call still counts.
  func wake() { update { _ in } }

  func written(_ bytes: Int) { update { $0.flow.written(bytes) } }

  func close() {
    update { state in
      state.isClosed = true
      state.listeners = [:]
    }
  }

  /// Changes something, then wakes all who may go on because of it. On the event loop.
  private func update(_ change: (inout State) -> Void) {
    let (semaphores, listeners) = state.withLock { state in
      change(&state)
      let ready = state.listeners.filter { state.flow.hasRoom($0.key) }
      for stream in ready.keys { state.listeners[stream] = nil }
      return (exchange(&state.waiting, with: []), Array(ready.values))
    }
    for semaphore in semaphores { semaphore.signal() }
    for listener in listeners { listener() }
  }
}
