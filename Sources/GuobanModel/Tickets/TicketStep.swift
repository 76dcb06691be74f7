/// One step as it is asked for, or as history tells it.
public struct TicketStep: Sendable, Equatable {
  public var action: TicketAction
  public var date: CivilDate
  /// Who takes it; empty when history does not say.
  public var actor: String
  /// What is said: the reason where the table asks for one.
  public var note = ""
  /// Who solves it.
  public var owner = ""
  /// Who sees to it that he does.
  public var supervisor = ""
  /// How it was solved.
  public var method = ""
  /// What came of it.
  public var result = ""
  public var outcome: TicketOutcome?
  public var satisfaction: TicketSatisfaction?
  /// By when a major problem is to be solved, where a month is not enough.
  public var timetable: CivilDate?

  /// A step that says nothing but what it is.
  public init(_ action: TicketAction, on date: CivilDate, by actor: String = "") {
    self.action = action
    self.date = date
    self.actor = actor
  }

  func says(_ word: TicketTransition.Word) -> Bool {
    switch word {
    case .note: !note.isEmpty
    case .owner: !owner.isEmpty
    case .method: !method.isEmpty
    case .result: !result.isEmpty
    case .outcome: outcome != nil
    case .satisfaction: satisfaction != nil
    }
  }
}

/// What a step that is taken now is judged by; history is not judged again.
public struct TicketJudge: Sendable {
  /// How high whoever takes the step stands.
  public var rank: GovernmentRank
  public var deadlines: TicketDeadlines
  public var count: DayCount

  /// Judges one caller's steps.
  public init(rank: GovernmentRank, deadlines: TicketDeadlines, count: DayCount) {
    self.rank = rank
    self.deadlines = deadlines
    self.count = count
  }
}

/// Why a step cannot be taken: what can be, and who may take it.
public struct TicketRefusal: Error, Sendable, Equatable {
  /// What kind of refusal it is.
  public enum Kind: Sendable {
    /// The ticket is not at a point where the step makes sense.
    case state
    /// Somebody else may.
    case authority
    /// The step itself is wrong or says too little.
    case step
  }

  public let kind: Kind
  public let violation: RuleViolation

  init(_ kind: Kind, _ rule: String, _ message: String, _ englishMessage: String) {
    self.kind = kind
    violation = RuleViolation(rule: rule, message: message, englishMessage: englishMessage)
  }

  init(_ kind: Kind, _ violation: RuleViolation) {
    self.kind = kind
    self.violation = violation
  }
}
