import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanClient
@testable import GuobanServer

/// Both machines, driven against each other over a wire that is slow, by callers and handlers that do anything at any time.
///
/// Whatever happens: every call ends exactly once, with the right answer or with a status that fits what happened; nobody
/// sends beyond credit; messages come in order; nothing is left behind.
@Suite(.timeLimit(.minutes(5))) struct TwoMachinesTests {
  private static let roundCount = 150
  private static let stepCount = 500

  @Test func everyCallEndsOnceAndRightlyWhateverHappens() {
    var random = SeededGenerator("two machines")
    var tally: [String: Int] = [:]
    for round in 0..<Self.roundCount {
      var world = World(&random)
      world.run(Self.stepCount, &random)
      world.settle(&random)
      for problem in world.problems { Issue.record("seed \(random.seed), round \(round): \(problem)") }
      for caller in world.client.callers.values { tally[world.word(caller), default: 0] += 1 }
      if !world.problems.isEmpty { return }
    }
    print(
      "two machines: \(tally.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    // A test in which nothing went well, or nothing went wrong, would prove nothing.
    for word in ["OK", "CANCELLED", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "UNAVAILABLE", "not run"] {
      #expect(tally[word, default: 0] > 5, "\(word): \(tally)")
    }
  }

  /// Two machines and what is between them.
  private struct World {
    var client: SimulatedClient
    var server: SimulatedServer
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var isDraining = false
    private var isCut = false
    private var nextNumber = 0
    /// Some worlds see their connection end.
    private let mayEnd: Bool

    init(_ random: inout SeededGenerator) {
      var configuration = ServerConfiguration()
      configuration.streamCreditBytes = [1, 50, 1000].randomElement(using: &random) ?? 50
      configuration.connectionCreditBytes = [100, 2000].randomElement(using: &random) ?? 100
      configuration.streamsMax = [4, 40].randomElement(using: &random) ?? 40
      client = SimulatedClient(ClientConfiguration(), now: now, &random)
      server = SimulatedServer(configuration, now: now)
      mayEnd = Bool.random(using: &random)
    }

    mutating func run(_ steps: Int, _ random: inout SeededGenerator) {
      for _ in 0..<steps { step(&random, isSettling: false) }
    }

    /// No new calls; everything that runs comes to its end.
    mutating func settle(_ random: inout SeededGenerator) {
      for _ in 0..<20_000 where !isSettled { step(&random, isSettling: true) }
    }

    private var isSettled: Bool { client.running.isEmpty && server.handlers.isEmpty }

    private mutating func step(_ random: inout SeededGenerator, isSettling: Bool) {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<36: move(&random)
      case 36..<60:
        if let id = server.handlers.keys.sorted().randomElement(using: &random) { server.step(id, now, &random) }
      case 60..<86:
        if let number = client.running.randomElement(using: &random) { client.step(number, now, &random) }
      case 86..<90:
        if !isSettling, client.isReady {
          client.open(SimulatedPlan(nextNumber, &random), now, &random)
          nextNumber += 1
        }
      case 90..<92:
        if !isSettling, let number = client.running.randomElement(using: &random) {
          client.cancel(number, now, &random)
        }
      case 92:
        if mayEnd, !isSettling, Int.random(in: 0..<6, using: &random) == 0 { end(&random) }
      default:
        now = now + .milliseconds(Int.random(in: 1...10, using: &random))
        client.timePassed(now, &random)
        server.timePassed(now, &random)
      }
    }

    /// Bytes that have arrived are read; an end is noticed.
    private mutating func move(_ random: inout SeededGenerator) {
      if let bytes = client.takeArrived(now) { server.read(bytes, now: now, &random) }
      if let bytes = server.takeArrived(now) { client.read(bytes, now: now, &random) }
      if server.wire.isOver, !isCut { cut(&random) }
      if client.wire.isOver, !isCut { cut(&random) }
    }

    private mutating func end(_ random: inout SeededGenerator) {
      if Bool.random(using: &random) {
        isDraining = true
        server.drain(now, &random)
      } else {
        cut(&random)
      }
    }

    private mutating func cut(_ random: inout SeededGenerator) {
      isCut = true
      client.cut(now, &random)
      server.cut()
    }

    // MARK: What must be so

    var problems: [String] {
      var problems = client.callers.values.sorted { $0.plan.number < $1.plan.number }.compactMap(problem)
      // Whoever has not said Hello when a drain begins is sent away.
      let complaints = server.complaints.filter { !(isDraining && $0.code == .unavailable) }
      problems += complaints.map { "the server sent the client away: \($0)" }
      if let departure = client.departure, departure.message.contains("does not answer") {
        problems.append("\(departure)")
      }
      if !client.machine.streams.isEmpty { problems.append("the client has streams \(client.machine.streams.keys)") }
      if !server.leaks.isEmpty { problems.append("the server has streams \(server.leaks)") }
      return problems
    }

    func word(_ caller: SimulatedClient.Caller) -> String {
      switch caller.endings.first?.1 {
      case nil: "none"
      case .success: "OK"
      case .failure(let failure): failure.isNotRun ? "not run" : failure.status.code.name
      }
    }

    private func problem(_ caller: SimulatedClient.Caller) -> String? {
      let plan = caller.plan
      guard caller.endings.count == 1, let (at, ending) = caller.endings.first else {
        return "call \(plan.text) has \(caller.endings.count) endings"
      }
      let heard = caller.received + caller.inbox
      guard heard == Array(plan.messages.prefix(heard.count)) else { return "call \(plan.text) heard \(heard)" }
      switch ending {
      case .success(let answer):
        guard plan.ending == .answer, answer == plan.answer else { return "call \(plan.text) was answered \(answer)" }
        let expected = plan.kind == .down || plan.kind == .both ? plan.count : 0
        return heard.count == expected ? nil : "call \(plan.text) ended well after \(heard.count) messages"
      case .failure(let failure):
        return fits(failure, caller, at) ? nil : "call \(plan.text) ended with \(failure)"
      }
    }

    private func fits(_ failure: CallFailure, _ caller: SimulatedClient.Caller, _ at: MonotonicTime) -> Bool {
      if failure.isNotRun, server.begun.contains(caller.plan.number) { return false }
      switch failure.status.code {
      case .cancelled: return caller.hasCancelled
      case .deadlineExceeded: return at >= caller.openedAt + caller.timeout
      case .failedPrecondition: return caller.plan.ending == .fail
      case .resourceExhausted: return failure.isNotRun
      case .unavailable: return isCut || isDraining
      default: return false
      }
    }
  }
}
