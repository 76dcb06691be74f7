/// The threads on which calls may block: one pool for calls of one message each way; one for streams, which may have to
/// wait for slow clients and must not keep the others from running meanwhile; and a small reserve for health and
/// administration, so that a daemon that is overwhelmed can still be looked at and mended.
struct WorkerPools: Sendable {
  private let unary: WorkerPool
  private let streaming: WorkerPool
  private let reserve: WorkerPool
  /// Where long frames are unpacked.
  let unpacking = UnpackThread()

  init(_ configuration: ServerConfiguration) {
    unary = WorkerPool(
      threads: configuration.workerThreads, queueMax: configuration.workerQueueMax,
      queueTimeout: configuration.workerQueueTimeout)
    streaming = WorkerPool(
      threads: configuration.streamThreads, queueMax: configuration.streamQueueMax,
      queueTimeout: configuration.workerQueueTimeout)
    reserve = WorkerPool(
      threads: configuration.reserveThreads, queueMax: configuration.reserveQueueMax, queueTimeout: nil)
  }

  /// Where calls of this kind block.
  func pool(isStreaming: Bool, isEssential: Bool) -> WorkerPool {
    if isEssential { return reserve }
    return isStreaming ? streaming : unary
  }

  /// Calls that wait for a thread, but for the reserve's.
  var waiting: (unary: Int, streaming: Int) { (unary.waiting, streaming.waiting) }

  func stop() async {
    await unary.stop()
    await streaming.stop()
    await reserve.stop()
    await unpacking.stop()
  }
}
