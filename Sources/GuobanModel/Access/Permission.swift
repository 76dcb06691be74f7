/// One thing that may be allowed. The same names stand in Proto/, beside every method.
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
  case handleTickets
  /// Let a ticket be closed, or late; the ticket's level and who handled it bound that further.
  case approveTickets

  /// Has no meaning for a part of the ledger: the change log, snapshots, reporters' approval and the daemon's own figures
  /// are about all regions at once. Whoever is held to a region does not have it, whatever the roles say.
  public var isAboutEverything: Bool {
    switch self {
    case .approveReporter, .takeSnapshot, .readChangeLog, .observe: true
    default: false
    }
  }
}
