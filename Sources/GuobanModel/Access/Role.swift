/// What someone is to the ledger. A principal may have several roles; their permissions add up.
public enum Role: String, Sendable, CaseIterable {
  /// Dashboards and mini-programs that only look.
  case reader
  /// Keeps the records, issues passes, runs reports.
  case clerk
  /// Keeps the daemon: reporters, snapshots, settings. Does not change records.
  case `operator`
  /// Proves who changed what.
  case auditor
  /// A scanner at the roadside: verifies passes, sees nothing else.
  case checkpoint
}

/// One thing that may be allowed.
public enum Permission: String, Sendable, CaseIterable {
  /// Being let in is enough.
  case connect
  case readRecords
  case writeRecords
  case issuePass
  case verifyPass
  case runReport
  case approveReporter
  case takeSnapshot
  case readChangeLog
  /// Figures about the daemon itself.
  case observe
  /// Tokens, roles, who may come in.
  case manageAccess
}

extension Role {
  /// What the role allows.
  public var permissions: Set<Permission> {
    switch self {
    case .reader: [.readRecords]
    case .clerk: [.readRecords, .writeRecords, .issuePass, .verifyPass, .runReport]
    case .operator:
      [.readRecords, .runReport, .approveReporter, .takeSnapshot, .readChangeLog, .observe, .manageAccess]
    case .auditor: [.readRecords, .readChangeLog]
    case .checkpoint: [.verifyPass]
    }
  }
}
