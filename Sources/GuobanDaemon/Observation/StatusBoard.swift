internal import GuobanMessages
internal import GuobanServer
internal import GuobanWire
internal import Synchronization

/// Where the StatusService finds the figures. They need the server, which needs its methods first.
final class StatusBoard: StatusSource {
  private let figures = Mutex<DaemonFigures?>(nil)

  /// Shows these from now on: before the server is started.
  func show(_ figures: DaemonFigures) { self.figures.withLock { $0 = figures } }

  func status() throws -> Ledger.DaemonStatus {
    guard let figures = figures.withLock({ $0 }) else {
      throw Status(.unavailable, "守护进程正在启动", "the daemon is starting")
    }
    return try figures.status()
  }

  func metrics() -> Ledger.DaemonMetrics { figures.withLock { $0 }?.metrics() ?? Ledger.DaemonMetrics() }
}
