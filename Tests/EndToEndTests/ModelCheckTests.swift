import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Random histories of the ledger's operations against a plain model of it, through a real daemon that is killed again and
/// again: every answer, every record, every figure and the whole log agree.
struct ModelCheckTests {
  @Test(.timeLimit(.minutes(10))) func randomHistoriesAgreeWithTheModelWhateverIsKilled() async throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["GUOBAN_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...UInt64(UInt32.max))
    let rounds = environment["GUOBAN_MODEL_ROUNDS"].flatMap { Int($0) } ?? 12
    print("model check: GUOBAN_TEST_SEED=\(seed)")
    var random = RandomSource(seed: seed)
    var history = ModelHistory(random: RandomSource(seed: seed &+ 1))
    let place = try Workplace()
    var daemon = try await Guoband(place)
    var client = try await daemon.connect()
    let revision = try await ModelLedger.lay(client)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Asia/Shanghai"))
    var model = ModelLedger(year: calendar.component(.year, from: Date()), revision: revision)
    var (done, refused, cut, number) = (0, 0, 0, 0)

    for round in 1...rounds {
      for _ in 0..<Int.random(in: 20...60, using: &random) {
        number += 1
        let context = "seed \(seed), operation \(number)"
        let operation = history.next(model)
        let before = model.revision
        let expected = model.code(of: operation)
        if operation.isRepeatable, Int.random(in: 0..<5, using: &random) == 0 {
          // Asked about first, it says the same and does nothing: the model has not been told of it.
          let status = await answer(operation, client, id: "", validateOnly: true).status
          #expect(status.code == expected, "\(context) validated: \(operation): \(status)")
        }
        let answer = await self.answer(operation, client, id: "operation-\(number)")
        #expect(answer.status.code == expected, "\(context): \(operation): \(answer.status)")
        if expected == .ok { done += 1 } else { refused += 1 }
        if operation.isRepeatable, expected == .ok, model.revision > before, Int.random(in: 0..<4, using: &random) == 0
        {
          let again = await self.answer(operation, client, id: "operation-\(number)")
          #expect(again.bytes == answer.bytes, "\(context) retried: \(operation): \(again.status)")
        }
      }
      // One more is under way when the daemon is killed: afterwards it is asked for again, and happens once.
      number += 1
      var operation = history.next(model)
      while !operation.isRepeatable { operation = history.next(model) }
      let expected = model.code(of: operation)
      let id = "operation-\(number)"
      async let sent = answer(operation, client, id: id)
      try await Task.sleep(for: .microseconds(Int.random(in: 0...4000, using: &random)))
      try await daemon.kill()
      let first = await sent
      await client.shutdown()
      daemon = try await Guoband(place)
      client = try await daemon.connect()
      let context = "seed \(seed), round \(round), killed in operation \(number)"
      if first.status.code == .unavailable {
        cut += 1
        let again = await self.answer(operation, client, id: id)
        #expect(again.status.code == expected, "\(context): \(operation): \(again.status)")
      } else {
        #expect(first.status.code == expected, "\(context): \(operation): \(first.status)")
      }
      try await ModelAudit(client, context: context).compare(with: model)
    }
    print(
      "model check: \(done) done, \(refused) refused as they must be, \(rounds) kills, \(cut) of them in a call; \(model.revision) changes"
    )
    #expect(done > rounds * 10 && refused > rounds)
    await client.shutdown()
    try await daemon.stop()
  }

  private func answer(
    _ operation: ModelOperation, _ client: GuobanClient, id: String, validateOnly: Bool = false
  ) async -> (status: Status, bytes: [UInt8]) {
    do throws(Status) {
      return (Status(.ok, ""), try await operation.send(client, id: id, validateOnly: validateOnly))
    } catch {
      return (error, [])
    }
  }
}

extension ModelLedger.Entry {
  fileprivate init(_ entry: Ledger.Entry) {
    self.init(title: "")
    for value in entry.values {
      switch value.kind {
      case .text(let text): title = text
      case .integer(let integer): fen = integer
      default: break
      }
    }
  }
}

extension ModelLedger.Ticket.State {
  /// As the ledger calls it.
  fileprivate var name: String { self == .pendingClosure ? "PENDING_CLOSURE" : rawValue.uppercased() }
}

extension ModelLedger {
  /// Does the operation, and says what a caller must be told.
  fileprivate mutating func code(of operation: ModelOperation) -> Status.Code {
    do throws(Refusal) {
      try perform(operation)
      return .ok
    } catch {
      return error.code
    }
  }
}

/// Reads everything back and compares it.
private struct ModelAudit {
  let client: GuobanClient
  let context: String

  init(_ client: GuobanClient, context: String) {
    self.client = client
    self.context = context
  }

  func compare(with model: ModelLedger) async throws {
    var projects: [String: ModelLedger.Project] = [:]
    let listed: Ledger.ListProjectsResponse = try await client.call(
      "/guoban.v1.ProjectService/ListProjects", Ledger.ListRecordsRequest(pageSize: 1000))
    for project in listed.projects {
      projects[project.code] = ModelLedger.Project(
        name: project.name, region: project.region, planFen: project.plans.first?.planFen ?? -1,
        revision: project.meta?.revision ?? 0)
    }
    #expect(projects == model.projects, "\(context)")
    var progresses: [String: ModelLedger.Progress] = [:]
    let reported: Ledger.ListProjectProgressesResponse = try await client.call(
      "/guoban.v1.ProjectProgressService/ListProjectProgresses", Ledger.ListRecordsRequest(pageSize: 1000))
    for one in reported.projectProgresses {
      progresses["\(one.project)/\(one.month)"] = ModelLedger.Progress(
        project: one.project, month: Int(one.month.suffix(2)) ?? 0, fen: one.completedFen,
        revision: one.meta?.revision ?? 0)
    }
    #expect(progresses == model.progresses, "\(context)")
    let passes: Ledger.ListPassesResponse = try await client.call(
      "/guoban.v1.PassService/ListPasses", Ledger.ListRecordsRequest(pageSize: 1000))
    #expect(
      Dictionary(uniqueKeysWithValues: passes.passes.map { ($0.number, $0.state == .issued) })
        == model.passes.mapValues(\.isIssued), "\(context)")
    let trips: Ledger.ListPassTripsResponse = try await client.call(
      "/guoban.v1.PassService/ListPassTrips", Ledger.ListRecordsRequest(pageSize: 1000))
    let counts = Dictionary(grouping: trips.passTrips, by: \.pass).mapValues(\.count)
    #expect(counts == model.passes.mapValues(\.trips).filter { $0.value > 0 }, "\(context)")
    let tickets: Ledger.ListTicketsResponse = try await client.call(
      "/guoban.v1.TicketService/ListTickets", Ledger.ListRecordsRequest(pageSize: 1000))
    let standing = Dictionary(uniqueKeysWithValues: tickets.tickets.map { ($0.number, $0.state.name) })
    #expect(standing == model.tickets.mapValues(\.state.name), "\(context)")
    try await compareRules(with: model)
    try await compareFigures(with: model)
    let report: Ledger.VerifyLedgerResponse = try await client.call(
      "/guoban.v1.AuditService/VerifyLedger", Ledger.VerifyLedgerRequest())
    #expect(report.intact, "\(context): \(report.faults)")
    #expect(report.revision == model.revision && report.changes == model.revision, "\(context)")
  }

  /// The records with rules from one version to the next.
  private func compareRules(with model: ModelLedger) async throws {
    let all = Ledger.ListRecordsRequest(pageSize: 1000)
    let assigned: Ledger.ListAssignmentsResponse = try await client.call(
      "/guoban.v1.AssignmentService/ListAssignments", all)
    #expect(
      Set(assigned.assignments.map { "\($0.id) \($0.officer) \($0.region) \($0.until.isEmpty)" })
        == Set(model.assignments.map { "\($0) \($1.officer) \($1.region) \($1.end == .none)" }), "\(context)")
    let published: Ledger.ListObservationsResponse = try await client.call(
      "/guoban.v1.ObservationService/ListObservations", all)
    #expect(
      Set(
        published.observations.map {
          "\($0.period.suffix(1)) \($0.valueE6) \($0.finality == .final) \($0.corrections.count)"
        })
        == Set(model.figures.map { "\($0) \($1.value) \($1.isFinal) \($1.corrections)" }), "\(context)")
    let filled: Ledger.ListEntriesResponse = try await client.call(
      "/guoban.v1.EntryService/ListEntries", Ledger.ListEntriesRequest(pageSize: 1000, register: "notes"))
    #expect(
      Dictionary(uniqueKeysWithValues: filled.entries.map { ($0.id, ModelLedger.Entry($0)) }) == model.entries,
      "\(context)")
  }

  private func compareFigures(with model: ModelLedger) async throws {
    let answer: Ledger.QueryResponse = try await client.call(
      "/guoban.v1.QueryService/Query",
      Ledger.QueryRequest(
        query: Reporting.DataQuery(
          source: "project", groupBy: ["region"],
          measures: [
            Reporting.Measure(kind: .count), Reporting.Measure(kind: .sum, column: "plan_fen"),
            Reporting.Measure(kind: .sum, column: "done_fen"),
          ], period: "2026-08")))
    let columns = answer.columns?.columns ?? []
    #expect(columns.count == 4, "\(context)")
    let found = columns[0].texts.enumerated().map { row, region in
      "\(region) \(columns[1].integers[row]) \(columns[2].integers[row]) \(columns[3].integers[row])"
    }
    let expected = ModelLedger.regions.sorted().compactMap { region -> String? in
      let inside = model.projects.filter { $0.value.region == region }
      if inside.isEmpty { return nil }
      let done = inside.keys.map { code in
        model.progresses.values.filter { $0.project == code && $0.month <= 8 }.max { $0.month < $1.month }?.fen ?? 0
      }
      return "\(region) \(inside.count) \(inside.values.map(\.planFen).reduce(0, +)) \(done.reduce(0, +))"
    }
    #expect(found == expected, "\(context)")
  }
}
