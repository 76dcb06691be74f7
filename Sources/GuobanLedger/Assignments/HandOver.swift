public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// One assignment ends and the next begins, in one commit.
public struct HandOver: Sendable {
  private let request: Ledger.HandOverAssignmentRequest
  private let date: CivilDate

  /// Checks everything that needs no ledger.
  public init(_ request: Ledger.HandOverAssignmentRequest) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.reference("key", request.key)
    checks.code("new_id", request.newId) { text throws(RuleViolation) in try RecordID(text) }
    checks.reference("officer", request.officer)
    checks.name("reason", request.reason, required: false)
    let date = checks.date("date", request.date, required: true)
    guard let date, checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.request = request
    self.date = date
  }

  /// Writes both.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.HandOverAssignmentResponse {
    let type = Ledger.Assignment.schema.name
    guard let bytes = try writer.record(type, request.key) else { throw LedgerError.notFound(type, request.key) }
    let old = try Ledger.Assignment(packed: bytes, limits: .standard)
    try writer.requireEtag(request.etag, current: old.meta, key: old.id)
    do throws(RuleViolation) {
      try AssignmentLife.check(.handOver, from: old.state)
    } catch {
      throw LedgerError(
        .precondition, reason: error.rule, "\(old.id)：\(error.message)", "\(old.id): \(error.englishMessage)")
    }
    guard request.officer != old.officer else {
      throw LedgerError(
        .precondition, reason: "SAME_OFFICER", "现在就是 \(old.officer) 担任，无须交接",
        "\(old.officer) holds it now; there is nothing to hand over")
    }
    guard date.text > old.since, let lastDay = try? date.addingDays(-1) else {
      throw LedgerError(
        .precondition, reason: "BEFORE_START", "交接日 \(date) 应晚于现任的起始日 \(old.since)",
        "the day of the handover, \(date), must be after \(old.since), when the present holder began")
    }
    guard try !writer.has(type, request.newId) else {
      throw LedgerError(
        .alreadyExists, reason: "ALREADY_EXISTS", "已有编号为“\(request.newId)”的分工，请换一个编号",
        "there is an assignment “\(request.newId)” already; please choose another id")
    }
    var ended = old
    ended.until = lastDay.text
    ended.endReason = request.reason
    var begun = old
    begun.id = request.newId
    begun.officer = request.officer
    begun.since = date.text
    begun.endReason = ""
    begun.previous = old.id
    _ = try writer.write(&ended, after: old.meta ?? Ledger.RecordMeta(), old: old)
    try begun.refuseTaken(in: writer)
    _ = try writer.write(&begun, after: nil, old: nil)
    try writer.checkReferences(begun, path: "")
    return Ledger.HandOverAssignmentResponse(ended: ended, begun: begun)
  }
}
