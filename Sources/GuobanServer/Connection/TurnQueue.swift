internal import DequeModule
internal import GuobanWire
internal import NIOCore

/// What connections of one event loop have left to do when their turn is over: a turn's time at once, the sockets between.
///
/// An event loop runs every task that is due before it looks at its sockets again. So connections do not come back each
/// with a task of its own: while one had its turn the next would fall due, and nobody else would be heard.
final class TurnQueue {
  /// More than a client's frames take that keeps 16 calls in flight.
  static let turnNanosecondsMax: Int64 = 200_000

  private let eventLoop: any EventLoop
  private var waiting = Deque<() -> Void>()
  private var isScheduled = false

  /// A task that is due at once runs before the sockets are looked at; one that is due a little later runs after, unless
  /// other tasks take longer than that.
  private static let pause = TimeAmount.microseconds(20)

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Has `turn` run after those that wait already.
  func add(_ turn: @escaping () -> Void) {
    waiting.append(turn)
    schedule()
  }

  private func schedule() {
    guard !isScheduled, !waiting.isEmpty else { return }
    isScheduled = true
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    // After what other threads have left for the loop: the pause begins when that is done.
    eventLoop.execute { [eventLoop] in
      eventLoop.scheduleTask(in: Self.pause) { this.value.run() }
    }
  }

  /// As many turns as fit in the time of one, since most are short, each once. Schedules last: the pause begins when they
  /// have ended.
  private func run() {
    let end = MonotonicTime.now() + .nanoseconds(Self.turnNanosecondsMax)
    for _ in waiting.indices {
      waiting.popFirst()?()
      if MonotonicTime.now() >= end { break }
    }
    isScheduled = false
    schedule()
  }
}

/// The queue of each event loop.
struct TurnQueues: Sendable {
  private let queues: [NIOLoopBoundBox<TurnQueue>]

  init(_ eventLoops: [any EventLoop]) {
    queues = eventLoops.map { .makeBoxSendingValue(TurnQueue($0), eventLoop: $0) }
  }

  /// Of the loop that runs this.
  func queue(of eventLoop: any EventLoop) -> TurnQueue {
    // A channel without a socket, in a test, has a loop of its own.
    queues.first { $0.eventLoop === eventLoop }?.value ?? TurnQueue(eventLoop)
  }
}
