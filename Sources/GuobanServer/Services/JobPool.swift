internal import GuobanWire

/// A few threads for long work — reports and snapshots — so that it never keeps short calls waiting.
public final class JobPool: Sendable {
  private let pool: WorkerPool

  /// - Parameters:
  ///   - threads: jobs that run at once.
  ///   - queueMax: jobs that may wait; one more is refused at once.
  public init(threads: Int, queueMax: Int) {
    pool = WorkerPool(threads: threads, queueMax: queueMax, queueTimeout: nil)
  }

  /// Ends the threads when the jobs that run are done.
  public func stop() async {
    await pool.stop()
  }

  func run(_ call: ServerCall, _ body: @escaping @Sendable (ServerCall) throws -> Void) {
    call.run(on: pool, body)
  }
}
