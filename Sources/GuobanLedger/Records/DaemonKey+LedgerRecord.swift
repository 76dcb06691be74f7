public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.DaemonKey: LedgerRecord {
  public static let schema = RecordSchema.record(
    "DaemonKey", [.choice("purpose", Ledger.KeyPurpose.self), .choice("state", Ledger.KeyState.self)], regions: [])

  public static var isShared: Bool { true }

  public static var readPermission: Permission { .manageKeys }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.name("id", id, max: 64)
    checks.choice("purpose", purpose, among: Ledger.KeyPurpose.allCases)
    checks.choice("state", state, among: Ledger.KeyState.allCases)
  }

  public var ownColumns: [ColumnValue] { [.text(purpose.name), .text(state.name)] }
}
