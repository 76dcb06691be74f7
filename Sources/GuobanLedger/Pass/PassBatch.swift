public import GuobanMessages
public import GuobanModel
public import GuobanStorage
internal import GuobanWire

/// Issues many passes in one request: all of them or none, or each for itself.
public struct PassBatch: Sendable {
  private let issues: [Result<PassIssue, LedgerError>]
  private let requests: [Ledger.IssuePassRequest]

  /// Checks everything that needs no ledger; throws for the whole batch unless each stands for itself. The days are
  /// ``PassIssue``'s.
  public init(
    _ request: Ledger.BatchIssuePassesRequest, today: CivilDate, validDays: Int, within bounds: RecordBounds
  ) throws(LedgerError) {
    requests = request.requests
    issues = request.requests.enumerated().map { index, each in
      do throws(LedgerError) {
        let path = request.eachForItself ? "" : "requests[\(index)]."
        return .success(
          try PassIssue(each, path: path, today: today, validDays: validDays, within: bounds))
      } catch { return .failure(error) }
    }
    guard !request.eachForItself else { return }
    var violations: [RecordViolation] = []
    for case .failure(let error) in issues { violations += error.violations }
    guard violations.isEmpty else { throw .invalid(Array(violations.prefix(RecordInput.violationsMax))) }
  }

  /// Issues them in order.
  ///
  /// - Parameter eachForItself: what is refused is told in its result; otherwise it undoes the batch.
  public func run(
    eachForItself: Bool, _ writer: any LedgerWriter, checkCancellation: () throws -> Void
  ) throws -> Ledger.BatchIssuePassesResponse {
    var response = Ledger.BatchIssuePassesResponse()
    for (index, issue) in issues.enumerated() {
      if index % 64 == 0 { try checkCancellation() }
      do {
        let issued = try issue.get().run(writer)
        response.append(Ledger.BatchIssueResult(pass: issued.pass, replaced: issued.replaced))
      } catch let error as LedgerError where eachForItself {
        response.append(Ledger.BatchIssueResult(error))
      }
    }
    return response
  }

  /// The results of a batch that was done before, from the changes it made then. Why others were refused is not kept.
  public func replayed(_ changes: [Ledger.Change]) throws -> Ledger.BatchIssuePassesResponse {
    var issued = try changes.filter { $0.operation == .create }.map {
      try Ledger.Pass(packed: $0.record, limits: .standard)
    }[...]
    let replaced = Dictionary(
      grouping: try changes.filter { $0.operation == .update }.map {
        try Ledger.Pass(packed: $0.record, limits: .standard)
      }, by: \.replacedBy)
    var response = Ledger.BatchIssuePassesResponse()
    for request in requests {
      let plate = (try? Plate(request.plate))?.text
      if let next = issued.first, next.plate == plate, next.origin == request.origin,
        next.destination == request.destination
      {
        response.append(Ledger.BatchIssueResult(pass: next, replaced: replaced[next.number, default: []].map(\.number)))
        issued = issued.dropFirst()
      } else {
        response.append(
          Ledger.BatchIssueResult(
            LedgerError(
              .precondition, reason: "REFUSED_BEFORE", "同一请求号的批次先前已办，这一张当时没有签发",
              "the batch of this request id was done before, and this pass was not issued then")))
      }
    }
    return response
  }
}

extension Ledger.BatchIssuePassesResponse {
  fileprivate mutating func append(_ result: Ledger.BatchIssueResult) {
    results.append(result)
    if result.pass == nil { refused += 1 } else { issued += 1 }
  }
}

extension Ledger.BatchIssueResult {
  fileprivate init(_ error: LedgerError) {
    self.init(
      reason: error.reason, message: error.message,
      problems: error.violations.prefix(16).map {
        Ledger.FieldProblem(
          field: $0.field, value: $0.value, rule: $0.rule, message: $0.message,
          localizedMessage: Google.LocalizedMessage(english: $0.englishMessage, beside: $0.message))
      }, localizedMessage: Google.LocalizedMessage(english: error.englishMessage, beside: error.message))
  }
}
