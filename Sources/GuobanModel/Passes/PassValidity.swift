/// The state that the ledger keeps of a pass. Being out of its dates is not a state: it follows from the day.
public enum PassState: String, Sendable, CaseIterable {
  case issued = "ISSUED"
  case revoked = "REVOKED"
  /// Cancelled by a new pass for the same vehicle and route.
  case replaced = "REPLACED"
}

/// The answer to "may this vehicle pass?"; each refusal says which rule it is.
public enum PassVerdict: String, Sendable, CaseIterable {
  case valid = "VALID"
  case notFound = "NOT_FOUND"
  case notYetValid = "NOT_YET_VALID"
  case expired = "EXPIRED"
  case revoked = "REVOKED"
  case replaced = "REPLACED"
  case wrongPlate = "WRONG_PLATE"

  /// For the person at the checkpoint.
  public var explanation: String {
    switch self {
    case .valid: "通行证有效，请放行"
    case .notFound: "未查到该通行证，请核对证号和车牌"
    case .notYetValid: "通行证尚未生效"
    case .expired: "通行证已过有效期，请换领新证"
    case .revoked: "通行证已被注销"
    case .replaced: "通行证已被同车同线路的新证替代，请出示新证"
    case .wrongPlate: "车牌与通行证不符：一车一证一线路"
    }
  }

  /// The same in English.
  public var englishExplanation: String {
    switch self {
    case .valid: "valid: let the vehicle pass"
    case .notFound: "no such pass; check the number and the plate"
    case .notYetValid: "not valid yet"
    case .expired: "expired; a new pass is needed"
    case .revoked: "revoked"
    case .replaced: "replaced by a newer pass for this vehicle and route; ask for that one"
    case .wrongPlate: "issued for another vehicle: one vehicle, one pass, one route"
    }
  }
}

/// When a pass is good.
public enum PassValidity {
  /// - Throws: `PASS_VALIDITY_ORDER` when the last day comes before the first.
  public static func check(from validFrom: CivilDate, until validUntil: CivilDate) throws(RuleViolation) {
    guard validFrom <= validUntil else {
      throw RuleViolation(
        rule: "PASS_VALIDITY_ORDER",
        message: "有效期止 \(validUntil) 早于有效期起 \(validFrom)，请核对",
        englishMessage: "the last valid day \(validUntil) comes before the first, \(validFrom)")
    }
  }

  /// The first rule that speaks against the pass, in this order: another vehicle's (what else is wrong with it is not
  /// this driver's business), revoked, replaced, not yet valid, expired. Both dates are valid days.
  public static func verdict(
    state: PassState, validFrom: CivilDate, validUntil: CivilDate, on date: CivilDate, plateMatches: Bool
  ) -> PassVerdict {
    guard plateMatches else { return .wrongPlate }
    switch state {
    case .revoked: return .revoked
    case .replaced: return .replaced
    case .issued: break
    }
    if date < validFrom { return .notYetValid }
    return date > validUntil ? .expired : .valid
  }
}
