internal import NIOPosix

/// The threads on which calls may block: one pool for unary calls, and one for streams, which may have to wait for slow
/// readers and must not keep unary calls from running meanwhile.
final class WorkerPools: Sendable {
  private let unary: WorkerPool
  private let streaming: WorkerPool

  init(_ configuration: ServerConfiguration) {
    unary = WorkerPool(threads: configuration.workerThreads, queueMax: configuration.workerQueueMax)
    streaming = WorkerPool(threads: configuration.streamThreads, queueMax: configuration.streamQueueMax)
  }

  /// False when the queue is full.
  func submit(streaming isStreaming: Bool, _ work: @escaping @Sendable () -> Void) -> Bool {
    (isStreaming ? streaming : unary).submit(work)
  }

  /// Calls that wait for a thread.
  var waiting: (unary: Int, streaming: Int) { (unary.waiting, streaming.waiting) }

  func stop() async {
    await unary.stop()
    await streaming.stop()
  }
}
