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
  /// Names, phones and identity numbers whole; each time is in the change log.
  case revealPersonalData
  /// Of a vehicle that drives on a pass.
  case recordTrip
  /// Of personal data and of passes' signatures; erase what is due.
  case manageKeys
  /// What registers (自定义台账) hold.
  case defineRegisters

  /// Has no meaning for a part of the ledger: the change log, snapshots, reporters' approval, keys and the daemon's own
  /// figures are about all regions at once. Whoever is held to a region does not have it, whatever the roles say.
  public var isAboutEverything: Bool {
    switch self {
    case .approveReporter, .takeSnapshot, .readChangeLog, .observe, .manageKeys: true
    default: false
    }
  }
}
