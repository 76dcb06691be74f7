internal import GuobanMessages
internal import GuobanModel

/// A request to take one step of a ticket: what they all share, and what each says.
protocol TicketStepRequest: Message {
  var number: String { get }
  var etag: String { get }
  var requestId: String { get }
  var validateOnly: Bool { get }
  /// A date, of those that may set one.
  var timetable: String { get }

  func step(on day: CivilDate) -> TicketStep
}

extension TicketStepRequest {
  var timetable: String { "" }
}

extension Ledger.AssignTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep {
    var step = TicketStep(.assign, on: day)
    (step.owner, step.supervisor, step.note) = (owner, supervisor, note)
    return step
  }
}

extension Ledger.ReturnTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.return, on: day, saying: reason) }
}

extension Ledger.FeedbackTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.feedback, on: day, saying: note) }
}

extension Ledger.RequestClosureRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep {
    var step = TicketStep(.requestClosure, on: day)
    (step.method, step.result, step.outcome) = (method, result, TicketOutcome(rawValue: outcome.name))
    return step
  }
}

extension Ledger.ApproveClosureRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.approveClosure, on: day, saying: note) }
}

extension Ledger.RefuseClosureRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.refuseClosure, on: day, saying: reason) }
}

extension Ledger.EscalateTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.escalate, on: day, saying: reason) }
}

extension Ledger.HandDownTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.handDown, on: day, saying: reason) }
}

extension Ledger.ExemptTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.exempt, on: day, saying: reason) }
}

extension Ledger.SuperviseTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.supervise, on: day, saying: note) }
}

extension Ledger.SurveyTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep {
    var step = TicketStep(.survey, on: day, saying: note)
    step.satisfaction = TicketSatisfaction(rawValue: satisfaction.name)
    return step
  }
}

extension Ledger.ReopenTicketRequest: TicketStepRequest {
  func step(on day: CivilDate) -> TicketStep { TicketStep(.reopen, on: day, saying: reason) }
}

extension TicketStep {
  fileprivate init(_ action: TicketAction, on day: CivilDate, saying note: String) {
    self.init(action, on: day)
    self.note = note
  }
}
