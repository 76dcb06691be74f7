import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Reads everything back and compares it.
struct ModelAudit {
  private let client: GuobanClient
  private let context: String

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
    try await compareContacts(passes.passes, with: model)
    try await compareRules(with: model)
    try await compareFigures(with: model)
    let report: Ledger.VerifyLedgerResponse = try await client.call(
      "/guoban.v1.AuditService/VerifyLedger", Ledger.VerifyLedgerRequest())
    #expect(report.intact, "\(context): \(report.faults)")
    #expect(report.revision == model.revision && report.changes == model.revision - model.oldest + 1, "\(context)")
    #expect(report.oldestRevision == model.oldest, "\(context)")
    try await compareLog(with: model)
  }

  private func compareContacts(_ passes: [Ledger.Pass], with model: ModelLedger) async throws {
    #expect(
      Dictionary(uniqueKeysWithValues: passes.map { ($0.number, ModelLedger.Contact.shown($0.holder)) })
        == model.passes.mapValues(\.contact.shown), "\(context)")
    let enterprises: Ledger.ListEnterprisesResponse = try await client.call(
      "/guoban.v1.EnterpriseService/ListEnterprises", Ledger.ListRecordsRequest(pageSize: 1000))
    #expect(
      Dictionary(
        uniqueKeysWithValues: enterprises.enterprises.map {
          ($0.uscc, "\($0.name) \(ModelLedger.Contact.shown($0.contact))")
        }) == model.enterprises.mapValues { "\($0.name) \($0.contact.shown)" }, "\(context)")
  }

  /// Where the log begins; and that whoever follows it from before is told so.
  private func compareLog(with model: ModelLedger) async throws {
    let log: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try client.stream(
      "/guoban.v1.LedgerService/ReadChangeLog", Ledger.ReadChangeLogRequest(limit: 1, skipCompacted: true))
    for try await part in log { #expect(part.changes.first?.revision == model.oldest, "\(context)") }
    var commits = client.watch(WatchQuery(afterRevision: model.oldest - 1, includesProgress: true))
      .makeAsyncIterator()
    let first = try await commits.next()
    #expect(first.map { $0.revision >= model.oldest } == true, "\(context)")
    guard model.oldest > 1 else { return }
    let unwatched = try await refusal {
      var commits = client.watch(WatchQuery(afterRevision: model.oldest - 2)).makeAsyncIterator()
      return try await commits.next()
    }
    let unread = try await refusal {
      let log: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try client.stream(
        "/guoban.v1.LedgerService/ReadChangeLog", Ledger.ReadChangeLogRequest(afterRevision: model.oldest - 2))
      for try await _ in log {}
    }
    for status in [unwatched, unread] {
      #expect(status.code == .outOfRange && status.oldestRevision == model.oldest, "\(context): \(status)")
    }
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
