internal import GuobanMessages
internal import GuobanWire

/// Which call gets which connection, without sockets or a clock.
///
/// A connection is used up to the streams that its server allows; another is opened when all are in use. While none can be
/// made, callers hear why at once, and after a growing wait the next of them has it tried again.
struct PoolState<Connection, Waiter> {
  typealias Lease = StreamLease<Connection>

  let configuration: ClientConfiguration
  private var slots: [Slot] = []
  private var waiting: [(id: UInt64, waiter: Waiter)] = []
  private var isConnecting = false
  private var failures = 0
  private var lastFailure: Status?
  private var retryAt: MonotonicTime?
  private var lastID: UInt64 = 0
  private var closing: Status?

  private struct Slot {
    let id: UInt64
    let connection: Connection
    let streamsMax: Int
    var streams = 0
  }

  /// What there is to do after something happened.
  struct Step {
    var lent: [(Waiter, Lease)] = []
    var refused: [(Waiter, CallFailure)] = []
    var connects = false
  }

  /// What a caller gets that no stream was free for.
  enum Answer {
    case wait(UInt64, connects: Bool)
    case refuse(CallFailure)
  }

  init(configuration: ClientConfiguration) { self.configuration = configuration }

  /// Whether there is a connection that takes calls.
  var isReady: Bool { !slots.isEmpty }

  /// A stream of the least used connection; nil when none is free.
  mutating func lease() -> Lease? {
    guard waiting.isEmpty, closing == nil else { return nil }
    return takeStream()
  }

  /// Waits for a stream, after ``lease()`` had none.
  mutating func wait(_ waiter: Waiter, now: MonotonicTime) -> Answer {
    if let closing { return .refuse(CallFailure(status: closing)) }
    if slots.isEmpty, !isConnecting, let retryAt, now < retryAt, let lastFailure {
      return .refuse(CallFailure(status: lastFailure, isNotRun: true, retryAfter: retryAt - now))
    }
    guard waiting.count < configuration.callsWaitingMax else {
      return .refuse(
        CallFailure(
          status: Status(
            .resourceExhausted, english: "\(waiting.count) calls wait for a stream already (callsWaitingMax)"),
          isNotRun: true))
    }
    lastID += 1
    waiting.append((lastID, waiter))
    return .wait(lastID, connects: startsConnecting(now))
  }

  /// A caller waits no longer; gives it back unless it has had its answer.
  mutating func stopWaiting(_ id: UInt64) -> Waiter? {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
    return waiting.remove(at: index).waiter
  }

  /// A connection was made. The slot's id is for ``left(_:now:)``; nil when the pool was closed meanwhile.
  mutating func connected(_ connection: Connection, streamsMax: Int, now: MonotonicTime) -> (UInt64?, Step) {
    isConnecting = false
    guard closing == nil else { return (nil, Step()) }
    failures = 0
    retryAt = nil
    lastID += 1
    slots.append(Slot(id: lastID, connection: connection, streamsMax: max(1, streamsMax)))
    return (lastID, handOut(now))
  }

  /// No connection could be made.
  mutating func failed(_ status: Status, random: Double, now: MonotonicTime) -> Step {
    isConnecting = false
    failures += 1
    lastFailure = status
    let backoff = configuration.connectBackoff.delay(failures: failures, random: random)
    // A daemon that is full says when there may be room.
    let delay = max(backoff, status.retryDelay(limits: .standard) ?? .zero)
    retryAt = now + delay
    guard slots.isEmpty else { return Step() }
    let failure = CallFailure(status: status, isNotRun: true, retryAfter: delay)
    return Step(refused: exchange(&waiting, with: []).map { ($0.waiter, failure) })
  }

  /// A connection takes no new calls any more.
  mutating func left(_ slot: UInt64, now: MonotonicTime) -> Step {
    slots.removeAll { $0.id == slot }
    return handOut(now)
  }

  /// A call is over. A lease of a connection that has left counts no more.
  mutating func released(_ lease: Lease, now: @autoclosure () -> MonotonicTime) -> Step {
    guard let index = slots.firstIndex(where: { $0.id == lease.slot }) else { return Step() }
    slots[index].streams -= 1
    return waiting.isEmpty ? Step() : handOut(now())
  }

  /// No more calls; gives the connections to close.
  mutating func close(_ status: Status) -> ([Connection], Step) {
    closing = closing ?? status
    let failure = CallFailure(status: status)
    return (
      exchange(&slots, with: []).map(\.connection),
      Step(refused: exchange(&waiting, with: []).map { ($0.waiter, failure) })
    )
  }

  private mutating func handOut(_ now: MonotonicTime) -> Step {
    var step = Step()
    while let first = waiting.first, let lease = takeStream() {
      waiting.removeFirst()
      step.lent.append((first.waiter, lease))
    }
    step.connects = startsConnecting(now)
    return step
  }

  private mutating func takeStream() -> Lease? {
    var best: Int?
    for index in slots.indices where slots[index].streams < slots[index].streamsMax {
      if best.map({ slots[index].streams < slots[$0].streams }) ?? true { best = index }
    }
    guard let best else { return nil }
    slots[best].streams += 1
    return Lease(slot: slots[best].id, connection: slots[best].connection)
  }

  private mutating func startsConnecting(_ now: MonotonicTime) -> Bool {
    guard !waiting.isEmpty, !isConnecting, closing == nil, slots.count < configuration.connectionsMax,
      retryAt.map({ now >= $0 }) ?? true
    else { return false }
    isConnecting = true
    return true
  }
}

/// The right to one stream of a connection. Whoever has it gives it back.
struct StreamLease<Connection> {
  let slot: UInt64
  let connection: Connection
}

extension StreamLease: Sendable where Connection: Sendable {}
