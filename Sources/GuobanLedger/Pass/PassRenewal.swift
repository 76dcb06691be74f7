public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Renews a pass (换领): a new one for the same vehicle, route and holder, which cancels the old.
public struct PassRenewal: Sendable {
  private let request: Ledger.RenewPassRequest
  private let today: CivilDate
  private let validDays: Int
  private let bounds: RecordBounds

  /// Checks everything that needs no ledger. The days are ``PassIssue``'s.
  public init(
    _ request: Ledger.RenewPassRequest, today: CivilDate, validDays: Int, within bounds: RecordBounds
  ) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.code("number", request.number) { text throws(RuleViolation) in try PassNumber(text) }
    checks.date("valid_from", request.validFrom)
    checks.date("valid_until", request.validUntil)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.request = request
    self.today = today
    self.validDays = validDays
    self.bounds = bounds
  }

  /// Writes the new pass. Its holder is the old one's, sealed for the new pass.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.IssuePassResponse {
    guard let bytes = try writer.record("Pass", request.number) else {
      throw LedgerError.notFound("Pass", request.number)
    }
    let old = try Ledger.Pass(packed: bytes, limits: .standard)
    try writer.requireEtag(request.etag, current: old.meta, key: old.number)
    _ = try PassDates(old).state(after: .renew, of: old.number, on: today)
    return try PassIssue(
      renewing: old, holder: try writer.openContacts(of: old).first?.contact, request, today: today,
      validDays: validDays, within: bounds
    ).run(writer)
  }
}
