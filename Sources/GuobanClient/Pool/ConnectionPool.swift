internal import GuobanMessages
internal import GuobanWire
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A client's connections: lends their streams, makes new connections, and forgets those that were lost.
final class ConnectionPool: Sendable {
  typealias Lease = StreamLease<Link>
  typealias Waiter = @Sendable (Result<Lease, CallFailure>) -> Void

  /// A connection and what its server said.
  struct Link: Sendable {
    let connection: ClientConnection
    let terms: ServerTerms
  }

  let configuration: ClientConfiguration
  let environment: ClientEnvironment
  private let connect: @Sendable () async throws(Status) -> Link
  private let state: Mutex<PoolState<Link, Waiter>>
  private let budget: Mutex<RetryBudget>
  private let latest = Mutex<ServerTerms?>(nil)

  init(
    configuration: ClientConfiguration, environment: ClientEnvironment,
    connect: @escaping @Sendable () async throws(Status) -> Link
  ) {
    self.configuration = configuration
    self.environment = environment
    self.connect = connect
    state = Mutex(PoolState(configuration: configuration))
    budget = Mutex(RetryBudget(configuration))
  }

  /// What the server said most lately; nil before the first connection.
  var terms: ServerTerms? { latest.withLock { $0 } }

  /// Whether there is a connection that takes calls.
  var isReady: Bool { state.withLock { $0.isReady } }

  /// A stream for one call, waiting for it until the deadline if need be. Cancelling the task ends the wait.
  func lease(deadline: MonotonicTime) async -> Result<Lease, CallFailure> {
    if let lease = state.withLock({ $0.lease() }) { return .success(lease) }
    let ticket = Mutex<UInt64?>(nil)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let id = wait(deadline: deadline) { continuation.resume(returning: $0) }
        ticket.withLock { $0 = id }
        if let id, Task.isCancelled { stopWaiting(id, .cancelledByCaller) }
      }
    } onCancel: {
      if let id = ticket.withLock({ $0 }) { stopWaiting(id, .cancelledByCaller) }
    }
  }

  /// The same for callers that are told: at once, on this thread, when a stream is free. Gives what ``stopWaiting(_:_:)``
  /// takes, when there is something to wait for.
  @discardableResult
  func lease(deadline: MonotonicTime, _ waiter: @escaping Waiter) -> UInt64? {
    if let lease = state.withLock({ $0.lease() }) {
      waiter(.success(lease))
      return nil
    }
    return wait(deadline: deadline, waiter)
  }

  private func wait(deadline: MonotonicTime, _ waiter: @escaping Waiter) -> UInt64? {
    switch state.withLock({ $0.wait(waiter, now: environment.now()) }) {
    case .refuse(let failure):
      waiter(.failure(failure))
      return nil
    case .wait(let id, let connects):
      if deadline != .distantFuture {
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(deadline: deadline.deadline) { [weak self] in
          self?.stopWaiting(id, Status(.deadlineExceeded, english: "no stream was free in time"))
        }
      }
      if connects { makeConnection() }
      return id
    }
  }

  /// The caller waits no longer.
  func stopWaiting(_ id: UInt64, _ status: Status) {
    let waiter = state.withLock { $0.stopWaiting(id) }
    waiter?(.failure(CallFailure(status: status)))
  }

  /// The call is over.
  func release(_ lease: Lease, _ ending: CallEnding) {
    switch ending {
    case .success: budget.withLock { $0.succeeded() }
    // Heard before the connection itself says that it leaves: whoever tries again must not get it again.
    case .failure(let failure) where failure.isNotRun && failure.status.code == .unavailable: left(lease.slot)
    case .failure: break
    }
    release(lease)
  }

  /// The stream was not used after all.
  func release(_ lease: Lease) {
    carryOut(state.withLock { $0.released(lease, now: environment.now()) })
  }

  /// Whether another retry is within the budget; if so it counts.
  func takeRetry() -> Bool { budget.withLock { $0.take() } }

  /// Closes every connection. Calls that run fail with UNAVAILABLE.
  func close() async { for link in stop() { await link.connection.close() } }

  /// The same without waiting for it.
  func drop() { for link in stop() { link.connection.drop() } }

  private func stop() -> [Link] {
    let (links, step) = state.withLock { $0.close(Status(.cancelled, english: "the client was shut down")) }
    carryOut(step)
    return links
  }

  private func carryOut(_ step: PoolState<Link, Waiter>.Step) {
    for (waiter, lease) in step.lent { waiter(.success(lease)) }
    for (waiter, failure) in step.refused { waiter(.failure(failure)) }
    if step.connects { makeConnection() }
  }

  private func makeConnection() {
    Task {
      do throws(Status) {
        await connected(try await connect())
      } catch {
        let random = environment.random()
        carryOut(state.withLock { $0.failed(error, random: random, now: environment.now()) })
      }
    }
  }

  private func connected(_ link: Link) async {
    latest.withLock { $0 = link.terms }
    let (slot, step) = state.withLock {
      $0.connected(link, streamsMax: Int(link.terms.limits.streamsMax), now: environment.now())
    }
    guard let slot else { return await link.connection.close() }
    carryOut(step)
    link.connection.onLeave { [weak self] _ in self?.left(slot) }
  }

  private func left(_ slot: UInt64) {
    carryOut(state.withLock { $0.left(slot, now: environment.now()) })
  }
}

extension Status {
  static let cancelledByCaller = Status(.cancelled, english: "the call was cancelled")
}
