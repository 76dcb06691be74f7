internal import GuobanWire
internal import NIOPosix
internal import Synchronization

/// A fixed number of threads with a bounded queue in front.
final class WorkerPool: Sendable {
  /// Gets nil when it may work, or why it may not any more.
  typealias Work = @Sendable (Status?) -> Void

  private let threads: NIOThreadPool
  private let queue: Mutex<WorkerQueue<Work>>

  /// `queueMax` is how many may wait while every thread is busy, `queueTimeout` how long; nil: as long as its own
  /// deadline allows.
  init(threads count: Int, queueMax: Int, queueTimeout: Duration?) {
    threads = NIOThreadPool(numberOfThreads: count)
    queue = Mutex(WorkerQueue(.init(threads: count, queueMax: queueMax, waitMax: queueTimeout)))
    threads.start()
  }

  /// Runs `work` on one of the threads, in turn; gives the refusal when it cannot before `deadline` or at all.
  func submit(before deadline: MonotonicTime, _ work: @escaping Work) -> Status? {
    let (refusal, needsThread) = queue.withLock { queue -> (WorkerQueue<Work>.Refusal?, Bool) in
      if let refusal = queue.add(work, now: .now(), deadline: deadline) { return (refusal, false) }
      return (nil, queue.callThread())
    }
    if let refusal { return status(refusal) }
    // A cancelled item still runs: its call must get an answer, and finds out by itself that nobody waits.
    if needsThread { threads.submit { [self] _ in runAll() } }
    return nil
  }

  /// One piece of work after the other, until none waits: waking a thread for each would cost more than most work does.
  private func runAll() {
    var began = MonotonicTime.now()
    var next = queue.withLock { $0.take(now: began) }
    while let (work, refusal) = next {
      work(refusal.map(status))
      let now = MonotonicTime.now()
      next = queue.withLock { queue in
        queue.done(after: now - began)
        return queue.take(now: now)
      }
      began = now
    }
  }

  /// How many wait for a thread.
  var waiting: Int { queue.withLock { $0.waitingCount } }

  /// Waits for what runs.
  func stop() async {
    try? await threads.shutdownGracefully()
  }

  private func status(_ refusal: WorkerQueue<Work>.Refusal) -> Status {
    switch refusal {
    case .full:
      Status(.resourceExhausted, "守护进程太忙，请稍后重试", "the daemon has too much to do: retry in a moment")
        .reason("WORKERS_BUSY").retry(after: Self.retryDelay)
    case .slow(let wait):
      Status(
        .unavailable,
        "守护进程太忙，一次调用要等 \(wait.wholeMilliseconds) 毫秒；请稍后重试",
        "the daemon has too much to do: a call would wait \(wait.wholeMilliseconds) ms for its turn; retry in a moment"
      ).reason("WORKERS_SLOW").retry(after: max(wait, Self.retryDelay))
    }
  }

  private static let retryDelay = Duration.milliseconds(200)
}
