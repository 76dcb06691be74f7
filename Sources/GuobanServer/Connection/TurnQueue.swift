internal import DequeModule
internal import GuobanWire
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// What one event loop does between two looks at its sockets: as much as fits in a round, the rest in rounds to come.
///
/// An event loop deals with all sockets that are ready, and runs every task that is due, before it looks at its sockets
/// again: some hundred connections that close, or threads that leave answers all the time, and nobody else is heard for
/// tens of milliseconds. So whoever has something to do asks for a turn.
final class TurnQueue {
  /// More than a client's frames take that keeps 16 calls in flight.
  static let turnNanosecondsMax: Int64 = 200_000
  /// Where a round is nearly over, and for who floods.
  static let turnNanosecondsMin: Int64 = 30_000
  /// Within this, the next turn begins at once.
  static let roundNanosecondsMax: Int64 = 100_000

  /// Of a round, for those who wait patiently.
  private static let patientNanosecondsMin: Int64 = 50_000
  private static let leavingNanosecondsMax: Int64 = 50_000

  /// Hears when it must rest: that may be at once.
  typealias Turn = (_ end: MonotonicTime) -> Void

  enum Kind {
    /// Of a connection that hears from its calls, or of the next arrival: soon.
    case prompt
    /// Of one that has had a turn, is not known yet, or whose alarm rang: after the others, but at least one in every
    /// round.
    case patient
    /// Of one that leaves: at least one in every round, and few. Hundreds may leave at once, and nobody waits for it.
    case leaving
  }

  /// Of the loop, like this queue: connections find both in the same place.
  let batch: LetterBatch
  private let eventLoop: any EventLoop
  /// Nil for a loop without sockets, as a test has: its rounds come with the time.
  private var look: NextLook?
  private var prompt = Deque<Turn>()
  private var patient = Deque<Turn>()
  private var leaving = Deque<Turn>()
  /// When the first turn of this round began.
  private var roundStart: MonotonicTime?
  private var isScheduled = false

  private static let pause = TimeAmount.microseconds(3)

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    batch = LetterBatch(eventLoop)
  }

  /// From now on rounds end where the loop looks at its sockets, and somebody calls ``roundEnded()``.
  func watchLooks() -> EventLoopFuture<Void> {
    let look = NextLook { [weak self] in self?.run() }
    self.look = look
    return look.open(on: eventLoop)
  }

  /// Somebody who cannot wait has something to do: when it must rest. On the event loop.
  func begin(_ now: MonotonicTime) -> MonotonicTime {
    let start = roundStart ?? now
    roundStart = start
    // Among many who come at once nobody waits less for the others' turns being short, which costs all of them time.
    let taken = max(now.nanoseconds(since: start), Self.roundNanosecondsMax)
    return now.advanced(byNanoseconds: min(taken, Self.turnNanosecondsMax))
  }

  /// The same for somebody who can; nil: it has to ask for a turn.
  func beginIfThereIsTime(_ now: MonotonicTime) -> MonotonicTime? {
    // Not before those who came earlier.
    guard prompt.isEmpty, patient.isEmpty else { return nil }
    if let roundStart, look != nil, now.nanoseconds(since: roundStart) >= Self.roundNanosecondsMax { return nil }
    return begin(now)
  }

  /// Has `turn` run in one of the next rounds, after those of its kind that wait already.
  func add(_ kind: Kind, _ turn: @escaping Turn) {
    switch kind {
    case .prompt: prompt.append(turn)
    case .patient: patient.append(turn)
    case .leaving: leaving.append(turn)
    }
    schedule()
  }

  /// The loop is about to look at its sockets.
  func roundEnded() { roundStart = nil }

  private func schedule() {
    guard !isScheduled, !prompt.isEmpty || !patient.isEmpty || !leaving.isEmpty else { return }
    isScheduled = true
    if let look { return look.ask() }
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: Self.pause) { this.value.run() }
  }

  /// Those who wait have a round's time, whatever those took who came in this one.
  private func run() {
    isScheduled = false
    var now = MonotonicTime.now()
    let end = now.advanced(byNanoseconds: Self.roundNanosecondsMax)
    roundStart = roundStart ?? now
    give(\.prompt, until: end, &now)
    // One at least, and a little time, however late it is.
    give(\.patient, until: max(end, now.advanced(byNanoseconds: Self.patientNanosecondsMin)), &now)
    give(\.leaving, until: now.advanced(byNanoseconds: Self.leavingNanosecondsMax), &now)
    schedule()
  }

  /// Turns of those who are in this line now: they may come back to it.
  private func give(
    _ line: ReferenceWritableKeyPath<TurnQueue, Deque<Turn>>, until end: MonotonicTime, _ now: inout MonotonicTime
  ) {
    for _ in self[keyPath: line].indices {
      let turn = self[keyPath: line].popFirst()
      turn?(max(end, now.advanced(byNanoseconds: Self.turnNanosecondsMin)))
      now = .now()
      if now >= end { return }
    }
  }
}

/// The queue of each event loop of a group, which says when a loop looks at its sockets.
final class TurnQueues: NIOEventLoopMetricsDelegate {
  private let queues = Mutex<[ObjectIdentifier: NIOLoopBoundBox<TurnQueue>]>([:])

  /// Of the loops of `group`, whose delegate this is. Throws where the process may open no more files.
  func serve(_ group: MultiThreadedEventLoopGroup) async throws {
    guard queues.withLock(\.isEmpty) else { return }
    var made: [ObjectIdentifier: NIOLoopBoundBox<TurnQueue>] = [:]
    for eventLoop in group.makeIterator() {
      made[ObjectIdentifier(eventLoop)] = try await eventLoop.flatSubmit {
        let queue = TurnQueue(eventLoop)
        let box = NIOLoopBoundBox(queue, eventLoop: eventLoop)
        return queue.watchLooks().map { box }
      }.get()
    }
    queues.withLock { $0 = made }
  }

  /// The loops have ended.
  func stop() { queues.withLock { $0 = [:] } }

  /// Of the loop that runs this.
  func queue(of eventLoop: any EventLoop) -> TurnQueue {
    // A channel without a socket, in a test, has a loop of its own.
    queue(ObjectIdentifier(eventLoop)) ?? TurnQueue(eventLoop)
  }

  func processedTick(info: NIOEventLoopTickInfo) { queue(info.eventLoopID)?.roundEnded() }

  private func queue(_ eventLoop: ObjectIdentifier) -> TurnQueue? { queues.withLock { $0[eventLoop] }?.value }
}
