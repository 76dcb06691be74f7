internal import Dispatch
internal import GuobanArchive
internal import GuobanMessages
internal import GuobanModel
internal import Logging
internal import ServiceLifecycle

/// Takes snapshots when the schedule says so, and prunes after each.
///
/// When the last one was taken is read from the newest manifest, so that a restart forgets nothing.
struct SnapshotScheduler: Service {
  let keeper: SnapshotKeeper
  let settings: DaemonConfiguration.Snapshots
  let plan: SnapshotPlan
  let logger: Logger
  let zone: TimeZoneOffset
  let now: @Sendable () -> Int64

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
      let file = try await onThread { try keeper.take(epochSeconds: now()) }
      plan.succeeded()
      logger.info("snapshot taken", metadata: file.logged)
      let pruned = try await onThread { try keeper.prune(retention()) }
      if !pruned.isEmpty { logger.info("snapshots pruned", metadata: ["ids": "\(pruned.map(\.description))"]) }
    } catch {
      let pause = plan.failed(now: now())
      logger.error("no snapshot could be taken", metadata: ["error": "\(error)", "retry_seconds": "\(pause)"])
    }
  }

  private func retention() -> Retention {
    Retention(
      last: settings.keepLast, daily: settings.keepDaily, weekly: settings.keepWeekly, monthly: settings.keepMonthly,
      zoneOffsetSeconds: zone.seconds)
  }

  /// Blocking work belongs on no thread of the concurrency pool.
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
    }
  }
}

extension ManifestFile {
  /// What the log keeps of a snapshot: with the head hash outside the ledger, a ledger rewritten whole is noticed.
  var logged: Logger.Metadata {
    [
      "id": "\(id)", "revision": "\(manifest.revision)", "records": "\(manifest.recordCount)",
      "changes": "\(manifest.changeCount)", "bytes": "\(manifest.packedBytes)", "head_hash": "\(Self.hex(manifest.headHash))",
      "manifest_sha256": "\(Self.hex(sha256))",
    ]
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
