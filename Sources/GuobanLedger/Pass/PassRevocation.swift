public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// Revokes a pass, with the reason that the checkpoint will show.
public struct PassRevocation: Sendable {
  private let request: Ledger.RevokePassRequest

  /// Checks everything that needs no ledger.
  public init(_ request: Ledger.RevokePassRequest) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.code("number", request.number) { text throws(RuleViolation) in try PassNumber(text) }
    checks.name("reason", request.reason)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.request = request
  }

  /// Writes the revocation; returns the pass's stored bytes.
  public func run(_ writer: any LedgerWriter) throws -> [UInt8] {
    guard let bytes = try writer.record("Pass", request.number) else {
      throw LedgerError.notFound("Pass", request.number)
    }
    var pass = try Ledger.Pass(packed: bytes, limits: .standard)
    try writer.requireEtag(request.etag, current: pass.meta, key: pass.number)
    guard pass.state == .issued else {
      let state = pass.state == .revoked ? "已经吊销（\(pass.revokeReason)）" : "已被新证 \(pass.replacedBy) 取代"
      throw LedgerError(.precondition, reason: "NOT_IN_FORCE", "通行证 \(pass.number) \(state)，不能再吊销")
    }
    let meta = pass.meta
    pass.state = .revoked
    pass.revokeReason = request.reason
    return try writer.write(pass, after: meta ?? Ledger.RecordMeta())
  }
}
