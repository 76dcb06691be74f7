import GuobanModel
import GuobanWire

/// The ledger as a few dictionaries: what every operation must do and answer, written down a second time without storage,
/// log, cache or wire.
struct ModelLedger: Equatable {
  struct Project: Equatable {
    var name: String
    var region: String
    /// Of 2026.
    var planFen: Int64
    var revision: UInt64 = 0

    func isSame(_ other: Project) -> Bool { name == other.name && region == other.region && planFen == other.planFen }
  }

  struct Progress: Equatable {
    var project: String
    /// 1…12 of 2026.
    var month: Int
    var fen: Int64
    var revision: UInt64 = 0
  }

  struct Pass: Equatable {
    var plate: String
    var destination: String
    /// First and last day.
    var from: Int
    var until: Int
    var contact: Contact
    var isIssued = true
    var trips = 0
  }

  struct Ticket: Equatable {
    enum State: String { case registered, assigned, handling, pendingClosure }

    /// With the names of their methods.
    enum Step: String, CaseIterable {
      case assign = "AssignTicket"
      case giveBack = "ReturnTicket"
      case feedback = "FeedbackTicket"
      case requestClosure = "RequestClosure"
      case approve = "ApproveClosure"
    }

    /// In which whoever was given it may say that it is not his.
    static let returnDays = 2

    var state = State.registered
    /// The day that it was last given to somebody.
    var assigned = 0

    /// Where each step leads. Whoever asked for the closure does not approve it, so nothing is ever closed here.
    mutating func take(_ step: Step, on day: Int) throws(Refusal) {
      switch (state, step) {
      case (.registered, .assign), (.assigned, .assign), (.handling, .assign):
        state = .assigned
        assigned = day
      case (.assigned, .giveBack) where day <= assigned + Self.returnDays: state = .registered
      case (.assigned, .feedback), (.handling, .feedback): state = .handling
      case (.assigned, .requestClosure), (.handling, .requestClosure): state = .pendingClosure
      case (.pendingClosure, .approve): throw Refusal(code: .permissionDenied)
      default: throw Refusal(code: .failedPrecondition)
      }
    }
  }

  static let regions = ["410928", "410922", "410923"]
  static let division = "410928"
  /// How long a renewed pass is good.
  static let passDays = 7

  var projects: [String: Project] = [:]
  var progresses: [String: Progress] = [:]
  var passes: [String: Pass] = [:]
  var tickets: [String: Ticket] = [:]
  var assignments: [String: Assignment] = [:]
  /// Of one indicator in one region, by month.
  var figures: [Int: Figure] = [:]
  /// Of one register.
  var entries: [String: Entry] = [:]
  /// Whether its entries must say an amount.
  var needsAmount = false
  var enterprises: [String: Enterprise] = [:]
  var deletedProjects: [String: Deleted<Project>] = [:]
  var deletedEnterprises: [String: Deleted<Enterprise>] = [:]
  /// In days since 1970.
  var today = Self.firstDay
  /// Of the days before.
  var ends: [DayEnd] = []
  /// The last row of the change log.
  var revision: UInt64
  /// The first that it still has.
  var oldest: UInt64 = 1
  /// To the last operation.
  var answer: Answer?

  struct Refusal: Error {
    var code: Status.Code
    /// Nil of those that are told by their code alone.
    var reason: String?
  }

  init(revision: UInt64) { self.revision = revision }

  /// In which tickets are numbered.
  var year: Int { (try? CivilDate(daysSinceEpoch: today).year) ?? 0 }

  static func key(_ project: String, _ month: Int) -> String { "\(project)/2026-\(month < 10 ? "0" : "")\(month)" }

  mutating func perform(_ operation: ModelOperation) throws(Refusal) {
    var next = self
    answer = nil
    next.answer = nil
    try next.change(operation)
    self = next
  }

  private mutating func change(_ operation: ModelOperation) throws(Refusal) {
    switch operation {
    case .create(let code, let project):
      guard projects[code] == nil else { throw Refusal(code: .alreadyExists) }
      put(code, project)
      try requireReferences(projects: [code])
    case .rename(let code, let name, let etag):
      guard var project = projects[code] else { throw Refusal(code: .notFound) }
      guard etag == nil || etag == project.revision else { throw Refusal(code: .aborted) }
      project.name = name
      put(code, project)
    case .upsert(let new), .bringIn(let new):
      for (code, project) in new { upsert(code, project) }
      try requireReferences(projects: new.map(\.code))
    case .delete(let code, let etag):
      guard let project = projects[code] else { throw Refusal(code: .notFound) }
      guard etag == nil || etag == project.revision else { throw Refusal(code: .aborted) }
      remove(code)
      try requireUnused([code])
    case .undelete(let code):
      try restore(code)
    case .report(let progress):
      upsert(progress)
      try requireReferences(progresses: [Self.key(progress.project, progress.month)])
    case .withdraw(let key):
      guard progresses[key] != nil else { throw Refusal(code: .notFound) }
      removeProgress(key)
    case .apply(let steps):
      for step in steps { try change(step) }
      try requireReferences(
        projects: steps.compactMap(\.writtenProject), progresses: steps.compactMap(\.writtenProgress))
      try requireUnused(steps.compactMap(\.deletedProject))
    case .issue(let plate, let destination, let from, let until):
      guard until >= today else { throw Refusal(code: .invalidArgument) }
      revision += 1
      for (number, pass) in passes where pass.isIssued && pass.plate == plate && pass.destination == destination {
        passes[number]?.isIssued = false
        revision += 1
      }
      passes[nextNumber] = Pass(
        plate: plate, destination: destination, from: from, until: until, contact: .known(phone: Self.phones[0]))
    case .revoke(let number):
      _ = try issued(number)
      passes[number]?.isIssued = false
      revision += 1
    case .renew(let number):
      let old = try issued(number)
      revision += 2
      // Whom nobody knows any more is not on the new one either.
      passes[nextNumber] = Pass(
        plate: old.plate, destination: old.destination, from: today, until: today + Self.passDays - 1,
        contact: old.contact.isKnown ? old.contact : .nobody)
      passes[number]?.isIssued = false
    case .trip(let number):
      let pass = try issued(number)
      guard pass.from <= today, today <= pass.until else { throw Refusal(code: .failedPrecondition) }
      revision += 1
      passes[number]?.trips += 1
    case .submit(let region):
      guard Self.regions.contains(region) else { throw Refusal(code: .invalidArgument) }
      revision += 1
      let count = tickets.keys.count { $0.hasPrefix("\(region)-\(year)") }
      tickets["\(region)-\(year)-\(String(1_000_001 + count).dropFirst())"] = Ticket()
    case .reveal(let type, let key): try reveal(type, key)
    case .keep(let uscc, let enterprise): keep(uscc, enterprise)
    case .drop(let uscc): try drop(uscc)
    case .bringBack(let uscc): try bringBack(uscc)
    case .erase: eraseDue()
    case .compact(let days): try compact(days: days)
    case .assignment(let step): try change(step)
    case .publish(let month, let value, let isFinal, let reason):
      try publish(month, value, isFinal: isFinal, reason: reason)
    case .fill(let id, let entry): try fill(id, entry)
    case .clear(let id):
      guard entries.removeValue(forKey: id) != nil else { throw Refusal(code: .notFound) }
      revision += 1
    case .redefine(let needsAmount): try redefine(needsAmount: needsAmount)
    case .handle(let number, let step):
      guard tickets[number] != nil else { throw Refusal(code: .notFound) }
      try tickets[number]?.take(step, on: today)
      revision += 1
    }
  }

  private var nextNumber: String { Self.division + String(1_000_001 + passes.count).dropFirst() }

  private func issued(_ number: String) throws(Refusal) -> Pass {
    guard let pass = passes[number] else { throw Refusal(code: .notFound) }
    guard pass.isIssued else { throw Refusal(code: .failedPrecondition) }
    return pass
  }

  private mutating func change(_ step: ModelOperation.Step) throws(Refusal) {
    switch step {
    case .create(let code, let project):
      guard projects[code] == nil else { throw Refusal(code: .alreadyExists) }
      put(code, project)
    case .upsert(let code, let project): upsert(code, project)
    case .delete(let code):
      guard projects[code] != nil else { throw Refusal(code: .notFound) }
      remove(code)
    case .undelete(let code): try restore(code)
    case .report(let progress): upsert(progress)
    case .withdraw(let key):
      guard progresses[key] != nil else { throw Refusal(code: .notFound) }
      removeProgress(key)
    }
  }

  private mutating func put(_ code: String, _ project: Project) {
    revision += 1
    projects[code] = project
    projects[code]?.revision = revision
    deletedProjects[code] = nil
  }

  private mutating func upsert(_ code: String, _ project: Project) {
    if let old = projects[code], old.isSame(project) { return }
    put(code, project)
  }

  private mutating func upsert(_ progress: Progress) {
    let key = Self.key(progress.project, progress.month)
    if progresses[key]?.fen == progress.fen { return }
    revision += 1
    progresses[key] = progress
    progresses[key]?.revision = revision
  }

  private mutating func remove(_ code: String) {
    guard let project = projects.removeValue(forKey: code) else { return }
    revision += 1
    deletedProjects[code] = Deleted(record: project, written: project.revision, deleted: revision, day: today)
  }

  private mutating func removeProgress(_ key: String) {
    revision += 1
    progresses[key] = nil
  }

  private mutating func restore(_ code: String) throws(Refusal) {
    guard projects[code] == nil else { throw Refusal(code: .alreadyExists) }
    put(code, try restorable(deletedProjects[code]))
  }

  private func requireReferences(projects codes: [String] = [], progresses keys: [String] = []) throws(Refusal) {
    for code in codes {
      if let project = projects[code], !Self.regions.contains(project.region) { throw Refusal(code: .invalidArgument) }
    }
    for key in keys {
      if let progress = progresses[key], projects[progress.project] == nil { throw Refusal(code: .invalidArgument) }
    }
  }

  private func requireUnused(_ codes: [String]) throws(Refusal) {
    for code in codes where projects[code] == nil {
      if progresses.values.contains(where: { $0.project == code }) { throw Refusal(code: .failedPrecondition) }
    }
  }
}
