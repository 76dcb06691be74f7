internal import Dispatch
internal import GuobanArchive
internal import GuobanModel
internal import Logging
internal import ServiceLifecycle

/// Takes snapshots when the schedule says so.
///
/// When the last one was taken is read from the newest manifest, so that a restart forgets nothing.
struct SnapshotScheduler: Service {
  let keeper: SnapshotKeeper
  let plan: SnapshotPlan
  let logger: Logger
  let zone: TimeZoneOffset
  let now: @Sendable () -> Int64
  let figures: ServiceFigures

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await keep() }
    } catch is CancellationError {
      // The daemon stops.
    }
  }

  private func keep() async throws {
    var plan = plan
    while !Task.isCancelled {
      switch plan.step(now: now(), lastRun: try? keeper.catalog.newestID()?.epochSeconds, zone: zone) {
      case .run: await take(&plan)
      case .wait(let seconds): try await Task.sleep(for: .seconds(seconds))
      case .never:
        logger.warning("the snapshot schedule never comes due")
        try await gracefulShutdown()
      }
    }
  }

  private func take(_ plan: inout SnapshotPlan) async {
    do {
      _ = try await onThread { try keeper.take() }
      plan.succeeded()
    } catch {
      figures.failed()
      let pause = plan.failed(now: now())
      logger.error("no snapshot could be taken", metadata: ["error": "\(error)", "retry_seconds": "\(pause)"])
    }
  }

  /// Blocking work belongs on no thread of the concurrency pool.
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
    }
  }
}
