internal import NIOPosix
internal import Synchronization

/// A fixed number of threads with a bounded queue in front.
final class WorkerPool: Sendable {
  private let threads: NIOThreadPool
  private let threadCount: Int
  private let pendingMax: Int
  private let pending = Atomic<Int>(0)

  /// `queueMax` is how much may wait while every thread is busy.
  init(threads count: Int, queueMax: Int) {
    threads = NIOThreadPool(numberOfThreads: count)
    threadCount = count
    pendingMax = count + queueMax
    threads.start()
  }

  /// Runs `work` on one of the threads, in turn; false when the queue is full, or when the pool has stopped.
  func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
    guard pending.add(1, ordering: .relaxed).newValue <= pendingMax else {
      pending.subtract(1, ordering: .relaxed)
      return false
    }
    threads.submit { [self] state in
      // A cancelled item still runs: its call must get an answer, and finds out by itself that nobody waits.
      _ = state
      work()
      pending.subtract(1, ordering: .relaxed)
    }
    return true
  }

  /// How many wait for a thread.
  var waiting: Int { max(0, pending.load(ordering: .relaxed) - threadCount) }

  /// Waits for what runs.
  func stop() async {
    try? await threads.shutdownGracefully()
  }
}
