import GuobanWire

/// Who leads which region, what was published, and what a register holds: the records with rules from one version to the
/// next.
extension ModelLedger {
  struct Assignment: Equatable {
    var officer: String
    var region: String
    /// First day: this month's 1st of 2024.
    var month: Int
    var end = End.none

    /// Who was handed over to ends the day before; who is told to end does so on one day that is the same for all.
    enum End: Equatable { case none, handedOver, told }
  }

  struct Figure: Equatable {
    var value: Int64
    var isFinal: Bool
    var corrections = 0
  }

  struct Entry: Equatable {
    var title: String
    var fen: Int64?
  }

  static let officers = ["O-1", "O-2", "O-3"]

  mutating func change(_ assignment: ModelOperation.AssignmentStep) throws(Refusal) {
    switch assignment {
    case .begin(let id, let officer, let region):
      guard assignments[id] == nil else { throw Refusal(code: .alreadyExists) }
      guard !assignments.values.contains(where: { $0.region == region && $0.end == .none }) else {
        throw Refusal(code: .failedPrecondition)
      }
      revision += 1
      assignments[id] = Assignment(officer: officer, region: region, month: 1)
    case .handOver(let id, let next, let officer, let month):
      guard let old = assignments[id] else { throw Refusal(code: .notFound) }
      guard old.end == .none, officer != old.officer, month > old.month else {
        throw Refusal(code: .failedPrecondition)
      }
      guard assignments[next] == nil else { throw Refusal(code: .alreadyExists) }
      revision += 2
      assignments[id]?.end = .handedOver
      assignments[next] = Assignment(officer: officer, region: old.region, month: month)
    case .end(let id):
      guard let old = assignments[id] else { throw Refusal(code: .notFound) }
      guard old.end != .handedOver else { throw Refusal(code: .failedPrecondition) }
      revision += 1
      assignments[id]?.end = .told
    }
  }

  mutating func publish(_ month: Int, _ value: Int64, isFinal: Bool, reason: String) throws(Refusal) {
    guard let old = figures[month] else {
      revision += 1
      figures[month] = Figure(value: value, isFinal: isFinal)
      return
    }
    guard isFinal || !old.isFinal else { throw Refusal(code: .failedPrecondition) }
    var new = old
    (new.value, new.isFinal) = (value, isFinal)
    guard new != old else { return }
    if old.isFinal {
      guard !reason.isEmpty else { throw Refusal(code: .failedPrecondition) }
      new.corrections += 1
    }
    revision += 1
    figures[month] = new
  }

  mutating func fill(_ id: String, _ entry: Entry) throws(Refusal) {
    guard !entry.title.isEmpty, entry.fen != nil || !needsAmount else { throw Refusal(code: .invalidArgument) }
    guard entries[id] != entry else { return }
    revision += 1
    entries[id] = entry
  }

  /// A change that would leave entries invalid is refused.
  mutating func redefine(needsAmount: Bool) throws(Refusal) {
    guard needsAmount != self.needsAmount else { return }
    guard !needsAmount || entries.values.allSatisfy({ $0.fen != nil }) else {
      throw Refusal(code: .failedPrecondition)
    }
    revision += 1
    self.needsAmount = needsAmount
  }
}
