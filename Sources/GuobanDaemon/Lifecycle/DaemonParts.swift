internal import Foundation
internal import Glibc
internal import GuobanAccess
internal import GuobanArchive
internal import GuobanModel
internal import GuobanSQLite
internal import GuobanServer
internal import GuobanStorage

/// What the server stands in front of: who may come in, and what its methods work with.
struct DaemonParts {
  let authenticator: GrantAuthenticator
  let timetable: SnapshotTimetable
  let snapshots: SnapshotKeeper
  let ledger: OpenLedger
  private let configuration: DaemonConfiguration
  private let observation: Observation
  private let access: AccessLedger
  private let zone: TimeZoneOffset
  private let jobs: JobPool
  private let watches: WatchHub

  /// Starts the threads for jobs and watches, and follows the ledger's grants.
  init(_ configuration: DaemonConfiguration, _ ledger: OpenLedger, _ observation: Observation) throws {
    self.configuration = configuration
    self.ledger = ledger
    self.observation = observation
    timetable = try SnapshotTimetable(configuration.snapshots.schedule)
    access = try AccessLedger(ledger.store)
    authenticator = GrantAuthenticator(
      own: TokenAuthenticator(token: ledger.secrets.token, userID: geteuid(), roles: [.admin]),
      directory: access.directory, nowSecond: DaemonClock.epochSeconds,
      onRefusal: AccessLog(log: observation.peerLog).refused)
    zone = try TimeZoneOffset(configuration.snapshots.timeZone)
    snapshots = SnapshotKeeper(
      store: ledger.store, writer: configuration.snapshotWriter, retention: configuration.retention(in: zone),
      epochSeconds: DaemonClock.epochSeconds, onTaken: observation.snapshotLog.taken)
    jobs = JobPool(threads: configuration.jobs.threads, queueMax: configuration.jobs.queueMax)
    watches = WatchHub(store: ledger.store, limits: configuration.watching, decode: configuration.services.decode)
  }

  /// Every method that is answered, but for health and reflection. Services that come are added here.
  func methods() throws -> [MethodDefinition] {
    let store = ledger.store
    let dependencies = ServiceDependencies(
      store: store, access: access.directory,
      filters: FilterParser(catalog: try SchemaCatalog(store.schemas), limits: .standard),
      seal: ledger.secrets.holderSeal, today: DaemonClock.today, limits: configuration.services,
      observer: observation.serviceObserver)
    let reporters = configuration.reporterHost(programFolder: Self.programFolder)
    return Services.ledgerMethods(dependencies) + Services.watchMethods(dependencies, hub: watches)
      + Services.accessMethods(dependencies, nowSecond: DaemonClock.epochSeconds)
      + Services.jobMethods(dependencies, reporters: reporters, snapshots: snapshots, jobs: jobs)
      + Services.statusMethods(observation.board)
  }

  /// Takes snapshots when they are due.
  var snapshotScheduler: SnapshotScheduler {
    SnapshotScheduler(
      keeper: snapshots, timetable: timetable, keptSince: ledger.secrets.keptSince ?? DaemonClock.epochSeconds(),
      logger: observation.logger, zone: zone, now: DaemonClock.epochSeconds, figures: observation.services)
  }

  /// Ends the threads, once the server has drained.
  func stop() async {
    await jobs.stop()
    await watches.stop()
  }

  private static var programFolder: String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/guoband"
    return program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
  }
}
