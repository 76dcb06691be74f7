public import GuobanMessages

extension Ledger.ChangeOperation {
  /// Whether a row of this operation says what a record is from then on. The others only tell what was done with it, and
  /// whoever asks for a record's last version passes over them.
  public var writesRecord: Bool {
    switch self {
    case .reveal, .erase: false
    default: true
    }
  }
}
