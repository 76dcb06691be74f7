public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Issues a pass: one vehicle, one pass, one route (一车一证一线路).
public struct PassIssue: Sendable {
  private let division: RegionCode
  private let draft: Ledger.Pass
  private let path: String

  /// Checks everything that needs no ledger.
  ///
  /// - Parameters:
  ///   - path: goes before the names of fields: "requests[3].".
  ///   - today: the first day where the request names none.
  ///   - validDays: how long a pass is good where the request names no last day.
  ///   - validDaysMax: how long it may be good at most.
  public init(
    _ request: Ledger.IssuePassRequest, path: String = "", today: CivilDate, validDays: Int, validDaysMax: Int
  ) throws(LedgerError) {
    var checks = RecordChecks(path: path)
    let division = checks.code("division", request.division) { text throws(RuleViolation) in try RegionCode(text) }
    var draft = Ledger.Pass(
      labels: request.labels, tags: request.tags, kind: request.kind, plate: request.plate,
      plateColor: request.plateColor, enterprise: request.enterprise, goods: request.goods, loadKg: request.loadKg,
      origin: request.origin, destination: request.destination, conditions: request.conditions,
      validFrom: request.validFrom, validUntil: request.validUntil, state: .issued, holder: request.holder)
    draft.setDates(today: today, validDays: validDays)
    draft.normalise()
    // The number comes from the writer; any good one stands in for it here.
    draft.number = "110000000001"
    let bounds = RecordBounds(passValidDaysMax: validDaysMax)
    let violations = checks.violations + draft.violations(path: path, within: bounds)
    guard let division, violations.isEmpty else { throw .invalid(violations) }
    self.division = division
    self.draft = draft
    self.path = path
  }

  /// A pass that goes on from `old`, for its vehicle, route and holder.
  init(
    renewing old: Ledger.Pass, holder: Ledger.Contact?, _ request: Ledger.RenewPassRequest, today: CivilDate,
    validDays: Int, validDaysMax: Int
  ) throws(LedgerError) {
    var draft = old
    draft.meta = nil
    draft.state = .issued
    draft.holder = holder
    draft.renews = old.number
    draft.validFrom = request.validFrom
    draft.validUntil = request.validUntil
    draft.setDates(today: today, validDays: validDays)
    var checks = RecordChecks(path: "")
    let division = checks.code("number", String(old.number.prefix(PassNumber.divisionCharacters))) {
      text throws(RuleViolation) in
      try RegionCode(text)
    }
    let bounds = RecordBounds(passValidDaysMax: validDaysMax)
    let violations = checks.violations + draft.violations(path: "", within: bounds)
    guard let division, violations.isEmpty else { throw .invalid(violations) }
    self.division = division
    self.draft = draft
    path = ""
  }

  /// Takes the next number, writes the pass, and cancels the vehicle's passes on this route. What throws has written
  /// nothing, so that others of the same batch can go on.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.IssuePassResponse {
    var pass = draft
    try writer.checkReferences(pass, path: path)
    pass.number = try nextNumber(writer)
    let old = try oldOnes(of: pass, writer)
    _ = try writer.write(&pass, after: nil, old: nil)
    for each in old {
      var replaced = each
      replaced.state = Ledger.PassState(try PassLife.state(after: .supersede, in: .inForce))
      replaced.replacedBy = pass.number
      _ = try writer.put(replaced, after: each.meta ?? Ledger.RecordMeta(), dataKey: .keep)
    }
    return Ledger.IssuePassResponse(pass: pass, replaced: old.map(\.number))
  }

  /// One past the highest there is: the writer runs one request at a time and takes back what fails, so that there is
  /// neither a gap nor a duplicate.
  private func nextNumber(_ writer: any LedgerWriter) throws -> String {
    let last = try writer.lastKey(of: Ledger.Pass.schema.name, prefix: division.text)
    let sequence = try last.map { try PassNumber($0).sequence } ?? 0
    guard sequence < PassNumber.sequenceMax else {
      throw LedgerError(
        .exhausted, reason: "NUMBERS_USED_UP", "\(division.text) 的通行证编号已用完（999999 号）",
        "the pass numbers of \(division.text) are used up (999999)")
    }
    return try PassNumber(division: division, sequence: sequence + 1).text
  }

  private func oldOnes(of pass: Ledger.Pass, _ writer: any LedgerWriter) throws -> [Ledger.Pass] {
    // A vehicle's first pass: nothing to look for.
    guard try writer.mayHave(pass.plate, in: "plate", of: Ledger.Pass.schema.name) else { return [] }
    // Mostly one; imports bring in more, of days that do not overlap.
    return try writer.list(
      ListQuery(type: "Pass", filter: Ledger.Pass.issued(likeThis: pass), afterKey: nil, limit: 100)
    ).map {
      try Ledger.Pass(packed: $0.bytes, limits: .standard)
    }
  }
}

extension Ledger.Pass {
  /// Today, and the usual number of days, where nothing is said.
  fileprivate mutating func setDates(today: CivilDate, validDays: Int) {
    if validFrom.isEmpty { validFrom = today.description }
    if validUntil.isEmpty, let last = try? CivilDate(validFrom).addingDays(max(validDays, 1) - 1) {
      validUntil = last.description
    }
  }
}
