public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// Records that a vehicle drove on its pass, as a checkpoint saw it.
public struct PassTripEntry: Sendable {
  private let request: Ledger.RecordTripRequest
  private let verification: PassVerification
  private let time: Google.Timestamp
  private let date: CivilDate

  /// Trips may be recorded this much ahead of the daemon's clock, which need not be the checkpoint's.
  static let aheadSecondsMax: Int64 = 600

  /// Checks everything that needs no ledger.
  ///
  /// - Parameter now: the trip's time where the request names none.
  public init(_ request: Ledger.RecordTripRequest, now: Google.Timestamp) throws(LedgerError) {
    time = request.time ?? now
    var checks = RecordChecks(path: "")
    checks.code("number", request.number) { text throws(RuleViolation) in try PassNumber(text) }
    let date = try? time.civilDate
    var violations = checks.violations
    if date == nil || time.seconds > now.seconds + Self.aheadSecondsMax {
      violations.append(Self.inTheFuture("time", time))
    }
    guard let date, violations.isEmpty else { throw .invalid(violations) }
    self.date = date
    self.request = request
    verification = try PassVerification(
      Ledger.VerifyPassRequest(number: request.number, plate: request.plate), today: date)
  }

  /// Writes the trip with the pass's next sequence. A pass that is not valid on the day of the trip is refused with the
  /// verdict.
  public func run(_ writer: any LedgerWriter) throws -> [UInt8] {
    guard let bytes = try writer.record("Pass", request.number) else {
      throw LedgerError.notFound("Pass", request.number)
    }
    let pass = try Ledger.Pass(packed: bytes, limits: .standard)
    let answer = try verification.verdict(pass)
    guard answer.verdict != .wrongPlate else {
      throw LedgerError(
        .precondition, reason: answer.verdict.name, "不能登记行程：\(answer.reason)",
        "the trip cannot be recorded: \(PassVerdict.wrongPlate.englishReason(PassFacts(pass), askedPlate: request.plate))"
      )
    }
    _ = try PassDates(pass).state(after: .recordTrip, of: pass.number, on: date)
    let trip = Ledger.PassTrip(
      pass: pass.number, sequence: try Ledger.PassTrip.nextSequence(of: pass.number, in: writer), time: time,
      date: date.text, region: request.region, place: request.place, plate: pass.plate, loadKg: request.loadKg)
    let violations = trip.violations(path: "")
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    try writer.checkReferences(trip, path: "")
    return try writer.write(trip, after: nil)
  }

  static func inTheFuture(_ field: String, _ time: Google.Timestamp?) -> RecordViolation {
    RecordViolation(
      field: field, value: "\(time?.seconds ?? 0)", rule: "IN_THE_FUTURE", "行程时间还没有到，请核对设备的时钟",
      "the time of the trip has not come yet; please check the clock of the device")
  }
}

extension Google.Timestamp {
  /// In Asia/Shanghai.
  var civilDate: CivilDate {
    get throws(RuleViolation) { try CivilDate(epochSeconds: seconds, in: .shanghai) }
  }
}
