internal import DequeModule
internal import GuobanWire

/// Decides who may wait for a worker thread: a bounded number, and nobody for longer than a bound or than its own
/// deadline. How long one would wait is reckoned from how long work took of late.
struct WorkerQueue<Work> {
  private let limits: Limits
  private var waiting = Deque<Waiting>()
  private(set) var runningCount = 0
  /// Threads that were called and take one piece of work after the other.
  private var calledCount = 0
  /// How long one piece of work takes, smoothed.
  private var serviceNanoseconds: Int64 = 0

  struct Limits {
    var threads: Int
    var queueMax: Int
    /// Nil: as long as its own deadline allows.
    var waitMax: Duration?
  }

  private struct Waiting {
    var work: Work
    var since: MonotonicTime
  }

  enum Refusal: Equatable {
    /// The queue is full.
    case full
    /// It would wait about this long, or has waited so long.
    case slow(Duration)
  }

  init(_ limits: Limits) { self.limits = limits }

  var waitingCount: Int { waiting.count }

  /// Lets the work wait, or refuses it at once.
  mutating func add(_ work: Work, now: MonotonicTime, deadline: MonotonicTime) -> Refusal? {
    guard waiting.count < limits.queueMax + max(0, limits.threads - runningCount) else { return .full }
    let wait = expectedWait(now)
    guard wait <= limits.waitMax ?? wait, now + wait <= deadline else { return .slow(wait) }
    waiting.append(Waiting(work: work, since: now))
    return nil
  }

  /// Whether a thread more is to come for what waits. It has to call ``take(now:)`` until that gives nothing.
  mutating func callThread() -> Bool {
    guard calledCount < limits.threads else { return false }
    calledCount += 1
    return true
  }

  /// The next work for a thread that is free, and the refusal when it has waited too long. Nil: the thread may go.
  mutating func take(now: MonotonicTime) -> (work: Work, refusal: Refusal?)? {
    guard let first = waiting.popFirst() else {
      calledCount -= 1
      return nil
    }
    runningCount += 1
    let waited = now - first.since
    if let waitMax = limits.waitMax, waited > waitMax { return (first.work, .slow(waited)) }
    return (first.work, nil)
  }

  /// A thread is free again after so long.
  mutating func done(after duration: Duration) {
    runningCount -= 1
    serviceNanoseconds += (duration.wholeNanoseconds - serviceNanoseconds) / Self.smoothing
  }

  private func expectedWait(_ now: MonotonicTime) -> Duration {
    guard waiting.count >= limits.threads - runningCount else { return .zero }
    let turns = Int64(waiting.count - (limits.threads - runningCount) + 1)
    let (product, isOver) = turns.multipliedReportingOverflow(by: serviceNanoseconds)
    let reckoned = Duration.nanoseconds(isOver ? .max : product / Int64(max(1, limits.threads)))
    // When the first in the queue has waited for long already, the next will not be faster.
    let oldest = waiting.first.map { now - $0.since } ?? .zero
    return max(reckoned, oldest)
  }

  private static var smoothing: Int64 { 8 }
}
