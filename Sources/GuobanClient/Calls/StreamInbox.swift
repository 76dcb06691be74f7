internal import GuobanWire
internal import Synchronization

/// Messages of one stream that have arrived and not been consumed. The stream's credit bounds them.
final class StreamInbox: Sendable {
  private let state = Mutex(State())

  private struct State {
    var messages: [[UInt8]] = []
    var head = 0
    var ending: Result<[UInt8], Status>?
    var waiter: CheckedContinuation<Void, Never>?
    var credit = ReceiveCredit(batchBytes: .max)
  }

  /// What there is for a consumer.
  enum Item {
    case message([UInt8], credit: Int?)
    case end
    case failure(Status)
  }

  /// The call has a connection, which gives streams so much credit.
  func begin(creditBytes: Int) { state.withLock { $0.credit = ReceiveCredit(batchBytes: creditBytes / 2) } }

  func push(_ message: [UInt8]) {
    change { $0.messages.append(message) }
  }

  /// The stream has ended. A message in the reply itself is the last one; the first ending counts.
  func finish(_ result: Result<[UInt8], Status>) {
    change { state in
      guard state.ending == nil else { return }
      state.ending = result
      if case .success(let last) = result, !last.isEmpty { state.messages.append(last) }
    }
  }

  /// The next item, waiting for it if need be. One consumer at a time.
  func next() async -> Item {
    while true {
      if let item = take() { return item }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          guard state.head == state.messages.count, state.ending == nil else { return true }
          precondition(state.waiter == nil, "a stream has one consumer")
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  private func take() -> Item? {
    state.withLock { state in
      if state.head < state.messages.count {
        let message = exchange(&state.messages[state.head], with: [])
        state.head += 1
        if state.head == state.messages.count {
          state.messages = []
          state.head = 0
        }
        return .message(message, credit: state.credit.add(message.count))
      }
      switch state.ending {
      case nil: return nil
      case .success: return .end
      case .failure(let status): return .failure(status)
      }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiter = state.withLock { state in
      body(&state)
      return exchange(&state.waiter, with: nil)
    }
    waiter?.resume()
  }
}
