internal import Glibc
internal import GuobanArchive
internal import GuobanModel
internal import GuobanSQLite
internal import GuobanServer
internal import ReporterHost

/// The settings as the parts of the daemon take them.
extension DaemonConfiguration {
  var server: ServerConfiguration {
    var server = ServerConfiguration()
    server.name = DaemonVersion.name
    server.messageBytesMax = rpc.messageBytesMax
    server.envelopeBytesMax = rpc.envelopeBytesMax
    server.helloBytesMax = rpc.helloBytesMax
    server.connectionsMax = rpc.connectionsMax
    server.connectionsPerAddressMax = rpc.connectionsPerAddressMax
    server.greetingsMax = rpc.greetingsMax
    server.callsMax = rpc.callsMax
    server.requestBytesMax = rpc.requestBytesMax
    server.requestsPerSecondMax = rpc.requestsPerSecondMax
    server.requestBurstMax = rpc.requestBurstMax
    server.streamsMax = rpc.streamsMax
    server.streamMessagesMax = rpc.streamMessagesMax
    server.streamStallTimeout = rpc.streamStallTimeout
    server.streamCreditBytes = rpc.streamCreditBytes
    server.connectionCreditBytes = rpc.connectionCreditBytes
    server.queuedDataBytesMax = rpc.queuedDataBytesMax
    server.smallMessageBytesMax = rpc.smallMessageBytesMax
    server.socketBytesMax = rpc.socketBytesMax
    server.compressedBytesMin = rpc.compressedBytesMin
    server.outboundBytesMax = rpc.outboundBytesMax
    server.outboundStallTimeout = rpc.outboundStallTimeout
    server.handshakeTimeout = rpc.handshakeTimeout
    server.frameTimeout = rpc.frameTimeout
    server.timeoutDefault = rpc.timeoutDefault
    server.timeoutMax = rpc.timeoutMax
    server.streamTimeoutMax = rpc.streamTimeoutMax
    server.idleTimeout = rpc.idleTimeout
    server.drainTimeout = drainGrace
    server.pingIntervalMin = rpc.pingIntervalMin
    server.eventLoopThreads = rpc.eventLoopThreads
    server.workerThreads = rpc.workerThreads
    server.workerQueueMax = rpc.workerQueueMax
    server.workerQueueTimeout = rpc.workerQueueTimeout
    server.streamThreads = rpc.streamThreads
    server.streamQueueMax = rpc.streamQueueMax
    server.reserveThreads = rpc.reserveThreads
    server.reserveQueueMax = rpc.reserveQueueMax
    server.pageSizeMax = rpc.pageSizeMax
    server.batchRecordsMax = rpc.batchRecordsMax
    return server
  }

  var sqlite: SQLiteConfiguration {
    var sqlite = SQLiteConfiguration()
    sqlite.queueRequestsMax = storage.writeQueueMax
    sqlite.groupRequestsMax = storage.groupRequestsMax
    sqlite.groupBytesMax = storage.groupBytesMax
    sqlite.recordBytesMax = rpc.messageBytesMax
    // An import is one request, and one change a record.
    sqlite.requestChangesMax = max(sqlite.requestChangesMax, imports.recordsMax)
    sqlite.readersMax = storage.readersMax
    sqlite.cacheBytesMax = storage.cacheBytesMax
    sqlite.pageCacheBytesMax = storage.pageCacheBytesMax
    sqlite.checkpointPages = storage.checkpointPages
    sqlite.quickCheckAtStartup = storage.quickCheckAtStartup
    return sqlite
  }

  var keyPolicy: KeyKeeper.Policy {
    KeyKeeper.Policy(
      acceptsLoss: keys.acceptLoss, retentionDays: personalData.retentionDays, batchRecords: personalData.batchRecords)
  }

  var services: ServiceLimits {
    var services = ServiceLimits()
    services.pageSizeDefault = rpc.pageSizeDefault
    services.pageSizeMax = rpc.pageSizeMax
    services.batchRecordsMax = rpc.batchRecordsMax
    services.passValidDays = passes.validDaysDefault
    services.passValidDaysMax = passes.validDaysMax
    services.importsMax = imports.openMax
    services.importRecordsMax = imports.recordsMax
    services.importBytesMax = imports.bytesMax
    services.importsBytesMax = imports.totalBytesMax
    services.importIdleSecondsMax = Int(imports.idleTimeout.components.seconds)
    return services
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
