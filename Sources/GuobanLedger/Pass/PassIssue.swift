public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Issues a pass: one vehicle, one pass, one route (一车一证一线路).
public struct PassIssue: Sendable {
  private let request: Ledger.IssuePassRequest
  private let division: String
  private let draft: Ledger.Pass

  /// Checks everything that needs no ledger.
  ///
  /// - Parameters:
  ///   - today: the first day where the request names none.
  ///   - validDays: how long a pass is good where the request names no last day.
  ///   - validDaysMax: how long it may be good at most.
  public init(
    _ request: Ledger.IssuePassRequest, today: CivilDate, validDays: Int, validDaysMax: Int
  ) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    let division = checks.code("division", request.division) { text throws(RuleViolation) in try RegionCode(text) }
    var draft = Ledger.Pass(
      labels: request.labels, tags: request.tags, kind: request.kind, plate: request.plate,
      plateColor: request.plateColor, enterprise: request.enterprise, goods: request.goods, loadKg: request.loadKg,
      origin: request.origin, destination: request.destination, conditions: request.conditions,
      validFrom: request.validFrom.isEmpty ? today.description : request.validFrom, validUntil: request.validUntil,
      state: .issued)
    if draft.validUntil.isEmpty, let last = try? CivilDate(draft.validFrom).addingDays(max(validDays, 1) - 1) {
      draft.validUntil = last.description
    }
    draft.normalise()
    Self.check(request.holder, &checks)
    Self.checkLength(of: draft, max: validDaysMax, &checks)
    // The number comes from the writer; any good one stands in for it here.
    draft.number = "110000000001"
    let violations = checks.violations + draft.violations(path: "")
    guard let division, violations.isEmpty else { throw .invalid(violations) }
    self.request = request
    self.division = division.text
    self.draft = draft
  }

  /// Takes the next number, cancels the vehicle's passes on this route, and writes the pass.
  public func run(_ writer: any LedgerWriter, seal: HolderSeal) throws -> Ledger.IssuePassResponse {
    var pass = draft
    pass.number = try nextNumber(writer)
    try seal.seal(request.holder, into: &pass)
    let replaced = try replaceOld(by: pass, writer)
    let bytes = try writer.write(pass, after: nil)
    var references = ReferenceCheck()
    try references.check(pass, path: "", in: writer)
    try references.finish()
    return Ledger.IssuePassResponse(pass: try Ledger.Pass(packed: bytes, limits: .standard), replaced: replaced)
  }

  private func nextNumber(_ writer: any LedgerWriter) throws -> String {
    let last = try writer.group(
      GroupQuery(
        source: "Pass", filter: .compare(column: "division", .equal, .text(division)), groupBy: [],
        measures: [.max("sequence")], rowsMax: 1))
    var sequence: Int64 = 0
    if case .integer(let highest)? = last.columns.first?.first { sequence = highest }
    guard sequence < 999_999 else {
      throw LedgerError(.exhausted, reason: "NUMBERS_USED_UP", "\(division) 的通行证编号已用完（999999 号）")
    }
    let digits = String(sequence + 1)
    return division + String(repeating: "0", count: 6 - digits.count) + digits
  }

  private func replaceOld(by pass: Ledger.Pass, _ writer: any LedgerWriter) throws -> [String] {
    let sameRoute = Filter.and([
      .compare(column: "plate", .equal, .text(pass.plate)),
      .compare(column: "origin", .equal, .text(pass.origin)),
      .compare(column: "destination", .equal, .text(pass.destination)),
      .compare(column: "state", .equal, .text(Ledger.PassState.issued.name)),
    ])
    // One is the rule; a few more can only come from a ledger written otherwise.
    return try writer.list(ListQuery(type: "Pass", filter: sameRoute, afterKey: nil, limit: 100)).map { record in
      var old = try Ledger.Pass(packed: record.bytes, limits: .standard)
      let meta = old.meta
      old.state = .replaced
      old.replacedBy = pass.number
      _ = try writer.write(old, after: meta ?? Ledger.RecordMeta())
      return old.number
    }
  }

  private static func checkLength(of draft: Ledger.Pass, max: Int, _ checks: inout RecordChecks) {
    guard let from = try? CivilDate(draft.validFrom), let until = try? CivilDate(draft.validUntil) else { return }
    let days = CivilDate.daysBetween(from, until) + 1
    if days > max {
      checks.report(
        "valid_until", value: draft.validUntil, rule: "TOO_LONG_VALID", "从 \(from) 起有效 \(days) 天，最多 \(max) 天")
    }
  }

  private static func check(_ holder: Ledger.PassHolder?, _ checks: inout RecordChecks) {
    guard let holder else { return }
    checks.name("holder.name", holder.name, required: false, max: 64, isPersonal: true)
    let digits = holder.phone.utf8
    if !holder.phone.isEmpty, digits.count != 11 || digits.first != 0x31 || !digits.allSatisfy({ 0x30...0x39 ~= $0 }) {
      // The number is personal data: the message shows only its length.
      checks.report("holder.phone", value: "", rule: "PHONE", "手机号应是 1 开头的 11 位数字，现在有 \(digits.count) 位")
    }
  }
}
