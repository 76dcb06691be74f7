internal import Logging
internal import Synchronization

/// The lines that peers cause before anybody knows who they are: so many a minute, for whoever floods the port would
/// otherwise fill the disk. What is held back is counted in the next line, and in the figures.
final class PeerLog: Sendable {
  private let logger: Logger
  private let epochSeconds: @Sendable () -> Int64
  private let rate: Mutex<LogRate>

  init(_ logs: DaemonConfiguration.Logs, logger: Logger, epochSeconds: @escaping @Sendable () -> Int64) {
    self.logger = logger
    self.epochSeconds = epochSeconds
    rate = Mutex(LogRate(linesPerMinuteMax: logs.peerLinesPerMinuteMax))
  }

  func write(_ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
    guard logger.logLevel <= level,
      let heldBack = rate.withLock({ $0.admit(epochSeconds: epochSeconds()) })
    else { return }
    var metadata = metadata()
    if heldBack > 0 { metadata["held_back"] = "\(heldBack)" }
    logger.log(level: level, message, metadata: metadata)
  }
}
