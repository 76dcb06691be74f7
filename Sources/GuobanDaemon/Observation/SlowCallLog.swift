internal import GuobanMetrics
internal import GuobanServer
internal import Logging
internal import NIOCore
internal import Synchronization

/// Logs unary calls that took longer than the threshold: where the time went, how large they were, never what they said.
final class SlowCallLog: Sendable {
  let count: Counter
  /// In nanoseconds; 0 turns the log off.
  private let threshold: Atomic<Int64>
  private let logger: Logger
  private let rate: Mutex<LogRate>

  init(_ logs: DaemonConfiguration.Logs, count: Counter, logger: Logger) {
    threshold = Atomic(TimeAmount(logs.slowCallThreshold).nanoseconds)
    rate = Mutex(LogRate(linesPerMinuteMax: logs.slowCallsPerMinuteMax))
    self.count = count
    self.logger = logger
  }

  /// From the next call on.
  func set(threshold: Duration) { self.threshold.store(TimeAmount(threshold).nanoseconds, ordering: .relaxed) }

  /// The caller leaves out streams, which last as long as their client wants.
  func finished(_ call: CallSummary) {
    let threshold = threshold.load(ordering: .relaxed)
    guard threshold > 0, call.duration.nanoseconds >= threshold else { return }
    count.add()
    guard let heldBack = rate.withLock({ $0.admit(epochSeconds: DaemonClock.epochSeconds()) }) else { return }
    let work = call.duration - call.queueing - (call.storage ?? .zero)
    var metadata = call.logged
    metadata["queue_us"] = "\(call.queueing.nanoseconds / 1000)"
    metadata["work_us"] = "\(max(0, work.nanoseconds / 1000))"
    if let storage = call.storage { metadata["storage_us"] = "\(storage.nanoseconds / 1000)" }
    metadata["request_bytes"] = "\(call.requestBytes)"
    metadata["reply_bytes"] = "\(call.replyBytes)"
    if heldBack > 0 { metadata["held_back"] = "\(heldBack)" }
    logger.warning("slow call", metadata: metadata)
  }
}
