internal import GuobanMessages
internal import GuobanWire
internal import Synchronization

/// A call with more than one message, from the caller's wish to its end: waits for a connection, passes on what the caller
/// sends, keeps what arrives until it is consumed.
final class StreamCall: Sendable {
  private let request: CallRequest
  private let pool: ConnectionPool
  private let inbox = StreamInbox()
  private let state = Mutex(State())

  private struct State {
    var place = Place.waiting(ticket: nil)
    var attempt = 0
    /// Messages that the caller sent before there was a connection.
    var early: [[UInt8]] = []
    /// Who waits for a message to be on its way, the oldest first.
    var senders: [CheckedContinuation<Result<Void, Status>, Never>] = []
    var hasSent = false
    var isSendingEnded = false
  }

  private enum Place {
    case waiting(ticket: UInt64?)
    /// The connection is being told.
    case opening(ConnectionPool.Lease)
    case open(ConnectionPool.Lease, UInt32)
    case over(Status?)
  }

  init(_ request: CallRequest, pool: ConnectionPool) {
    self.request = request
    self.pool = pool
    if !request.sendsMore { state.withLock { $0.isSendingEnded = true } }
  }

  /// Looks for a connection. On one that is ready the call is opened before this returns.
  func start() {
    let attempt = state.withLock { state in
      state.attempt += 1
      return state.attempt
    }
    let ticket = pool.lease(deadline: request.deadline) { [self] result in
      switch result {
      case .success(let lease): open(lease, attempt)
      case .failure(let failure): finished(.failure(CallFailure(status: failure.status)))
      }
    }
    guard let ticket else { return }
    state.withLock { state in
      if case .waiting = state.place, state.attempt == attempt { state.place = .waiting(ticket: ticket) }
    }
  }

  private func open(_ lease: ConnectionPool.Lease, _ attempt: Int) {
    let isWanted = state.withLock { state in
      guard case .waiting = state.place, state.attempt == attempt else { return false }
      state.place = .opening(lease)
      return true
    }
    guard isWanted else { return pool.release(lease) }
    let link = lease.connection
    inbox.begin(creditBytes: Int(link.terms.limits.streamCreditBytes))
    let frame: RPC.Call
    let takesData: Bool
    do throws(Status) {
      frame = try request.frame(link.terms, now: pool.environment.now())
      takesData = try link.terms.method(request.method).serverStreaming
    } catch {
      return finished(.failure(CallFailure(status: error)))
    }
    let deadline = request.deadline + pool.configuration.deadlineGrace
    guard let id = link.connection.open(frame, .stream(self), takesData: takesData, deadline: deadline) else { return }
    state.withLock { state in
      guard case .opening(let current) = state.place, current.slot == lease.slot, state.attempt == attempt else {
        return
      }
      state.place = .open(lease, id)
      for message in exchange(&state.early, with: []) { link.connection.send(id, message) }
      if request.sendsMore, state.isSendingEnded { link.connection.endSending(id) }
    }
  }

  // MARK: The caller

  /// Sends one more message and returns when it is on its way: the daemon's credit has allowed it. One after the other.
  func send(_ message: [UInt8]) async throws(Status) {
    if let terms = pool.terms { try terms.checkSize(message) }
    let result: Result<Void, Status> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let refusal = state.withLock { state -> Status? in
          if case .over(let status) = state.place { return status ?? .answered }
          if state.isSendingEnded {
            return Status(.failedPrecondition, english: "the caller has said that nothing follows")
          }
          state.hasSent = true
          state.senders.append(continuation)
          if case .open(let lease, let id) = state.place {
            lease.connection.connection.send(id, message)
          } else {
            state.early.append(message)
          }
          return nil
        }
        if let refusal { continuation.resume(returning: .failure(refusal)) }
      }
    } onCancel: {
      cancel()
    }
    try result.get()
  }

  /// Nothing follows.
  func endSending() {
    state.withLock { state in
      guard !state.isSendingEnded else { return }
      state.isSendingEnded = true
      if case .open(let lease, let id) = state.place { lease.connection.connection.endSending(id) }
    }
  }

  /// The next message, waiting for it; nil at the end. Cancelling the task cancels the call.
  func next() async throws(Status) -> [UInt8]? {
    let item = await withTaskCancellationHandler {
      await inbox.next()
    } onCancel: {
      cancel()
    }
    switch item {
    case .message(let message, let credit):
      if let credit, case .open(let lease, let id) = state.withLock({ $0.place }) {
        lease.connection.connection.consumed(id, bytes: credit)
      }
      return message
    case .end: return nil
    case .failure(let status): throw status
    }
  }

  /// Nobody wants it any more. Does nothing when it is over.
  func cancel() {
    let place = state.withLock { $0.place }
    switch place {
    case .waiting(let ticket):
      if let ticket { pool.stopWaiting(ticket, .cancelledByCaller) }
      finished(.failure(CallFailure(status: .cancelledByCaller)))
    case .opening: finished(.failure(CallFailure(status: .cancelledByCaller)))
    case .open(let lease, let id): lease.connection.connection.cancel(id)
    case .over: break
    }
  }

  // MARK: The connection

  func deliver(_ message: [UInt8]) { inbox.push(message) }

  /// The oldest message is on its way.
  func accepted() {
    let sender = state.withLock { state in
      state.senders.isEmpty ? nil : state.senders.removeFirst()
    }
    sender?.resume(returning: .success(()))
  }

  /// The call is over on its connection; one that the server has not begun with may go to another.
  func finished(_ ending: CallEnding) {
    let (lease, starts, senders) = state.withLock {
      state -> (ConnectionPool.Lease?, Bool, [CheckedContinuation<Result<Void, Status>, Never>]) in
      var used: ConnectionPool.Lease?
      switch state.place {
      case .over: return (nil, false, [])
      case .waiting: break
      case .opening(let lease), .open(let lease, _): used = lease
      }
      if case .failure(let failure) = ending, failure.isNotRun, !state.hasSent, used != nil,
        state.attempt < pool.configuration.attemptsMax
      {
        state.place = .waiting(ticket: nil)
        return (used, true, [])
      }
      var status: Status?
      if case .failure(let failure) = ending { status = failure.status }
      state.place = .over(status)
      state.early = []
      return (used, false, exchange(&state.senders, with: []))
    }
    if let lease { pool.release(lease, ending) }
    if starts { return start() }
    for sender in senders {
      if case .failure(let failure) = ending {
        sender.resume(returning: .failure(failure.status))
      } else {
        sender.resume(returning: .failure(.answered))
      }
    }
    inbox.finish(ending.mapError(\.status))
  }
}

extension Status {
  /// For a caller that goes on sending.
  fileprivate static let answered = Status(.cancelled, english: "the daemon has answered, and takes no more messages")
}
