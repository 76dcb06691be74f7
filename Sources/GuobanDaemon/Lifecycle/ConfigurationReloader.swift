internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// What a running daemon needs to take a changed configuration.
public struct Reloading: Sendable, CustomStringConvertible {
  let inputs: LoadedConfiguration.Inputs
  let threshold: LogThreshold

  /// `inputs` are read again at each SIGHUP; `threshold` is the one that the daemon's loggers use.
  public init(inputs: LoadedConfiguration.Inputs, threshold: LogThreshold) {
    self.inputs = inputs
    self.threshold = threshold
  }

  /// The environment may hold secrets, which no log should print.
  public var description: String { "Reloading" }
}

/// At SIGHUP reads the configuration and the certificates again. A file that is wrong is refused as a whole.
struct ConfigurationReloader: Service {
  /// Trapped before the daemon says that it is ready, so that none is lost.
  let signals: UnixSignalsSequence
  let reloading: Reloading?
  let running: DaemonConfiguration
  let certificates: CertificateKeeper?
  let timetable: SnapshotTimetable
  let slowCalls: SlowCallLog
  let notifier: ServiceNotifier
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var running = running
      for await _ in signals {
        notifier.reloading()
        let before = running
        do {
          running = try await onThread { try reload(before) }
          notifier.ready("configuration reloaded")
        } catch {
          let reason = DaemonFailure.message(error, reloading?.inputs.language ?? .english)
          logger.error("the new configuration is refused; the old one stays", metadata: ["error": "\(reason)"])
          notifier.ready("reload refused, the old configuration stays: \(reason)")
        }
      }
    }
  }

  /// Everything that can be refused comes before anything that is changed.
  private func reload(_ running: DaemonConfiguration) throws -> DaemonConfiguration {
    let read = try reloading.map { try LoadedConfiguration($0.inputs).configuration } ?? running
    let plan = ReloadPlan(running: running, read: read)
    if let certificates, let settings = plan.configuration.tlsSettings { try certificates.reload(settings) }
    try timetable.replace(plan.configuration.snapshots.schedule)
    reloading?.threshold.set(plan.configuration.logs.level)
    slowCalls.set(threshold: plan.configuration.logs.slowCallThreshold)
    logger.notice("configuration reloaded", metadata: ["changed": "\(plan.live.joined(separator: " "))"])
    if !plan.waiting.isEmpty {
      logger.warning(
        "these settings take effect after a restart",
        metadata: ["settings": "\(plan.waiting.joined(separator: " "))"])
    }
    return plan.configuration
  }
}
