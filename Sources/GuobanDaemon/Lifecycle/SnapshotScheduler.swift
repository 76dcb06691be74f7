internal import GuobanArchive
internal import GuobanModel
internal import Logging
internal import ServiceLifecycle

/// Takes snapshots when the timetable says so.
///
/// When the last one was taken is read from the newest manifest, so that a restart forgets nothing.
struct SnapshotScheduler: Service {
  let keeper: SnapshotKeeper
  let timetable: SnapshotTimetable
  /// Due times before it are not caught up, in seconds since 1970.
  let keptSince: Int64
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
    var plan: SnapshotPlan?
    while !Task.isCancelled {
      guard let cron = timetable.cron else {
        plan = nil
        try await Task.sleep(for: .seconds(SnapshotPlan.waitSecondsMax))
        continue
      }
      var current = plan ?? SnapshotPlan(cron: cron, keptSince: keptSince)
      current.cron = cron
      switch current.step(now: now(), lastRun: try? keeper.catalog.newestID()?.epochSeconds, zone: zone) {
      case .run: await take(&current)
      case .wait(let seconds): try await Task.sleep(for: .seconds(seconds))
      case .never:
        logger.warning("the snapshot schedule never comes due")
        try await Task.sleep(for: .seconds(SnapshotPlan.neverSeconds))
      }
      plan = current
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
}
