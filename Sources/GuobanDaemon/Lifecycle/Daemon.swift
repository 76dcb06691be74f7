internal import Foundation
internal import Glibc
internal import GuobanAccess
internal import GuobanArchive
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanSQLite
internal import GuobanServer
internal import GuobanStorage
public import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// The daemon: puts the parts together, runs until it is told to stop, and takes them apart again.
///
/// The only type that knows which storage is used.
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
    let impatience = ImpatientStop(grace: configuration.drainGrace + Self.closingGrace, logger: logger)
    let directory = DataDirectory(path: configuration.dataDir)
    try directory.prepare()
    let lock = try DirectoryLock(directory: directory.path)
    warn(directory)
    try SnapshotRestore.refuseUnfinished(directory)
    let lost = LostLedger(
      ledger: configuration.path(Self.ledgerName), snapshots: configuration.snapshotsDirectory)
    try lost.refuse()
    let secrets = try DaemonSecrets(directory: directory.path)
    let keys = try KeyKeeper(
      KeyFolder(path: configuration.keysDirectory, dataDirectory: directory.path), policy: configuration.keyPolicy,
      logger: logger, today: DaemonClock.today, now: DaemonClock.timestamp)
    let observation = Observation(configuration: configuration, startTime: startTime, logger: logger)
    let store = try Self.open(lock, configuration, observer: observation.storageObserver, keyWrap: keys.ring)
    logger.info("ledger open", metadata: ["data_dir": "\(directory.path)", "revision": "\(store.revision)"])
    do {
      try keys.adopt(store)
      try await serve(store, secrets, keys, passed, observation)
    } catch {
      try? store.close()
      throw error
    }
    try store.close()
    logger.info("stopped")
    withExtendedLifetime(impatience) {}
  }

  private func serve(
    _ store: SQLiteStore, _ secrets: DaemonSecrets, _ keys: KeyKeeper, _ passed: PassedSockets,
    _ observation: Observation
  ) async throws {
    let certificates = try configuration.tlsSettings.map {
      try CertificateKeeper(
        $0, interval: configuration.tls.checkInterval, logger: logger, now: DaemonClock.epochSeconds)
    }
    let sockets = try configuration.sockets(passed, certificates?.identity)
    let timetable = try SnapshotTimetable(configuration.snapshots.schedule)
    let notifier = ServiceNotifier(environment: environment)
    let access = try AccessLedger(store)
    let authenticator = GrantAuthenticator(
      own: TokenAuthenticator(token: secrets.token, userID: geteuid(), roles: [.admin]), directory: access.directory,
      nowSecond: DaemonClock.epochSeconds, onRefusal: AccessLog(logger: logger).refused)
    let zone = try TimeZoneOffset(configuration.snapshots.timeZone)
    let keeper = SnapshotKeeper(
      store: store, writer: configuration.snapshotWriter, retention: configuration.retention(in: zone),
      epochSeconds: DaemonClock.epochSeconds, onTaken: observation.snapshotLog.taken)
    let jobs = JobPool(threads: configuration.jobs.threads, queueMax: configuration.jobs.queueMax)
    let watches = WatchHub(store: store, limits: configuration.watching, decode: configuration.services.decode)
    let methods =
      try methods(store, access.directory, keys, keeper, jobs, watches, observation)
      + Services.statusMethods(observation.board)
    let calls = ServerFigures(offered: Server.offered(methods))
    let server = Server(
      configuration: configuration.server, methods: methods, authenticator: authenticator,
      observer: observation.serverObserver(calls))
    // The metrics port comes first, so that it stops last: a draining daemon can be seen.
    var services: [any Service] = observation.begin(calls, server, store, keeper.catalog, certificates?.identity)
    services += [
      ServerService(server: server, sockets: sockets, notifier: notifier, logger: logger),
      SnapshotScheduler(
        keeper: keeper, timetable: timetable, keptSince: secrets.keptSince ?? DaemonClock.epochSeconds(),
        logger: logger, zone: zone, now: DaemonClock.epochSeconds, figures: observation.services),
      ConfigurationReloader(
        signals: await UnixSignalsSequence(trapping: .sighup), reloading: reloading, running: configuration,
        certificates: certificates, timetable: timetable,
        slowCalls: observation.slowCallLog, notifier: notifier, logger: logger),
    ]
    services.append(KeyJobs(keeper: keys, logger: logger, today: DaemonClock.today))
    if let certificates { services.append(certificates) }
    if let interval = Watchdog.interval(environment: environment) {
      services.append(
        Watchdog(server: server, store: store, notifier: notifier, interval: interval, logger: logger))
    }
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
    do { try await group.run() } catch {
      await jobs.stop()
      await watches.stop()
      throw error
    }
    await jobs.stop()
    await watches.stop()
  }

  /// Every method that is answered; services that come are added here.
  private func methods(
    _ store: SQLiteStore, _ access: AccessDirectory, _ keys: KeyKeeper, _ keeper: SnapshotKeeper,
    _ jobs: JobPool, _ watches: WatchHub, _ observation: Observation
  ) throws -> [MethodDefinition] {
    let dependencies = ServiceDependencies(
      store: store, access: access, filters: FilterParser(catalog: try SchemaCatalog(store.schemas), limits: .standard),
      keys: keys, today: DaemonClock.today, now: DaemonClock.timestamp, limits: configuration.services,
      observer: observation.serviceObserver)
    let host = configuration.reporterHost(programFolder: Self.programFolder)
    return Services.ledgerMethods(dependencies) + Services.watchMethods(dependencies, hub: watches)
      + Services.accessMethods(dependencies, nowSecond: DaemonClock.epochSeconds)
      + Services.jobMethods(dependencies, reporters: host, snapshots: keeper, jobs: jobs)
  }

  private func warn(_ directory: DataDirectory) {
    if directory.isOpenToOthers {
      logger.warning(
        "the data directory can be read by others: chmod 700 it", metadata: ["data_dir": "\(directory.path)"])
    }
    let isLoopback = ["127.0.0.1", "::1", "localhost"].contains(configuration.listen.tcpHost)
    if configuration.listen.tcpEnabled && !isLoopback {
      logger.warning(
        "TCP beyond this machine is not encrypted: use listen.tlsEnabled there, and keep listen.tcpHost on loopback",
        metadata: ["listen": "\(configuration.listen.tcpHost)"])
    }
  }

  /// The lifecycle's own notes print every service with all that is in it.
  private func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .error)
    return logger
  }

  /// Opens the ledger of a locked directory.
  static func open(
    _ lock: DirectoryLock, _ configuration: DaemonConfiguration, observer: (any StorageObserver)? = nil,
    keyWrap: (any DataKeyWrap)? = nil
  ) throws -> SQLiteStore {
    try SQLiteStore(
      lock: lock, schemas: RecordCatalog.schemas, configuration: configuration.sqlite, now: DaemonClock.timestamp,
      observer: observer, keyWrap: keyWrap, project: project)
  }

  /// A stored record with the columns of its type.
  static func project(_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord {
    let record = try RecordCatalog.project(type: type, bytes: bytes, limits: .standard)
    guard record.key == key else {
      throw StorageError(.corrupted, "the \(type) under the key \(key) is that of \(record.key)")
    }
    return record
  }

  private static var programFolder: String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/guoband"
    return program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
  }

  static let ledgerName = "ledger.sqlite"
  /// After the drain: closing the store and the last snapshot step.
  private static let closingGrace = Duration.seconds(10)
}
