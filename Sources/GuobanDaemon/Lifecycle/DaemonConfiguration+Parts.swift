internal import Glibc
internal import GuobanArchive
internal import GuobanLedger
internal import GuobanModel
internal import GuobanSQLite
internal import GuobanServer
internal import ReporterHost

/// The settings as the parts of the daemon take them.
extension DaemonConfiguration {
  var sqlite: SQLiteConfiguration {
    var sqlite = SQLiteConfiguration()
    sqlite.queueRequestsMax = storage.writeQueueMax
    sqlite.groupRequestsMax = storage.groupRequestsMax
    sqlite.groupBytesMax = storage.groupBytesMax
    // What tells of a record must fit into a message as well.
    sqlite.recordBytesMax = rpc.messageBytesMax - WatchLimits.envelopeBytesMax
    // An import is one request, and one change a record.
    sqlite.requestChangesMax = max(sqlite.requestChangesMax, imports.recordsMax)
    sqlite.readersMax = storage.readersMax
    sqlite.cacheBytesMax = storage.cacheBytesMax
    sqlite.pageCacheBytesMax = storage.pageCacheBytesMax
    sqlite.checkpointPages = storage.checkpointPages
    sqlite.quickCheckAtStartup = storage.quickCheckAtStartup
    sqlite.quickCheckBytesMax = storage.quickCheckBytesMax
    return sqlite
  }

  var keyPolicy: KeyKeeper.Policy {
    KeyKeeper.Policy(
      acceptsLoss: keys.acceptLoss, retentionDays: personalData.retentionDays, batchRecords: personalData.batchRecords)
  }

  var services: ServiceLimits {
    var services = ServiceLimits()
    services.pageSizeDefault = pageSizeDefault
    services.pageSizeMax = rpc.pageSizeMax
    services.batchRecordsMax = rpc.batchRecordsMax
    services.passValidDays = passes.validDaysDefault
    services.recordBounds.passValidDaysMax = passes.validDaysMax
    services.tickets.countsWorkingDays = tickets.days == "working"
    services.tickets.deadlines.assignDays = tickets.assignDays
    services.tickets.deadlines.firstFeedbackDays = tickets.firstFeedbackDays
    services.tickets.deadlines.ordinaryDays = tickets.ordinaryDays
    services.tickets.deadlines.majorMonths = tickets.majorMonths
    services.tickets.deadlines.returnDays = tickets.returnDays
    services.importsMax = imports.openMax
    services.importsPerOwnerMax = min(services.importsPerOwnerMax, max(1, imports.openMax / 2))
    services.importRecordsMax = imports.recordsMax
    services.importBytesMax = imports.bytesMax
    services.importsBytesMax = imports.totalBytesMax
    services.importIdleSecondsMax = Int(imports.idleTimeout.components.seconds)
    return services
  }

  /// What surrounds a watch's events must fit into a message as well.
  var watching: WatchLimits {
    var limits = watch
    limits.recordBytesMax = rpc.messageBytesMax - WatchLimits.envelopeBytesMax
    limits.batchBytesMax = min(watch.batchBytesMax, limits.recordBytesMax)
    return limits
  }

  /// `programFolder`: where the daemon's own program is.
  func reporterHost(programFolder: String) -> ReporterHostConfiguration {
    let sandbox = reporters.sandboxProgram
    var host = ReporterHostConfiguration(
      reportersFolder: reportersFolder(programFolder: programFolder) { access($0, F_OK) == 0 },
      runsFolder: path("runs"),
      sandboxProgram: sandbox.isEmpty ? "\(programFolder)/guoban-sandbox" : path(sandbox),
      libraryFolders: SwiftRuntime.libraryFolders() + reporters.libraryFolders,
      requiresAllProtections: reporters.requiresAllProtections)
    host.addressSpaceBytesMax = reporters.memoryBytesMax
    host.cpuSecondsMax = reporters.cpuSecondsMax
    host.wallTimeout = reporters.runTimeout
    host.dataRowsMax = reporters.rowsMax
    host.outputBytesMax = reporters.outputBytesMax
    host.brokenRunsMax = reporters.brokenRunsMax
    return host
  }

  /// `zone`: where days begin.
  func retention(in zone: TimeZoneOffset) -> Retention {
    Retention(
      last: snapshots.keepLast, daily: snapshots.keepDaily, weekly: snapshots.keepWeekly,
      monthly: snapshots.keepMonthly, zoneOffsetSeconds: zone.seconds)
  }

  var snapshotWriter: SnapshotWriter {
    SnapshotWriter(
      directory: snapshotsDirectory, level: snapshots.level, limits: ArchiveLimits(), createdBy: DaemonVersion.name)
  }
}
