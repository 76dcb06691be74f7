public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Revokes a pass, with the reason that the checkpoint will show.
public struct PassRevocation: Sendable {
  private let request: Ledger.RevokePassRequest
  private let today: CivilDate

  /// Checks everything that needs no ledger.
  ///
  /// - Parameter today: the day of the revocation.
  public init(_ request: Ledger.RevokePassRequest, today: CivilDate) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.code("number", request.number) { text throws(RuleViolation) in try PassNumber(text) }
    checks.name("reason", request.reason)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.request = request
    self.today = today
  }

  /// Writes the revocation; returns the pass's stored bytes.
  public func run(_ writer: any LedgerWriter) throws -> [UInt8] {
    guard let bytes = try writer.record("Pass", request.number) else {
      throw LedgerError.notFound("Pass", request.number)
    }
    var pass = try Ledger.Pass(packed: bytes, limits: .standard)
    try writer.requireEtag(request.etag, current: pass.meta, key: pass.number)
    let meta = pass.meta
    pass.state = Ledger.PassState(try PassDates(pass).state(after: .revoke, of: pass.number, on: today))
    pass.revokeReason = request.reason
    return try writer.write(pass, after: meta ?? Ledger.RecordMeta())
  }
}
