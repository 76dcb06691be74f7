internal import GuobanLedger
internal import GuobanMessages

/// Brings what the ledger knows of its keys in line with the key files. Pure: reads no file, writes no record.
struct KeyPlan {
  /// Records to be written.
  private(set) var changes: [Ledger.DaemonKey] = []
  /// Keys that the ledger cannot do without and the file does not have.
  private(set) var missing: [Ledger.DaemonKey] = []

  /// - Parameters:
  ///   - known: what the ledger knows, of this purpose.
  ///   - held: what the file holds, the current one first.
  init(known: [Ledger.DaemonKey], held: [KeyMaterial]) {
    guard let current = held.first else { return }
    for record in known {
      var record = record
      let isHeld = held.contains { $0.id == record.id }
      switch record.state {
      case .current where record.id == current.id: continue
      case .current where isHeld:
        record.state = record.purpose == .personalData ? .retiring : .retired
        changes.append(record)
      case .retired, .retiring:
        if record.id == current.id {
          record.state = .current
          changes.append(record)
        } else if record.state == .retiring, !isHeld {
          missing.append(record)
        }
      case .current: missing.append(record)
      default: continue
      }
    }
    guard !known.contains(where: { $0.id == current.id }) else { return }
    changes.append(
      Ledger.DaemonKey(id: current.id, purpose: current.purpose, state: .current, ed25519: current.publicKey))
  }
}
