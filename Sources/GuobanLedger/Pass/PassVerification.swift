public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// What a checkpoint asks: may this vehicle pass today?
public struct PassVerification: Sendable {
  public let number: String
  private let plate: String
  private let date: CivilDate

  /// - Parameter today: the date where the request names none.
  public init(_ request: Ledger.VerifyPassRequest, today: CivilDate) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    if request.number.isEmpty, request.plate.isEmpty {
      checks.report(
        "number", value: "", rule: "REQUIRED", "通行证号和车牌号至少要填一个", "give the number of the pass or of the plate, or both")
    }
    checks.code("number", request.number, required: false) { text throws(RuleViolation) in try PassNumber(text) }
    let plate = checks.code("plate", request.plate, required: false) { text throws(RuleViolation) in try Plate(text) }
    let date = checks.date("date", request.date)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.number = request.number
    self.plate = plate?.text ?? ""
    self.date = date ?? today
  }

  /// The verdict on the pass that has ``number``.
  ///
  /// - Parameter bytes: the stored pass; nil when there is none.
  public func verdict(onPass bytes: [UInt8]?) throws -> Ledger.VerifyPassResponse {
    guard let bytes else {
      return Ledger.VerifyPassResponse(verdict: .notFound, reason: "没有编号为 \(number) 的通行证")
    }
    return try verdict(try Ledger.Pass(packed: bytes, limits: .standard))
  }

  /// Passes beside the first that an answer tells of.
  static let othersMax = 100

  /// The verdict on a vehicle that shows no number: the first of its passes that is valid, and all others that are; else
  /// the one that ends last.
  public func verdictByPlate(_ reader: any LedgerReader) throws -> Ledger.VerifyPassResponse {
    guard try reader.mayHave(plate, in: "plate", of: Ledger.Pass.schema.name) else { return Self.nothing(plate) }
    let filter = Filter.compare(column: "plate", .equal, .text(plate))
    var valid: Ledger.VerifyPassResponse?
    var last: Ledger.VerifyPassResponse?
    var after: String?
    while valid.map({ $0.others.count < Self.othersMax }) ?? true {
      let page = try reader.list(ListQuery(type: "Pass", filter: filter, afterKey: after, limit: 200))
      guard let end = page.last else { break }
      for record in page {
        let answer = try verdict(try Ledger.Pass(packed: record.bytes, limits: .standard))
        // The one that ends last says most about the vehicle's present.
        if answer.pass?.validUntil ?? "" >= last?.pass?.validUntil ?? "" { last = answer }
        guard answer.verdict == .valid, let pass = answer.pass else { continue }
        if valid == nil {
          valid = answer
        } else if valid?.others.count ?? 0 < Self.othersMax {
          valid?.others.append(pass)
        }
      }
      after = end.key
    }
    return valid ?? last ?? Self.nothing(plate)
  }

  private static func nothing(_ plate: String) -> Ledger.VerifyPassResponse {
    Ledger.VerifyPassResponse(verdict: .notFound, reason: "车辆 \(plate) 没有通行证")
  }

  /// The verdict on a pass at hand.
  func verdict(_ pass: Ledger.Pass) throws(LedgerError) -> Ledger.VerifyPassResponse {
    let life = try PassDates(pass)
    let verdict = PassValidity.verdict(
      state: life.state, validFrom: life.from, validUntil: life.until, on: date,
      plateMatches: plate.isEmpty || plate == pass.plate)
    return Ledger.VerifyPassResponse(
      verdict: Ledger.PassVerdict(name: verdict.rawValue) ?? .unspecified,
      reason: verdict.reason(PassFacts(pass), askedPlate: plate), pass: pass)
  }
}

extension PassFacts {
  /// What a verdict tells of a stored pass.
  public init(_ pass: Ledger.Pass) {
    self.init(
      plate: pass.plate, validFrom: pass.validFrom, validUntil: pass.validUntil, revokeReason: pass.revokeReason,
      replacedBy: pass.replacedBy)
  }
}

/// What of a stored pass says where its life is.
struct PassDates {
  let state: PassState
  let from: CivilDate
  let until: CivilDate

  init(_ pass: Ledger.Pass) throws(LedgerError) {
    guard let state = PassState(rawValue: pass.state.name), let from = try? CivilDate(pass.validFrom),
      let until = try? CivilDate(pass.validUntil)
    else {
      throw LedgerError(
        .precondition, reason: "UNREADABLE_PASS", "通行证 \(pass.number) 的状态或日期无法识别，请联系管理员",
        "the state or dates of pass \(pass.number) cannot be read; please tell an administrator")
    }
    self.state = state
    self.from = from
    self.until = until
  }

  /// The state after an event on a day; refused where ``PassLife`` has no row for it.
  func state(after event: PassLife.Event, of number: String, on date: CivilDate) throws(LedgerError) -> PassState {
    do throws(RuleViolation) {
      return try PassLife.state(
        after: event, in: PassLife.phase(state: state, validFrom: from, validUntil: until, on: date))
    } catch {
      throw LedgerError(
        .precondition, reason: error.rule, "\(number)：\(error.message)", "\(number): \(error.englishMessage)")
    }
  }
}

extension Ledger.PassState {
  /// The message's name of a state.
  init(_ state: PassState) {
    self =
      switch state {
      case .issued: .issued
      case .revoked: .revoked
      case .replaced: .replaced
      }
  }
}
