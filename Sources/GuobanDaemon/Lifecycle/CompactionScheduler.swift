internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import Logging
internal import ServiceLifecycle

/// Compacts the change log when its schedule says so.
///
/// When it last did is read from the ledger's own record of it, so that a restart forgets nothing. A schedule under which
/// there was nothing to remove is not caught up after a restart: nothing was missed.
struct CompactionScheduler: Service {
  let store: any LedgerStore
  let days: Int
  let schedule: String
  let logger: Logger
  let zone: TimeZoneOffset
  let now: @Sendable () -> Int64

  func run() async throws {
    let stop = StopFlag()
    do {
      let cron = try CronExpression(schedule)
      try await withGracefulShutdownHandler {
        try await cancelWhenGracefulShutdown { try await keep(cron, stop) }
      } onGracefulShutdown: {
        stop.raise()
      }
    } catch is CancellationError {
      // The daemon stops.
    }
  }

  private func keep(_ cron: CronExpression, _ stop: StopFlag) async throws {
    var lastRun = try? store.read { try $0.compaction }?.meta?.updateTime?.seconds
    var plan = SnapshotPlan(cron: cron, keptSince: now())
    while !Task.isCancelled {
      switch plan.step(now: now(), lastRun: lastRun, zone: zone) {
      case .run:
        if try await compact(&plan, stop) { lastRun = now() }
      case .wait(let seconds): try await Task.sleep(for: .seconds(seconds))
      case .never:
        logger.warning("the schedule of compactions never comes due")
        try await Task.sleep(for: .seconds(SnapshotPlan.neverSeconds))
      }
    }
  }

  /// What is left when the daemon stops in the middle, the next start finishes.
  private func compact(_ plan: inout SnapshotPlan, _ stop: StopFlag) async throws -> Bool {
    do {
      let result = try await onThread {
        try ChangeLogCompaction(store: store, days: days, actor: Self.actor).run(nowSecond: now()) {
          try stop.check()
        }
      }
      plan.succeeded()
      logger.info(
        "change log compacted",
        metadata: [
          "removed": "\(result.removedChanges)", "through_revision": "\(result.compaction?.revision ?? 0)",
          "days_kept": "\(days)",
        ])
      return true
    } catch let error as CancellationError {
      throw error
    } catch {
      let pause = plan.failed(now: now())
      logger.error(
        "the change log could not be compacted", metadata: ["error": "\(error)", "retry_seconds": "\(pause)"])
      return false
    }
  }

  /// Who compacts by schedule, in the change log.
  private static let actor = "guoband"
}
