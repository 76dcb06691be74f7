/// The life of an assignment: somebody helps somebody in a role, until he is followed or it ends. One active person per
/// role and target.
public enum AssignmentLife {
  /// Whether it goes on.
  public enum State: String, Sendable, CaseIterable {
    case active
    case ended

    /// For messages.
    public var chinese: String { self == .active ? "在岗" : "已结束" }
  }

  /// What may be done to one that exists.
  public enum Step: String, Sendable, CaseIterable {
    /// Its first day, tier or task is put right.
    case amend
    /// It gets its last day.
    case end
    /// It gets its last day, and the next person begins the day after.
    case handOver

    /// For messages.
    public var chinese: String {
      switch self {
      case .amend: "更正起始日、层级、任务"
      case .end: "结束（填写 until）"
      case .handOver: "交接（HandOverAssignment）"
      }
    }
  }

  /// One row of the table of all that is allowed.
  public struct Transition: Sendable, Hashable {
    public let from: State
    public let step: Step
    public let to: State
  }

  /// Everything that is allowed; what is not here is refused.
  public static let transitions = [
    Transition(from: .active, step: .amend, to: .active),
    Transition(from: .active, step: .end, to: .ended),
    Transition(from: .active, step: .handOver, to: .ended),
  ]

  /// What may be done now.
  public static func allowed(from state: State) -> [Step] {
    transitions.filter { $0.from == state }.map(\.step)
  }

  /// - Throws: `ASSIGNMENT_ENDED`: what has ended stays as it was.
  public static func check(_ step: Step, from state: State) throws(RuleViolation) {
    guard !allowed(from: state).contains(step) else { return }
    throw RuleViolation(
      rule: "ASSIGNMENT_ENDED",
      message: "这项分工\(state.chinese)，不能再\(step.chinese)；有权录入的人可以另建一项",
      englishMessage: "the assignment has ended and cannot be changed; whoever may write can create another")
  }

  /// - Throws: `ASSIGNMENT_PERSON` when the person, role or target of an active one changes.
  public static func checkSame(_ isSame: Bool) throws(RuleViolation) {
    guard !isSame else { return }
    let now = allowed(from: .active).map(\.chinese).joined(separator: "、")
    throw RuleViolation(
      rule: "ASSIGNMENT_PERSON",
      message: "在岗的分工不能换人、换角色或换对象；现在可以：\(now)，由有权录入的人办理",
      englishMessage: "an active assignment keeps its person, role and target; hand it over, or end it")
  }
}
