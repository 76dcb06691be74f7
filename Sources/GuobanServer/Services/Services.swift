public import GuobanArchive
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
public import ReporterHost

/// All that the daemon answers, but for health and reflection, which the engine answers itself.
public enum Services {
  /// The methods of every service that needs only the ledger.
  public static func ledgerMethods(_ dependencies: ServiceDependencies) -> [MethodDefinition] {
    let records = RecordCatalog.writable.flatMap { definition in
      let service = "/guoban.v1.\(definition.name)Service"
      let records = RecordService(definition, dependencies)
      // Entries are listed by the names of their register's fields.
      let hasList = definition.name != Ledger.Entry.schema.name
      return records.readMethods(service: service, hasList: hasList) + records.writeMethods(service: service)
    }
    var methods = records
    methods += PassService(dependencies).methods
    methods += AssignmentService(dependencies).methods
    methods += RegisterService(dependencies).methods
    methods += TicketService(dependencies).methods
    methods += ProjectStageService(dependencies).methods
    methods += PersonalDataService(dependencies).methods
    methods += ImportService(dependencies).methods
    methods += LedgerService(dependencies).methods
    methods += QueryService(dependencies).methods
    return methods
  }

  /// The methods that say who may come in, and as what.
  ///
  /// - Parameter nowSecond: seconds since 1970.
  public static func accessMethods(
    _ dependencies: ServiceDependencies, nowSecond: @escaping @Sendable () -> Int64
  ) -> [MethodDefinition] {
    AccessService(dependencies, now: nowSecond).methods
  }

  /// The methods that prove who changed what.
  ///
  /// - Parameters:
  ///   - daysKept: days of the change log that a compaction leaves.
  ///   - nowSecond: seconds since 1970.
  public static func auditMethods(
    _ dependencies: ServiceDependencies, jobs: JobPool, daysKept: Int, nowSecond: @escaping @Sendable () -> Int64
  ) -> [MethodDefinition] {
    AuditService(dependencies, jobs: jobs, daysKept: daysKept, nowSecond: nowSecond).methods
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
