public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Issues a pass: one vehicle, one pass, one route (一车一证一线路).
public struct PassIssue: Sendable {
  private let division: RegionCode
  private let draft: Ledger.Pass
  private let path: String
  private let today: CivilDate

  /// Checks everything that needs no ledger.
  ///
  /// - Parameters:
  ///   - path: goes before the names of fields: "requests[3].".
  ///   - today: the first day where the request names none.
  ///   - validDays: how long a pass is good where the request names no last day.
  ///   - bounds: how long it may be good at most.
  public init(
    _ request: Ledger.IssuePassRequest, path: String = "", today: CivilDate, validDays: Int, within bounds: RecordBounds
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
    let violations = checks.violations + draft.violations(path: path, within: bounds)
    guard let division, violations.isEmpty else { throw .invalid(violations) }
    self.division = division
    self.draft = draft
    self.path = path
    self.today = today
  }

  /// A pass that goes on from `old`, for its vehicle, route and holder.
  init(
    renewing old: Ledger.Pass, holder: Ledger.Contact?, _ request: Ledger.RenewPassRequest, today: CivilDate,
    validDays: Int, within bounds: RecordBounds
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
    let violations = checks.violations + draft.violations(path: "", within: bounds)
    guard let division, violations.isEmpty else { throw .invalid(violations) }
    self.division = division
    self.draft = draft
    path = ""
    self.today = today
  }

  /// Takes the next number, writes the pass, and cancels the vehicle's passes on this route. What throws has written
  /// nothing, so that others of the same batch can go on.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.IssuePassResponse {
    var pass = draft
    try refuseWhatIsOver()
    try writer.checkReferences(pass, path: path)
    pass.number = try nextNumber(writer)
    let old = try oldOnes(of: pass, writer)
    _ = try writer.write(&pass, after: nil, old: nil, path: path)
    for each in old {
      var replaced = each
      replaced.state = Ledger.PassState(try PassLife.state(after: .supersede, in: .inForce))
      replaced.replacedBy = pass.number
      _ = try writer.put(replaced, after: each.meta ?? Ledger.RecordMeta(), dataKey: .keep)
    }
    return Ledger.IssuePassResponse(pass: pass, replaced: old.map(\.number))
  }

  /// Nobody could ever use it, and it would cancel the vehicle's good one. Not before: a request that was done already gets
  /// its answer on any day.
  private func refuseWhatIsOver() throws {
    guard let last = try? CivilDate(draft.validUntil), last < today else { return }
    throw LedgerError.invalid([
      RecordViolation(
        field: path + "valid_until", value: draft.validUntil, rule: "ENDS_IN_THE_PAST",
        "止于 \(draft.validUntil)，今天已是 \(today)：请改有效期",
        "ends on \(draft.validUntil), and today is \(today): give it other days")
    ])
  }

  /// One past the highest there is: the writer runs one request at a time and takes back what fails, so that there is
  /// neither a gap nor a duplicate.
  private func nextNumber(_ writer: any LedgerWriter) throws -> String {
    var last = try sequence(beginning: "", writer) ?? 0
    if last == PassNumber.sequenceMax { last = try beneathTheEnd(writer) }
    return try PassNumber(division: division, sequence: last + 1).text
  }

  /// Passes that a table brought in with the very last numbers do not close the division: it goes on below them.
  private func beneathTheEnd(_ writer: any LedgerWriter) throws -> Int {
    var used = PassNumber.sequenceMax
    for _ in 0..<Self.lastNumbersMax {
      let below = try sequence(before: used, writer) ?? 0
      if below < used - 1 { return below }
      used = below
      if used <= 1 { break }
    }
    throw LedgerError(
      .exhausted, reason: "NUMBERS_USED_UP", "\(division.text) 的通行证编号已用完（999999 号）",
      "the pass numbers of \(division.text) are used up (999999)")
  }

  /// Used numbers without a gap at the very end, after which the division counts as full.
  private static let lastNumbersMax = 64

  /// The highest used number below another: the longest beginning that they share is tried first.
  private func sequence(before number: Int, _ writer: any LedgerWriter) throws -> Int? {
    let digits = Array(try PassNumber(division: division, sequence: number).text.suffix(6))
    for place in digits.indices.reversed() {
      var digit = digits[place].wholeNumberValue ?? 0
      while digit > 0 {
        digit -= 1
        if let found = try sequence(beginning: String(digits[..<place]) + String(digit), writer) { return found }
      }
    }
    return nil
  }

  /// The highest used number with these first digits.
  private func sequence(beginning digits: String, _ writer: any LedgerWriter) throws -> Int? {
    try writer.lastKey(of: Ledger.Pass.schema.name, prefix: division.text + digits).map { try PassNumber($0).sequence }
  }

  private func oldOnes(of pass: Ledger.Pass, _ writer: any LedgerWriter) throws -> [Ledger.Pass] {
    // A vehicle's first pass: nothing to look for.
    guard try writer.mayHave(pass.plate, in: "plate", of: Ledger.Pass.schema.name) else { return [] }
    // Mostly one; imports bring in more, of days that do not overlap.
    return try writer.every(Ledger.Pass.schema.name, where: Ledger.Pass.issued(likeThis: pass)).map {
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
