internal import GuobanArchive
internal import GuobanMessages
internal import GuobanMetrics
internal import GuobanSQLite
internal import GuobanServer
internal import GuobanStorage

extension DaemonFigures {
  func status() throws -> Ledger.DaemonStatus {
    let queued = server.callsQueued
    let cache = store.cacheStatistics
    let newest = try catalog.newestID()
    let counts = try store.read { reader in
      try store.schemas.map { Ledger.RecordCount(recordType: $0.name, count: UInt64(try reader.count($0.name))) }
    }
    return Ledger.DaemonStatus(
      version: DaemonVersion.name, startTime: startTime,
      uptimeSeconds: UInt64(clamping: DaemonClock.epochSeconds() - startTime.seconds),
      processId: UInt64(ProcessFigures.processID),
      checks: readiness.checks.map {
        Ledger.HealthCheck(name: $0.name, passed: $0.problem == nil, problem: $0.problem ?? "")
      },
      revision: store.revision, records: counts, connectionsOpen: calls.connectionsOpen,
      connectionsMax: UInt64(configuration.rpc.connectionsMax), callsRunning: calls.callsRunning,
      streamsRunning: calls.streamsRunning, watchers: calls.watchers,
      callsQueued: UInt64(clamping: queued.unary + queued.streaming),
      callsQueuedMax: UInt64(configuration.rpc.workerQueueMax + configuration.rpc.streamQueueMax),
      writesQueued: UInt64(clamping: store.writesQueued), writesQueuedMax: UInt64(configuration.storage.writeQueueMax),
      cacheRecords: UInt64(clamping: cache.records), cacheBytes: UInt64(clamping: cache.bytes),
      cacheBytesMax: UInt64(configuration.storage.cacheBytesMax), cacheHits: UInt64(clamping: cache.hits),
      cacheMisses: UInt64(clamping: cache.misses), lastSnapshot: newest.map { "\($0)" } ?? "",
      lastSnapshotTime: newest.map { Google.Timestamp(seconds: $0.epochSeconds) }, lastSnapshotCheck: snapshotCheck,
      certificates: certificates(),
      sandbox: services.missingProtections.map { Ledger.SandboxStatus(missingProtections: $0) },
      residentBytes: ProcessFigures(listingFiles: false).residentBytes,
      diskFreeBytes: Readiness.freeBytes(in: configuration.dataDir) ?? 0)
  }

  func metrics() -> Ledger.DaemonMetrics {
    let process = ProcessFigures(listingFiles: false)
    let cache = store.cacheStatistics
    let queued = server.callsQueued
    return Ledger.DaemonMetrics(
      time: DaemonClock.timestamp(), startTime: startTime, durationBoundsNs: HistogramBounds.durations.values,
      methods: calls.methods.indices.compactMap(figures), connectionsOpen: calls.connectionsOpen,
      callsQueued: UInt64(clamping: queued.unary + queued.streaming),
      writesQueued: UInt64(clamping: store.writesQueued),
      bytesRead: calls.bytesIn.value, bytesWritten: calls.bytesOut.value, cacheHits: UInt64(clamping: cache.hits),
      cacheMisses: UInt64(clamping: cache.misses), cacheBytes: UInt64(clamping: cache.bytes), revision: store.revision,
      commits: storage.groups.snapshot().count, commitRequests: storage.requests.snapshot().sum,
      commitDuration: Ledger.DurationHistogram(storage.commits.snapshot()), residentBytes: process.residentBytes,
      cpuNs: process.cpuNanoseconds)
  }

  private func figures(_ method: Int) -> Ledger.MethodFigures? {
    let running = calls.running(method)
    let codes = (0..<ServerFigures.codeColumns).compactMap { code in
      let count = calls.finished.value(row: method, column: code)
      return count > 0 ? Ledger.CodeCount(code: UInt32(code), count: count) : nil
    }
    guard running > 0 || !codes.isEmpty else { return nil }
    return Ledger.MethodFigures(
      method: calls.methods[method].name, running: running, codes: codes,
      duration: Ledger.DurationHistogram(calls.durations.snapshot(row: method)))
  }

  private var snapshotCheck: Ledger.SnapshotCheck? {
    let snapshots = services.snapshots
    return snapshots.lastCheck.map { check in
      Ledger.SnapshotCheck(
        id: check.id, time: Google.Timestamp(seconds: check.time), intact: check.problem == nil,
        problem: check.problem ?? "", lastIntactTime: snapshots.lastIntact.map { Google.Timestamp(seconds: $0) })
    }
  }
}

extension Ledger.DurationHistogram {
  fileprivate init(_ snapshot: HistogramSnapshot) {
    self.init(counts: snapshot.counts, sumNs: snapshot.sum)
  }
}
