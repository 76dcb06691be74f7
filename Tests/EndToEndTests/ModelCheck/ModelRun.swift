import Foundation
import GuobanClient
import GuobanMessages
import GuobanModel
import GuobanWire
import Testing

/// A daemon and the model of it, side by side.
struct ModelRun {
  /// What there was to compare.
  struct Counts: CustomStringConvertible {
    var done = 0
    var refused = 0
    /// Old requests that were asked for again, and those of them that the log no longer knows.
    var replayed = 0
    var forgotten = 0
    /// Kills before the answer.
    var cut = 0

    var description: String {
      "\(done) done, \(refused) refused as they must be, \(replayed) retried late, \(forgotten) of them too late, "
        + "\(cut) cut off by a kill"
    }
  }

  /// A request that was done, and what it was answered.
  private struct Answered {
    var id: String
    var operation: ModelOperation
    var bytes: [UInt8]
    var revision: UInt64
  }

  private typealias Reply = (status: Status, bytes: [UInt8])

  /// Erasing takes more than one write, so that a kill can come between them.
  private static let settings = [
    "listen.tcpEnabled=false", "personalData.retentionDays=\(ModelLedger.retentionDays)", "personalData.batchRecords=2",
  ]

  private(set) var model: ModelLedger
  private(set) var counts = Counts()
  private let seed: UInt64
  private let place: Workplace
  private var random: RandomSource
  private var history: ModelHistory
  private var daemon: Guoband
  private var client: GuobanClient
  private var answered: [Answered] = []
  /// Of the last operation.
  private var number = 0

  /// Starts the daemon, with what the operations speak of.
  init(seed: UInt64) async throws {
    self.seed = seed
    random = RandomSource(seed: seed)
    history = ModelHistory(random: RandomSource(seed: seed &+ 1))
    place = try Workplace()
    (daemon, client) = try await Self.start(place, on: ModelLedger.firstDay)
    model = ModelLedger(revision: try await ModelLedger.lay(client))
  }

  /// Some days later: operations, one that the daemon is killed in, and a look at everything.
  mutating func round(_ round: Int) async throws {
    if round > 1 { try await letTimePass() }
    for _ in 0..<Int.random(in: 20...60, using: &random) {
      try await ask(history.next(model))
      if Int.random(in: 0..<6, using: &random) == 0 { try await askForSomethingOld() }
    }
    let context = "seed \(seed), round \(round), \(model.dateText)"
    try await killInside(context: context)
    try await ModelAudit(client, context: context).compare(with: model)
  }

  func end() async throws {
    await client.shutdown()
    try await daemon.stop()
  }

  /// By multiples of five days, which is none of what compactions keep: which rows are old does not hang on the hour.
  private mutating func letTimePass() async throws {
    let days = [0, 0, 5, 30, 200, 200].randomElement(using: &random) ?? 0
    guard days > 0 else { return }
    try await end()
    model.begin(model.today + days)
    if Bool.random(using: &random) {
      // Killed while it erases what has become due, it goes on with that when it is started again.
      let noon = try Self.noon(of: model.today)
      try await Guoband(place, settings: Self.settings, clock: noon).kill()
    }
    (daemon, client) = try await Self.start(place, on: model.today)
  }

  /// One more is under way when the daemon is killed. Afterwards it is asked for again, and happens once.
  private mutating func killInside(context: String) async throws {
    let operation = operationToBeCut()
    // The daemon erases what is due as it starts: whether before or after this one, would be left to chance.
    if model.isAnythingDue, !operation.isErasure { try await ask(.erase) }
    number += 1
    let id = "operation-\(number)"
    let context = "\(context), killed in operation \(number): \(operation)"
    let before = model.revision
    let refusal = model.refusal(of: operation)
    let cut = client
    async let sent = Self.reply(to: operation, cut, id: id)
    try await Task.sleep(for: .microseconds(Int.random(in: 0...2000, using: &random)))
    try await daemon.kill()
    var reply = await sent
    await cut.shutdown()
    (daemon, client) = try await Self.start(place, on: model.today)
    if reply.status.code == .unavailable {
      counts.cut += 1
      reply = await Self.reply(to: operation, client, id: id)
    } else {
      try requireAnswer(reply, context)
    }
    try require(reply.status, refusal, context)
    note(operation, id, reply, after: before)
  }

  private mutating func operationToBeCut() -> ModelOperation {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .erase
    case 1,
      2 where model.hasOldRows:
      return .compact(days: ModelLedger.keptDaysMin)
    default:
      while true {
        let operation = history.next(model)
        if operation.isRepeatable { return operation }
      }
    }
  }

  private mutating func ask(_ operation: ModelOperation) async throws {
    number += 1
    let id = "operation-\(number)"
    let context = "seed \(seed), \(model.dateText), operation \(number): \(operation)"
    let before = model.revision
    let refusal = model.refusal(of: operation)
    if operation.isRepeatable, Int.random(in: 0..<5, using: &random) == 0 {
      // Asked about first, it says the same and does nothing: the model has not been told of it.
      let trial = await Self.reply(to: operation, client, id: "", validateOnly: true)
      try require(trial.status, refusal, "\(context) validated")
      try requireAnswer(trial, "\(context) validated")
    }
    let reply = await Self.reply(to: operation, client, id: id)
    try require(reply.status, refusal, context)
    try requireAnswer(reply, context)
    if refusal == nil { counts.done += 1 } else { counts.refused += 1 }
    note(operation, id, reply, after: before)
    if operation.hasRequestID, refusal == nil, model.revision > before, Int.random(in: 0..<4, using: &random) == 0 {
      let again = await Self.reply(to: operation, client, id: id)
      try #require(again.bytes == reply.bytes, "\(context) retried: \(again.status)")
    }
  }

  /// A request whose rows are there gets the answer that it got; one whose rows are gone is refused, never done again.
  private mutating func askForSomethingOld() async throws {
    guard let old = answered.randomElement(using: &random) else { return }
    let again = await Self.reply(to: old.operation, client, id: old.id)
    let context = "seed \(seed), \(model.dateText), after operation \(number): \(old.id) again, \(old.operation)"
    counts.replayed += 1
    guard old.revision < model.oldest else {
      return try #require(again.bytes == old.bytes && again.status.code == .ok, "\(context): \(again.status)")
    }
    counts.forgotten += 1
    try require(again.status, ModelLedger.Refusal(code: .failedPrecondition, reason: "COMPACTED"), context)
  }

  private mutating func note(_ operation: ModelOperation, _ id: String, _ reply: Reply, after before: UInt64) {
    guard operation.hasRequestID, reply.status.code == .ok, model.revision > before else { return }
    answered.append(Answered(id: id, operation: operation, bytes: reply.bytes, revision: model.revision))
  }

  // What differs ends the test: all that follows would differ too.

  private func require(_ status: Status, _ refusal: ModelLedger.Refusal?, _ context: String) throws {
    try #require(status.code == refusal?.code ?? .ok, "\(context): \(status)")
    if let reason = refusal?.reason {
      try #require(status.reason(limits: .standard) == reason, "\(context): \(status)")
    }
  }

  private func requireAnswer(_ reply: Reply, _ context: String) throws {
    guard reply.status.code == .ok, let answer = model.answer else { return }
    try #require(answer.isSaid(by: reply.bytes), "\(context): it should be \(answer)")
  }

  /// At noon, and after it has erased what is due.
  private static func start(_ place: Workplace, on day: Int) async throws -> (Guoband, GuobanClient) {
    let daemon = try await Guoband(place, settings: settings, clock: try noon(of: day))
    let client = try await daemon.connect()
    for _ in 0..<5000 {
      let keys: Ledger.ListKeysResponse = try await client.call(
        "/guoban.v1.PersonalDataService/ListKeys", Ledger.ListKeysRequest())
      if keys.lastEraseTime != nil { return (daemon, client) }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw TimedOut(description: "waited for the daemon to erase what is due: \(daemon.text)")
  }

  private static func noon(of day: Int) throws -> Int64 {
    try CivilDateTime(CivilDate(daysSinceEpoch: day), hour: 12).epochSeconds(in: .shanghai)
  }

  private static func reply(
    to operation: ModelOperation, _ client: GuobanClient, id: String, validateOnly: Bool = false
  ) async -> Reply {
    do throws(Status) {
      return (Status(.ok, english: ""), try await operation.send(client, id: id, validateOnly: validateOnly))
    } catch {
      return (error, [])
    }
  }
}

extension ModelLedger {
  /// Does the operation, or says how a caller must be refused.
  fileprivate mutating func refusal(of operation: ModelOperation) -> Refusal? {
    do throws(Refusal) {
      try perform(operation)
      return nil
    } catch {
      return error
    }
  }
}
