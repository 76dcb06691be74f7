internal import GuobanArchive
internal import GuobanMessages
internal import GuobanMetrics
internal import GuobanSQLite
internal import GuobanServer

/// All that is known of the running daemon: the counters of its parts, and the parts to ask.
final class DaemonFigures: Sendable {
  let calls: ServerFigures
  let storage: StorageFigures
  let services: ServiceFigures
  let slowCalls: Counter
  let server: Server
  let store: SQLiteStore
  let catalog: SnapshotCatalog
  let configuration: DaemonConfiguration
  let startTime: Google.Timestamp
  /// What TLS shows to clients; empty without TLS.
  let certificates: @Sendable () -> [Ledger.CertificateStatus]

  init(
    _ observation: Observation, calls: ServerFigures, server: Server, store: SQLiteStore, catalog: SnapshotCatalog,
    certificates: @escaping @Sendable () -> [Ledger.CertificateStatus]
  ) {
    self.calls = calls
    self.server = server
    self.store = store
    self.catalog = catalog
    self.certificates = certificates
    storage = observation.storage
    services = observation.services
    slowCalls = observation.slowCallLog.count
    configuration = observation.configuration
    startTime = observation.startTime
  }

  var readiness: Readiness {
    Readiness(
      fault: store.fault, isServing: server.health.status(of: "") == .serving,
      diskFreeBytes: Readiness.freeBytes(in: configuration.dataDir),
      diskFreeBytesMin: UInt64(configuration.metrics.diskFreeBytesMin))
  }

  /// Everything as metrics.
  func families() -> [MetricFamily] {
    let queued = server.callsQueued
    let own: [MetricFamily] = [
      MetricFamily(
        "guoban_build_info", .gauge, "Always 1; what is running is in the labels.",
        [.init(.count(1), [("version", DaemonVersion.number)])]),
      .gauge("guoban_ready", "1 when every check of /readyz passes, else 0.", readiness.isReady ? 1 as UInt64 : 0),
      MetricFamily(
        "guoban_calls_queued", .gauge, "Calls that wait for a worker thread.",
        [
          .init(.count(UInt64(clamping: queued.unary)), [("pool", "unary")]),
          .init(.count(UInt64(clamping: queued.streaming)), [("pool", "streaming")]),
        ]),
      .counter("guoban_slow_calls_total", "Calls that took longer than logs.slowCallThreshold.", slowCalls.value),
      .gauge(
        "guoban_disk_free_bytes", "Bytes free where the ledger is.",
        Readiness.freeBytes(in: configuration.dataDir) ?? 0),
      MetricFamily(
        "guoban_certificate_expiry_time_seconds", .gauge, "When a TLS certificate expires, since 1970.",
        certificates().map { .init(.number(Double($0.expireTime?.seconds ?? 0)), [("name", $0.name)]) }),
    ]
    return own + calls.families() + storage.families(store) + services.families(now: DaemonClock.epochSeconds())
      + ProcessFigures(listingFiles: true).families(startTime: startTime.seconds)
  }
}
