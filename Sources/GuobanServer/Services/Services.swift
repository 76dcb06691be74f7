public import GuobanArchive
internal import GuobanLedger
public import ReporterHost

/// All that the daemon answers, but for health and reflection, which the engine answers itself.
public enum Services {
  /// The methods of every service that needs only the ledger.
  public static func ledgerMethods(_ dependencies: ServiceDependencies) -> [MethodDefinition] {
    let records = RecordCatalog.writable.flatMap { definition in
      let service = "/guoban.v1.\(definition.name)Service"
      let records = RecordService(definition, dependencies)
      return records.readMethods(service: service) + records.writeMethods(service: service)
    }
    let passes =
      RecordCatalog.definition(named: "Pass").map {
        RecordService($0, dependencies).readMethods(service: "/guoban.v1.PassService")
      } ?? []
    return records + passes + PassService(dependencies).methods + ImportService(dependencies).methods
      + LedgerService(dependencies).methods + TicketService(dependencies).methods
      + ProjectStageService(dependencies).methods
  }

  /// The methods that say who may come in, and as what.
  ///
  /// - Parameter nowSecond: seconds since 1970.
  public static func accessMethods(
    _ dependencies: ServiceDependencies, nowSecond: @escaping @Sendable () -> Int64
  ) -> [MethodDefinition] {
    AccessService(dependencies, now: nowSecond).methods
  }

  /// Watching what is committed.
  public static func watchMethods(_ dependencies: ServiceDependencies, hub: WatchHub) -> [MethodDefinition] {
    WatchService(hub, decode: dependencies.limits.decode).methods
  }

  /// The methods that take long: reports and snapshots.
  public static func jobMethods(
    _ dependencies: ServiceDependencies, reporters: ReporterHostConfiguration, snapshots: SnapshotKeeper, jobs: JobPool
  ) -> [MethodDefinition] {
    ReportService(dependencies, reporters, jobs: jobs).methods
      + SnapshotService(snapshots, limits: dependencies.limits, jobs: jobs, observer: dependencies.observer).methods
  }

  /// The methods about the daemon itself.
  public static func statusMethods(_ source: any StatusSource) -> [MethodDefinition] {
    StatusService(source: source).methods
  }
}
