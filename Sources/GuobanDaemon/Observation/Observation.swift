internal import GuobanArchive
internal import GuobanMessages
internal import GuobanMetrics
internal import GuobanServer
internal import GuobanStorage
internal import Logging
internal import ServiceLifecycle

/// What watches the daemon: observers for its parts, the figures they fill, and those who show them.
struct Observation: Sendable {
  let configuration: DaemonConfiguration
  let startTime: Google.Timestamp
  let logger: Logger
  let storage = StorageFigures()
  let services = ServiceFigures()
  let board = StatusBoard()
  let slowCallLog: SlowCallLog
  let peerLog: PeerLog

  init(configuration: DaemonConfiguration, startTime: Google.Timestamp, logger: Logger) {
    self.configuration = configuration
    self.startTime = startTime
    self.logger = logger
    slowCallLog = SlowCallLog(configuration.logs, count: Counter(), logger: logger)
    peerLog = PeerLog(configuration.logs, logger: logger, epochSeconds: DaemonClock.epochSeconds)
  }

  var storageObserver: any StorageObserver { DaemonStorageObserver(figures: storage, logger: logger) }
  var serviceObserver: any ServiceObserver { DaemonServiceObserver(figures: services, logger: logger) }
  var snapshotLog: SnapshotLog { SnapshotLog(logger: logger, figures: services) }

  func serverObserver(_ calls: ServerFigures) -> any ServerObserver {
    DaemonObserver(figures: calls, log: ServerLog(logger: logger, peers: peerLog), slowCalls: slowCallLog)
  }

  /// Begins to show the figures, now that all they are of is there: to the StatusService, and on the HTTP port, which is
  /// a service to run, if there is to be one.
  func begin(
    _ calls: ServerFigures, _ server: Server, _ parts: DaemonParts, _ identity: TLSIdentity?
  ) -> [any Service] {
    snapshotLog.remember(parts.snapshots.catalog)
    let figures = DaemonFigures(
      self, calls: calls, server: server, store: parts.ledger.store, catalog: parts.snapshots.catalog,
      certificates: { identity.map { [Ledger.CertificateStatus($0.certificate)] } ?? [] })
    board.show(figures)
    guard configuration.metrics.enabled else { return [] }
    if !configuration.metrics.host.isLoopback {
      logger.warning(
        "the metrics port asks nobody for a token: keep it inside a private network",
        metadata: ["listen": "\(configuration.metrics.host)"])
    }
    return [ObservationService(configuration: configuration.metrics, figures: figures, logger: logger)]
  }
}

extension Ledger.CertificateStatus {
  fileprivate init(_ certificate: CertificateSummary) {
    self.init(
      name: certificate.names.first ?? certificate.serial,
      expireTime: Google.Timestamp(seconds: certificate.notAfter))
  }
}
