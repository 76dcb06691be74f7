/// How far a published figure is settled.
public enum Finality: String, Sendable, CaseIterable {
  /// 初步: revised freely.
  case preliminary = "PRELIMINARY"
  /// 最终: corrected with a reason, never taken back.
  case final = "FINAL"

  /// For messages.
  public var chinese: String { self == .final ? "最终数" : "初步数" }
}

/// The life of a published figure: 初步 → 最终, then corrections with reasons.
public enum Publication {
  /// What may be done to a figure.
  public enum Step: String, Sendable, CaseIterable {
    /// A preliminary figure gets another value, or none changes at all.
    case revise
    /// Preliminary becomes final.
    case finalise
    /// A final figure gets another value, with a reason; what it was is kept.
    case correct
  }

  /// One row of the table of all that is allowed.
  public struct Transition: Sendable, Hashable {
    public let from: Finality
    public let step: Step
    public let to: Finality
    public let needsReason: Bool
  }

  /// Everything that is allowed; what is not here is refused.
  public static let transitions = [
    Transition(from: .preliminary, step: .revise, to: .preliminary, needsReason: false),
    Transition(from: .preliminary, step: .finalise, to: .final, needsReason: false),
    Transition(from: .final, step: .correct, to: .final, needsReason: true),
  ]

  /// Which transition a change is; nil when a final figure stays as it is.
  ///
  /// - Throws: `FIGURE_IS_FINAL` for a final figure that shall be preliminary again; `CORRECTION_REASON` for a correction
  ///   that says no reason. Both say what is allowed, and to whom.
  public static func transition(
    from: Finality, to: Finality, valueChanges: Bool, reason: String
  ) throws(RuleViolation) -> Transition? {
    if from == .final, to == .final, !valueChanges { return nil }
    guard let transition = transitions.first(where: { $0.from == from && $0.to == to }) else {
      throw RuleViolation(
        rule: "FIGURE_IS_FINAL",
        message: "这个数已是最终数，不能退回初步数；可以做的是更正：有权录入的人改数值并写明更正原因（correction_reason）",
        englishMessage:
          "the figure is final and cannot be preliminary again; whoever may write it can correct it with a reason")
    }
    guard !transition.needsReason || !reason.isEmpty else {
      throw RuleViolation(
        rule: "CORRECTION_REASON",
        message: "这个数已是最终数，有权录入的人可以更正，但必须写明原因（correction_reason）；原数会留存备查",
        englishMessage:
          "the figure is final: whoever may write it can correct it, with a reason; the old value is kept")
    }
    return transition
  }
}
