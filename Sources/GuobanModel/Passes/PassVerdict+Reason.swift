/// What a verdict is about, as far as the person at the checkpoint must hear of it.
public struct PassFacts: Sendable {
  public var plate: String
  public var validFrom: String
  public var validUntil: String
  public var revokeReason: String
  public var replacedBy: String

  public init(
    plate: String, validFrom: String, validUntil: String, revokeReason: String = "", replacedBy: String = ""
  ) {
    self.plate = plate
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.revokeReason = revokeReason
    self.replacedBy = replacedBy
  }
}

extension PassVerdict {
  /// For the person at the checkpoint, in Chinese: the same words from the daemon and offline.
  public func reason(_ pass: PassFacts, askedPlate: String) -> String {
    switch self {
    case .valid: "有效，至 \(pass.validUntil)"
    case .notFound: explanation
    case .notYetValid: "\(pass.validFrom) 起才有效"
    case .expired: "已于 \(pass.validUntil) 到期，请换领新证"
    case .revoked: "已吊销：\(pass.revokeReason)"
    case .replaced: "已被新证 \(pass.replacedBy) 取代，请出示新证"
    case .wrongPlate: "这张通行证是 \(pass.plate) 的，不是 \(askedPlate) 的"
    }
  }

  /// The same in English.
  public func englishReason(_ pass: PassFacts, askedPlate: String) -> String {
    switch self {
    case .valid: "valid until \(pass.validUntil)"
    case .notFound: englishExplanation
    case .notYetValid: "valid from \(pass.validFrom) only"
    case .expired: "expired on \(pass.validUntil); a new pass is needed"
    case .revoked: "revoked: \(pass.revokeReason)"
    case .replaced: "replaced by the new pass \(pass.replacedBy); please show that one"
    case .wrongPlate: "this pass is for \(pass.plate), not for \(askedPlate)"
    }
  }
}
