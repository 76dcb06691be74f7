/// What can be done with a ticket.
public enum TicketAction: String, Sendable, CaseIterable {
  case register = "REGISTER"
  case assign = "ASSIGN"
  case `return` = "RETURN"
  case feedback = "FEEDBACK"
  case requestClosure = "REQUEST_CLOSURE"
  case approveClosure = "APPROVE_CLOSURE"
  case refuseClosure = "REFUSE_CLOSURE"
  case escalate = "ESCALATE"
  case handDown = "HAND_DOWN"
  case exempt = "EXEMPT"
  case supervise = "SUPERVISE"
  case survey = "SURVEY"
  case reopen = "REOPEN"

  /// For a clerk.
  public var chinese: String {
    switch self {
    case .register: "登记"
    case .assign: "交办"
    case .return: "退回"
    case .feedback: "反馈"
    case .requestClosure: "申请销号"
    case .approveClosure: "批准销号"
    case .refuseClosure: "不予销号"
    case .escalate: "上报"
    case .handDown: "下沉"
    case .exempt: "容错"
    case .supervise: "督办"
    case .survey: "满意度回访"
    case .reopen: "重新办理"
    }
  }

  /// In English: "approve closure".
  public var english: String { rawValue.lowercased().split(separator: "_").joined(separator: " ") }
}

/// Who may take a step, beyond having the permission for its method.
public enum TicketAuthority: Sendable, Equatable {
  /// Whoever handles tickets in the region.
  case anyone
  /// Whoever stands at the ticket's level or above.
  case level
  /// The same, but never one who has handled it: nobody approves his own work.
  case levelAndNotHandler

  /// Whom to ask, for a clerk.
  func chinese(at level: TicketLevel) -> String {
    switch self {
    case .anyone: "经办人员"
    case .level: "\(level.rank.chinese)及以上"
    case .levelAndNotHandler: "\(level.rank.chinese)及以上、未经办过的人"
    }
  }

  func english(at level: TicketLevel) -> String {
    switch self {
    case .anyone: "whoever handles tickets"
    case .level: "\(level.rank.english) or above"
    case .levelAndNotHandler: "someone of \(level.rank.english) or above who has not handled it"
    }
  }
}

/// One row of the ticket's table: where a step may be taken from, where it leads, who may take it, what it must say.
public struct TicketTransition: Sendable, Equatable {
  /// What a step must say when it is taken; history is taken as it comes.
  public enum Word: String, Sendable {
    case note, owner, method, result, outcome, satisfaction
  }

  public let action: TicketAction
  public let from: Set<TicketState>
  /// Nil: the state stays.
  public let to: TicketState?
  public let authority: TicketAuthority
  public let words: [Word]

  /// All that can become of a ticket once it is registered.
  public static let table: [TicketTransition] = [
    row(.assign, [.registered, .assigned, .handling], .assigned, .level, [.owner]),
    row(.return, [.assigned], .registered, .anyone, [.note]),
    row(.feedback, [.assigned, .handling], .handling, .anyone, [.note]),
    row(.requestClosure, [.assigned, .handling], .pendingClosure, .anyone, [.outcome, .method, .result]),
    row(.approveClosure, [.pendingClosure], .closed, .levelAndNotHandler, []),
    row(.refuseClosure, [.pendingClosure], .handling, .levelAndNotHandler, [.note]),
    row(.escalate, waiting, .registered, .anyone, [.note]),
    row(.handDown, [.registered], .registered, .level, [.note]),
    row(.exempt, waiting, nil, .levelAndNotHandler, [.note]),
    row(.supervise, waiting.union([.pendingClosure]), nil, .level, [.note]),
    row(.survey, [.closed], nil, .anyone, [.satisfaction]),
    row(.reopen, [.closed], .handling, .anyone, [.note]),
  ]

  /// The row of an action; nil for registering, which comes before the table.
  public static func of(_ action: TicketAction) -> TicketTransition? { table.first { $0.action == action } }

  /// The states in which a solution is waited for.
  private static let waiting: Set<TicketState> = [.registered, .assigned, .handling]

  private static func row(
    _ action: TicketAction, _ from: Set<TicketState>, _ to: TicketState?, _ authority: TicketAuthority, _ words: [Word]
  ) -> TicketTransition {
    TicketTransition(action: action, from: from, to: to, authority: authority, words: words)
  }
}
