public import GuobanLedger
public import GuobanMessages

/// The daemon's keys, as services use them. What changes the ledger or a file blocks.
public protocol KeyKeeping: Sendable {
  /// The key that signs passes now.
  var signingKey: KeyMaterial { get }

  /// Whether records are being sealed anew, and how many have been since that began.
  var resealing: (isRunning: Bool, records: UInt64) { get }

  /// When due personal data were last erased, since the daemon started.
  var lastEraseTime: Google.Timestamp? { get }

  /// Makes a new key the current one.
  func rotate(_ purpose: Ledger.KeyPurpose, actor: String) throws -> Ledger.DaemonKey

  /// Destroys a retired key.
  func drop(_ id: String, actor: String) throws -> Ledger.DaemonKey

  /// Erases what is due, or only counts it.
  func eraseDue(
    validateOnly: Bool, checkCancellation: () throws -> Void
  ) throws -> Ledger.EraseDuePersonalDataResponse
}
