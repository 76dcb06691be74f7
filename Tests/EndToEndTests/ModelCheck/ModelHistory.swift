/// Random operations, most of which make sense where the ledger stands.
struct ModelHistory {
  var random: RandomSource

  mutating func next(_ model: ModelLedger) -> ModelOperation {
    switch Int.random(in: 0..<55, using: &random) {
    case 0..<3: return .create(code(), project())
    case 3..<5:
      let code = known(model) ?? code()
      return .rename(
        code, to: "改名\(Int.random(in: 0..<1000, using: &random))", etag: etag(model.projects[code]?.revision))
    case 5..<8:
      let codes = Set((0..<Int.random(in: 1...4, using: &random)).map { _ in code() }).sorted()
      return .upsert(codes.map { ($0, project()) })
    case 8..<10:
      let code = known(model) ?? code()
      return .delete(code, etag: etag(model.projects[code]?.revision))
    case 10: return .undelete(model.deletedProjects.keys.sorted().randomElement(using: &random) ?? code())
    case 11..<14: return .report(progress(model))
    case 14: return .withdraw(model.progresses.keys.sorted().randomElement(using: &random) ?? "P-0/2026-01")
    case 15..<17: return .apply(steps(model))
    case 17..<19: return issue(model)
    case 19: return .revoke(pass(model))
    case 20..<22: return .renew(pass(model))
    case 22..<24: return .trip(pass(model))
    case 24..<26:
      return .submit(region: Int.random(in: 0..<8, using: &random) == 0 ? "999999" : region())
    case 26..<30: return .assignment(assignment(model))
    case 30..<34:
      return .publish(
        month: .random(in: 1...6, using: &random), value: .random(in: 0...3, using: &random) * 1_000_000,
        isFinal: Bool.random(using: &random), reason: Bool.random(using: &random) ? "核对有误" : "")
    case 34..<37:
      let fen = Int64.random(in: -2...2, using: &random)
      return .fill(entry(), .init(title: Bool.random(using: &random) ? "甲" : "乙", fen: fen < 0 ? nil : fen))
    case 37: return .clear(entry())
    case 38: return .redefine(needsAmount: Bool.random(using: &random))
    case 39..<41:
      let codes = Set((0..<Int.random(in: 1...6, using: &random)).map { _ in code() }).sorted()
      return .bringIn(codes.map { ($0, project()) })
    case 41: return .reveal("Pass", pass(model))
    case 42: return .reveal("Enterprise", enterprise())
    case 43..<47:
      return .keep(enterprise(), .init(name: "企业\(Int.random(in: 0..<2, using: &random))", contact: contact()))
    case 47..<49: return .drop(enterprise())
    case 49..<51: return .bringBack(enterprise())
    case 51: return .erase
    case 52: return compaction()
    default:
      let number = model.tickets.keys.sorted().randomElement(using: &random) ?? "410928-\(model.year)-999999"
      return .handle(number, ModelLedger.Ticket.Step.allCases.randomElement(using: &random) ?? .assign)
    }
  }

  private mutating func assignment(_ model: ModelLedger) -> ModelOperation.AssignmentStep {
    let officer = ModelLedger.officers.randomElement(using: &random) ?? "O-1"
    let known = model.assignments.keys.sorted().randomElement(using: &random) ?? "A-0"
    let new = "A-\(Int.random(in: 0..<40, using: &random))"
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .end(known)
    case 1, 2: return .handOver(known, to: new, officer: officer, month: .random(in: 1...12, using: &random))
    default: return .begin(new, officer: officer, region: region())
    }
  }

  /// Of rows that are old enough, or of too many.
  mutating func compaction() -> ModelOperation {
    .compact(days: [183, 184, 184, 209, 294].randomElement(using: &random) ?? 184)
  }

  /// Mostly from today on; some begin earlier, and may be over.
  private mutating func issue(_ model: ModelLedger) -> ModelOperation {
    let isOld = Int.random(in: 0..<4, using: &random) == 0
    let from = model.today - (isOld ? .random(in: 0..<30, using: &random) : 0)
    return .issue(
      plate: "豫J1234\(Int.random(in: 0..<6, using: &random))",
      destination: Bool.random(using: &random) ? "410922" : "410923", from: from,
      until: from + .random(in: 0..<30, using: &random))
  }

  private mutating func enterprise() -> String {
    ["91410421MA9GAAAA51", "91410223MA9GAAAA5K", "91410922MA9GAAAA59", "91430502MA9GAAAA5X"]
      .randomElement(using: &random) ?? ""
  }

  private mutating func contact() -> ModelLedger.Contact {
    guard Int.random(in: 0..<4, using: &random) > 0 else { return .nobody }
    return .known(phone: ModelLedger.phones.randomElement(using: &random) ?? "")
  }

  private mutating func entry() -> String { "E-\(Int.random(in: 0..<8, using: &random))" }

  private mutating func steps(_ model: ModelLedger) -> [ModelOperation.Step] {
    var steps: [ModelOperation.Step] = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let step: ModelOperation.Step
      switch Int.random(in: 0..<6, using: &random) {
      case 0: step = .create(code(), project())
      case 1: step = .upsert(code(), project())
      case 2: step = .delete(known(model) ?? code())
      case 3: step = .undelete(model.deletedProjects.keys.sorted().randomElement(using: &random) ?? code())
      case 4: step = .report(progress(model))
      default: step = .withdraw(model.progresses.keys.sorted().randomElement(using: &random) ?? "P-0/2026-01")
      }
      if !steps.contains(where: { $0.key == step.key }) { steps.append(step) }
    }
    return steps
  }

  private mutating func region() -> String { ModelLedger.regions.randomElement(using: &random) ?? "410928" }

  /// Of any state.
  private mutating func pass(_ model: ModelLedger) -> String {
    model.passes.keys.sorted().randomElement(using: &random) ?? "410928999999"
  }

  private mutating func code() -> String { "P-\(Int.random(in: 0..<25, using: &random))" }

  private mutating func known(_ model: ModelLedger) -> String? {
    model.projects.keys.sorted().randomElement(using: &random)
  }

  private mutating func project() -> ModelLedger.Project {
    let isStray = Int.random(in: 0..<15, using: &random) == 0
    return ModelLedger.Project(
      name: "项目\(Int.random(in: 0..<4, using: &random))",
      region: isStray ? "999999" : region(),
      planFen: .random(in: 0...3, using: &random) * 1_000_000)
  }

  private mutating func progress(_ model: ModelLedger) -> ModelLedger.Progress {
    let isStray = Int.random(in: 0..<10, using: &random) == 0
    return ModelLedger.Progress(
      project: isStray ? code() : known(model) ?? code(), month: .random(in: 1...12, using: &random),
      fen: .random(in: 0...5, using: &random) * 1_000_000)
  }

  /// None, the right one, or an old one.
  private mutating func etag(_ revision: UInt64?) -> UInt64? {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: revision
    case 1: 1
    default: nil
    }
  }
}
