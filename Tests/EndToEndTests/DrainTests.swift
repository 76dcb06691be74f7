import Glibc
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// SIGTERM under load: what runs is answered, nothing answered is lost, exit code 0.
struct DrainTests {
  private struct Outcome {
    var answered: [String] = []
    var surprise: Status?
  }

  @Test func whatRunsIsAnsweredAndTheExitIsClean() async throws {
    let place = try Workplace()
    let grace = ["listen.tcpEnabled=false", "drainGrace=10s"]
    let daemon = try await Guoband(place, settings: grace)
    let clients = [try await daemon.connect(), try await daemon.connect()]
    try await Calls(clients[0]).createRegion("410928", "濮阳县")

    let clock = ContinuousClock()
    let (outcomes, late, ended) = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for worker in 0..<8 {
        group.addTask { await writeOn(clients[worker % 2], worker) }
      }
      // 1000 records are long work: as a rule this call runs when the signal comes. On a busy machine it may come too
      // late and be refused; then it must have done nothing.
      async let long = written(1000, by: clients[1])
      try await Task.sleep(for: .milliseconds(250))
      let start = clock.now
      daemon.signal(SIGTERM)
      let late = await long
      let outcomes = try await group.reduce(into: []) { $0.append($1) }
      #expect(try await daemon.exitCode(upTo: .seconds(10)) == 0)
      return (outcomes, late, clock.now - start)
    }
    #expect(late == 1000 || late == 0)
    #expect(ended < .seconds(10))
    for outcome in outcomes { #expect(outcome.surprise == nil, "\(outcome.surprise?.description ?? "")") }
    let answered = outcomes.flatMap(\.answered)
    #expect(!answered.isEmpty)
    #expect(daemon.text.contains("draining") && daemon.text.contains("stopped"))

    let again = try await Guoband(place)
    let rpc = Calls(try await again.connect())
    for key in answered {
      let page = try await rpc.list(Ledger.ListRecordsRequest(filter: "key >= \"\(key)\" AND key < \"\(key)~\""))
      #expect(page.projects.count == 20, "\(key) was acknowledged")
    }
    // Nothing was written that nobody was told of: every call that was taken was answered.
    #expect(try await rpc.revision() == Calls.revisionAtFirst + UInt64(1 + late + answered.count * 20))
    print("SIGTERM under load: \(answered.count) batches answered, ended after \(ended)")
    try await again.stop()
  }

  /// How many records one large call wrote: all of them, or none when the daemon refused it; -1 for anything else.
  private func written(_ count: Int, by client: GuobanClient) async -> Int {
    do {
      return Int(try await Calls(client).upsert(Calls.projects(count, prefix: "LONG")).created)
    } catch {
      return error.code == .unavailable ? 0 : -1
    }
  }

  /// Writes batch after batch until the daemon takes no more.
  private func writeOn(_ client: GuobanClient, _ worker: Int) async -> Outcome {
    var outcome = Outcome()
    do {
      for number in 0... {
        let prefix = "D\(worker)-\(number)"
        try await Calls(client).upsert(Calls.projects(20, prefix: prefix))
        outcome.answered.append("\(prefix)-")
      }
    } catch {
      if error.code != .unavailable { outcome.surprise = error }
    }
    return outcome
  }
}
