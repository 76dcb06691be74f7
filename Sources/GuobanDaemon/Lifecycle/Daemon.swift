internal import Glibc
internal import GuobanSQLite
internal import GuobanServer
internal import GuobanStorage
public import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// The daemon: opens the ledger, puts the server in front of it, runs until it is told to stop, and closes everything.
public struct Daemon: Sendable {
  private let configuration: DaemonConfiguration
  private let environment: [String: String]
  private let reloading: Reloading?
  private let logger: Logger
  private let startTime = DaemonClock.timestamp()

  /// A daemon that is not running yet. Without `reloading`, SIGHUP reads nothing but the certificates again.
  public init(
    configuration: DaemonConfiguration, environment: [String: String], reloading: Reloading? = nil, logger: Logger
  ) {
    self.configuration = configuration
    self.environment = environment
    self.reloading = reloading
    self.logger = logger
  }

  /// Opens the ledger, serves, and returns after SIGTERM or SIGINT when everything is closed.
  public func run() async throws {
    // What is made from here on, the database and the socket above all, is for this user alone.
    umask(0o077)
    // Until there is something to reload, SIGHUP must not end the daemon.
    signal(SIGHUP, SIG_IGN)
    let passed = try PassedSockets(environment: environment)
    let impatience = ImpatientStop(grace: configuration.rpc.drainTimeout + Self.closingGrace, logger: logger)
    let directory = DataDirectory(path: configuration.dataDir)
    try directory.prepare()
    let lock = try DirectoryLock(directory: directory.path)
    warn(directory)
    raiseOpenFiles()
    let observation = Observation(configuration: configuration, startTime: startTime, logger: logger)
    let ledger = try OpenLedger(lock, configuration, observer: observation.storageObserver, logger: logger)
    logger.info("ledger open", metadata: ["data_dir": "\(directory.path)", "revision": "\(ledger.store.revision)"])
    do {
      try ledger.keys.adopt(ledger.store)
      try await serve(ledger, passed, observation)
    } catch {
      try? ledger.store.close()
      throw error
    }
    try ledger.store.close()
    logger.info("stopped")
    withExtendedLifetime(impatience) {}
  }

  private func serve(_ ledger: OpenLedger, _ passed: PassedSockets, _ observation: Observation) async throws {
    let certificates = try configuration.tlsSettings.map {
      try CertificateKeeper(
        $0, interval: configuration.tls.checkInterval, logger: logger, now: DaemonClock.epochSeconds)
    }
    let sockets = try configuration.sockets(passed, certificates?.identity)
    let parts = try DaemonParts(configuration, ledger, observation)
    let methods = try parts.methods()
    let calls = ServerFigures(offered: Server.offered(methods))
    let server = Server(
      configuration: configuration.rpc, methods: methods, authenticator: parts.authenticator,
      observer: observation.serverObserver(calls))
    let notifier = ServiceNotifier(environment: environment)
    // The metrics port comes first, so that it stops last: a draining daemon can be seen.
    var services = observation.begin(calls, server, parts, certificates?.identity)
    services += [
      ServerService(server: server, sockets: sockets, notifier: notifier, logger: logger),
      parts.snapshotScheduler,
      ConfigurationReloader(
        signals: await UnixSignalsSequence(trapping: .sighup), reloading: reloading, running: configuration,
        certificates: certificates, timetable: parts.timetable, slowCalls: observation.slowCallLog,
        notifier: notifier, logger: logger),
    ]
    services += parts.ledgerKeepers
    if let certificates { services.append(certificates) }
    if let interval = Watchdog.interval(environment: environment) {
      services.append(
        Watchdog(server: server, store: ledger.store, notifier: notifier, interval: interval, logger: logger))
    }
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
    do { try await group.run() } catch {
      await parts.stop()
      throw error
    }
    await parts.stop()
  }

  private func warn(_ directory: DataDirectory) {
    if directory.isOpenToOthers {
      logger.warning(
        "the data directory can be read by others: chmod 700 it", metadata: ["data_dir": "\(directory.path)"])
    }
    if configuration.listen.tcpEnabled && !configuration.listen.tcpHost.isLoopback {
      logger.warning(
        "TCP beyond this machine is not encrypted: use listen.tlsEnabled there, and keep listen.tcpHost on loopback",
        metadata: ["listen": "\(configuration.listen.tcpHost)"])
    }
  }

  /// Every connection is an open file. Shells start programs with few, and allow more.
  private func raiseOpenFiles() {
    let most = OpenFiles.raise()
    let needed = configuration.rpc.openFilesMax
    guard most < needed else { return }
    logger.warning(
      "this many connections need more open files: raise the limit (ulimit -n, LimitNOFILE=), or lower rpc.connectionsMax",
      metadata: ["open_files_max": "\(most)", "needed": "\(needed)"])
  }

  /// The lifecycle's own notes print every service with all that is in it.
  private func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .error)
    return logger
  }

  /// After the drain: closing the store and the last snapshot step.
  private static let closingGrace = Duration.seconds(10)
}
