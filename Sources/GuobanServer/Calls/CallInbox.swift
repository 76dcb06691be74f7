internal import DequeModule
internal import Dispatch
internal import GuobanWire
internal import Synchronization

/// The messages of a client-streaming call on their way to its handler. The connection puts them in and never waits; the
/// handler takes them out on a thread, or is called on the event loop.
final class CallInbox: Sendable {
  /// Counted for every message that waits, beside its bytes: what an array costs.
  static let messageOverheadBytes = 64

  private let state: Mutex<State>

  private struct State {
    var waiting = Deque<Message>()
    var isEnded: Bool
    var isClosed = false
    var isDelivering = false
    var reader: DispatchSemaphore?
    var onMessage: (@Sendable ([UInt8]) -> Void)?
    var onEnd: (@Sendable () -> Void)?
  }

  struct Message {
    var bytes: [UInt8]
    /// Whether the client spent credit for it; the message of Call costs none.
    var isCredited: Bool
  }

  /// What a listener is to hear.
  enum Delivery {
    case message(Message, @Sendable ([UInt8]) -> Void)
    case end(@Sendable () -> Void)
  }

  init(first: [UInt8]?, isEnded: Bool) {
    var state = State(isEnded: isEnded)
    if let first { state.waiting.append(Message(bytes: first, isCredited: false)) }
    self.state = Mutex(state)
  }

  /// A frame brought a message, the end, or both. False when the call is over.
  func put(_ message: [UInt8]?, isLast: Bool) -> Bool {
    update { state in
      guard !state.isClosed else { return false }
      if let message { state.waiting.append(Message(bytes: message, isCredited: true)) }
      if isLast { state.isEnded = true }
      return true
    }
  }

  /// Waits on this thread for the next message; nil after the last.
  func take(for call: ServerCall, timeout: Duration) throws(Status) -> Message? {
    let semaphore = DispatchSemaphore(value: 0)
    let end = DispatchTime.now() + .nanoseconds(Int(timeout.wholeNanoseconds))
    while true {
      let next = state.withLock { state -> Message?? in
        if let message = state.waiting.popFirst() { return .some(message) }
        if state.isEnded || state.isClosed { return .some(nil) }
        state.reader = semaphore
        return nil
      }
      // Looked at after the semaphore is there: whoever cancels does that first and wakes the reader then.
      try call.checkCancellation()
      if let next { return next }
      guard semaphore.wait(timeout: end) == .success else { throw .stalled(after: timeout, "sends nothing") }
    }
  }

  func listen(onMessage: @escaping @Sendable ([UInt8]) -> Void) { update { $0.onMessage = onMessage } }

  func listen(onEnd: @escaping @Sendable () -> Void) { update { $0.onEnd = onEnd } }

  /// What the listeners are to hear next. Between this and ``delivered()`` nobody else gets anything.
  func nextDelivery() -> Delivery? {
    state.withLock { state in
      guard !state.isDelivering, !state.isClosed else { return nil }
      if let listener = state.onMessage, let message = state.waiting.popFirst() {
        state.isDelivering = true
        return .message(message, listener)
      }
      if state.isEnded, state.waiting.isEmpty, let listener = exchange(&state.onEnd, with: nil) {
        state.isDelivering = true
        return .end(listener)
      }
      return nil
    }
  }

  func delivered() { state.withLock { $0.isDelivering = false } }

  /// Has a thread that waits look at its call again.
  func wake() { update { _ in } }

  /// Lets the listeners go, and gives the bytes that are still held.
  func close() -> Int {
    // What the listeners own is let go outside the lock.
    let old = update { state in
      let old = state
      state = State(isEnded: true, isClosed: true, isDelivering: old.isDelivering)
      return old
    }
    return old.waiting.reduce(0) { $0 + ($1.isCredited ? $1.heldBytes : 0) }
  }

  private func update<Result>(_ change: (inout State) -> Result) -> Result {
    let (result, reader) = state.withLock { state in
      let reader = exchange(&state.reader, with: nil)
      return (change(&state), reader)
    }
    reader?.signal()
    return result
  }
}

extension CallInbox.Message {
  /// What it counts for while it waits.
  var heldBytes: Int { bytes.count + CallInbox.messageOverheadBytes }
}
