/// What someone is to the ledger. A principal may have several roles; their permissions add up.
///
/// What a role does not name, it does not allow.
public enum Role: String, Sendable, CaseIterable {
  /// Dashboards and mini-programs that only look.
  case viewer
  /// Keeps the records and runs reports.
  case clerk
  /// Issues and revokes passes (办证员).
  case passOfficer
  /// A scanner at the roadside: verifies passes, sees nothing else.
  case checkpoint
  /// Proves who changed what.
  case auditor
  /// Keeps the daemon: reporters, snapshots, figures. Changes no records and lets nobody in.
  case `operator`
  /// Everything, who may come in included.
  case admin
}

extension Role {
  /// What the role allows.
  public var permissions: PermissionSet {
    switch self {
    case .viewer: [.readRecords]
    case .clerk: [.readRecords, .writeRecords, .verifyPass, .runReport, .handleTickets, .approveTickets]
    case .passOfficer: [.readRecords, .issuePass, .verifyPass]
    case .checkpoint: [.verifyPass]
    case .auditor: [.readRecords, .readChangeLog]
    case .operator: [.readRecords, .runReport, .approveReporter, .takeSnapshot, .observe]
    case .admin: PermissionSet(Permission.allCases)
    }
  }
}
