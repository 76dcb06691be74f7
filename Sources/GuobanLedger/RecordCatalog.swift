public import GuobanMessages
public import GuobanStorage

/// A record type as services offer it.
public struct RecordDefinition: Sendable {
  public let type: any LedgerRecord.Type
  /// In method names: `Get\(name)`.
  public var name: String { type.schema.name }
  /// In method names: `List\(plural)`.
  public let plural: String
  /// The request field of one record: "enterprise".
  public let field: String
  /// The request field of a batch: "enterprises".
  public let pluralField: String

  init(_ type: any LedgerRecord.Type, plural: String, field: String, pluralField: String) {
    self.type = type
    self.plural = plural
    self.field = field
    self.pluralField = pluralField
  }
}

/// Every record type there is.
public enum RecordCatalog {
  /// The types that clients create, update and delete themselves, in an order in which each comes after those that it
  /// refers to.
  public static let writable: [RecordDefinition] = [
    RecordDefinition(Ledger.Region.self, plural: "Regions", field: "region", pluralField: "regions"),
    RecordDefinition(Ledger.Enterprise.self, plural: "Enterprises", field: "enterprise", pluralField: "enterprises"),
    RecordDefinition(Ledger.Project.self, plural: "Projects", field: "project", pluralField: "projects"),
    RecordDefinition(
      Ledger.ProjectProgress.self, plural: "ProjectProgresses", field: "project_progress",
      pluralField: "project_progresses"),
    RecordDefinition(
      Ledger.BatchEntry.self, plural: "BatchEntries", field: "batch_entry", pluralField: "batch_entries"),
    RecordDefinition(Ledger.Indicator.self, plural: "Indicators", field: "indicator", pluralField: "indicators"),
    RecordDefinition(Ledger.Target.self, plural: "Targets", field: "target", pluralField: "targets"),
    RecordDefinition(
      Ledger.Observation.self, plural: "Observations", field: "observation", pluralField: "observations"),
    RecordDefinition(Ledger.Holiday.self, plural: "Holidays", field: "holiday", pluralField: "holidays"),
    RecordDefinition(Ledger.Ticket.self, plural: "Tickets", field: "ticket", pluralField: "tickets"),
    RecordDefinition(Ledger.Officer.self, plural: "Officers", field: "officer", pluralField: "officers"),
    RecordDefinition(
      Ledger.Assignment.self, plural: "Assignments", field: "assignment", pluralField: "assignments"),
    RecordDefinition(Ledger.Programme.self, plural: "Programmes", field: "programme", pluralField: "programmes"),
    RecordDefinition(Ledger.Activity.self, plural: "Activities", field: "activity", pluralField: "activities"),
    RecordDefinition(Ledger.Register.self, plural: "Registers", field: "register", pluralField: "registers"),
    RecordDefinition(Ledger.Entry.self, plural: "Entries", field: "entry", pluralField: "entries"),
  ]

  /// Types that operations of the daemon write, and files that bring in what happened without it.
  public static let passes: [RecordDefinition] = [
    RecordDefinition(Ledger.Pass.self, plural: "Passes", field: "pass", pluralField: "passes"),
    RecordDefinition(Ledger.PassTrip.self, plural: "PassTrips", field: "pass_trip", pluralField: "pass_trips"),
  ]

  /// What files may hold, in the same order.
  public static let importable = writable + passes

  /// Types that only the daemon's own operations write.
  public static let managed: [RecordDefinition] = [
    RecordDefinition(Ledger.DaemonKey.self, plural: "DaemonKeys", field: "daemon_key", pluralField: "daemon_keys"),
    RecordDefinition(Ledger.Report.self, plural: "Reports", field: "report", pluralField: "reports"),
    RecordDefinition(
      Ledger.ReporterApproval.self, plural: "ReporterApprovals", field: "reporter_approval",
      pluralField: "reporter_approvals"),
    RecordDefinition(
      Ledger.Compaction.self, plural: "Compactions", field: "compaction", pluralField: "compactions"),
    RecordDefinition(Ledger.Grant.self, plural: "Grants", field: "grant", pluralField: "grants"),
  ]

  /// Every type, in an order in which each comes after those that it refers to.
  public static let all = importable + managed

  /// What storage is opened with.
  public static let schemas = all.map { $0.type.schema }

  /// The definition of a type by name.
  public static func definition(named name: String) -> RecordDefinition? {
    all.first { $0.name == name }
  }

  /// Projects a stored record anew, for a ledger that is being restored.
  public static func project(type: String, bytes: [UInt8], limits: DecodeLimits) throws -> StoredRecord {
    guard let definition = definition(named: type) else {
      throw LedgerError(
        .invalid, reason: "UNKNOWN_TYPE", "这个版本不认识记录类型“\(type)”", "this version knows no record type “\(type)”")
    }
    return try definition.type.init(packed: bytes, limits: limits).projected(from: bytes)
  }
}
