import GuobanClient
import GuobanMessages
import GuobanWire

/// One thing that a caller may ask of the ledger.
enum ModelOperation: Sendable {
  case create(String, ModelLedger.Project)
  case rename(String, to: String, etag: UInt64?)
  case upsert([(code: String, project: ModelLedger.Project)])
  case delete(String, etag: UInt64?)
  case undelete(String)
  case report(ModelLedger.Progress)
  case withdraw(String)
  case apply([Step])
  /// First and last day.
  case issue(plate: String, destination: String, from: Int, until: Int)
  case revoke(String)
  case renew(String)
  case trip(String)
  case submit(region: String)
  /// A step of a ticket's life.
  case handle(String, ModelLedger.Ticket.Step)
  /// A file of projects, staged and committed.
  case bringIn([(code: String, project: ModelLedger.Project)])
  /// Shows the contact of a record by type and key, and says so in the log.
  case reveal(String, String)
  /// An enterprise as it is to be.
  case keep(String, ModelLedger.Enterprise)
  case drop(String)
  case bringBack(String)
  /// What is past its retention.
  case erase
  /// The change log, but for its last days.
  case compact(days: Int)
  case assignment(AssignmentStep)
  /// One month's figure.
  case publish(month: Int, value: Int64, isFinal: Bool, reason: String)
  case fill(String, ModelLedger.Entry)
  case clear(String)
  case redefine(needsAmount: Bool)

  enum AssignmentStep: Sendable {
    case begin(String, officer: String, region: String)
    case handOver(String, to: String, officer: String, month: Int)
    case end(String)
  }

  /// Whether it has a request id: asked for again under the same, it gets the same answer and is not done twice.
  var hasRequestID: Bool {
    switch self {
    case .reveal, .erase, .compact: false
    default: true
    }
  }

  /// Whether it can be tried, and asked for again by who was not answered: what is shown once more is seen once more.
  var isRepeatable: Bool { if case .reveal = self { false } else { true } }

  var isErasure: Bool { if case .erase = self { true } else { false } }

  enum Step: Sendable {
    case create(String, ModelLedger.Project)
    case upsert(String, ModelLedger.Project)
    case delete(String)
    case undelete(String)
    case report(ModelLedger.Progress)
    case withdraw(String)
  }

  /// Asks the daemon; gives what it answered. The answer to the same request is the same.
  func send(_ client: GuobanClient, id: String, validateOnly: Bool = false) async throws(Status) -> [UInt8] {
    let projects = "/guoban.v1.ProjectService"
    switch self {
    case .create(let code, let project):
      return try await client.call(
        "\(projects)/CreateProject",
        message: Ledger.CreateProjectRequest(
          project: project.message(code), requestId: id, validateOnly: validateOnly
        ).packed())
    case .rename(let code, let name, let etag):
      return try await client.call(
        "\(projects)/UpdateProject",
        message: Ledger.UpdateProjectRequest(
          project: Ledger.Project(code: code, name: name), updateMask: Google.FieldMask(paths: ["name"]),
          requestId: id, validateOnly: validateOnly, etag: etag.map { "r\($0)" } ?? ""
        ).packed())
    case .upsert(let records):
      return try await client.call(
        "\(projects)/BatchUpsertProjects",
        message: Ledger.BatchUpsertProjectsRequest(
          projects: records.map { $0.project.message($0.code) }, requestId: id, validateOnly: validateOnly
        ).packed())
    case .delete(let code, let etag):
      return try await delete(client, projects + "/DeleteProject", code, etag, id: id, validateOnly: validateOnly)
    case .undelete(let code):
      return try await client.call(
        "/guoban.v1.LedgerService/Undelete",
        message: Ledger.UndeleteRequest(
          recordType: "Project", key: code, requestId: id, validateOnly: validateOnly
        ).packed())
    case .report(let progress):
      return try await client.call(
        "/guoban.v1.ProjectProgressService/BatchUpsertProjectProgresses",
        message: Ledger.BatchUpsertProjectProgressesRequest(
          projectProgresses: [progress.message], requestId: id, validateOnly: validateOnly
        ).packed())
    case .withdraw(let key):
      return try await delete(
        client, "/guoban.v1.ProjectProgressService/DeleteProjectProgress", key, nil, id: id, validateOnly: validateOnly)
    case .apply(let steps):
      return try await client.call(
        "/guoban.v1.LedgerService/Apply",
        message: Ledger.ApplyRequest(mutations: steps.map(\.mutation), requestId: id, validateOnly: validateOnly)
          .packed())
    case .issue(let plate, let destination, let from, let until):
      return try await client.call(
        "/guoban.v1.PassService/IssuePass",
        message: Ledger.IssuePassRequest(
          division: ModelLedger.division, kind: .city, plate: plate, goods: "面粉", origin: "410928",
          destination: destination, validFrom: ModelLedger.date(from), validUntil: ModelLedger.date(until),
          holder: ModelLedger.Contact.known(phone: ModelLedger.phones[0]).message, requestId: id,
          validateOnly: validateOnly
        ).packed())
    case .revoke(let number):
      return try await client.call(
        "/guoban.v1.PassService/RevokePass",
        message: Ledger.RevokePassRequest(
          number: number, reason: "试", requestId: id, validateOnly: validateOnly
        ).packed())
    case .renew(let number):
      return try await client.call(
        "/guoban.v1.PassService/RenewPass",
        message: Ledger.RenewPassRequest(number: number, requestId: id, validateOnly: validateOnly).packed())
    case .trip(let number):
      return try await client.call(
        "/guoban.v1.PassService/RecordTrip",
        message: Ledger.RecordTripRequest(
          number: number, place: "卡口", requestId: id, validateOnly: validateOnly
        ).packed())
    case .submit(let region):
      let ticket = Ledger.Ticket(
        region: region, title: "问题", category: .other, channel: .app, severity: .ordinary)
      return try await client.call(
        "/guoban.v1.TicketService/SubmitTicket",
        message: Ledger.SubmitTicketRequest(ticket: ticket, requestId: id, validateOnly: validateOnly).packed())
    case .bringIn, .assignment, .publish, .fill, .clear, .redefine:
      return try await sendRecords(client, id: id, validateOnly: validateOnly)
    case .reveal, .keep, .drop, .bringBack, .erase, .compact:
      return try await sendWithTime(client, id: id, validateOnly: validateOnly)
    case .handle(let number, let step):
      return try await client.call(
        "/guoban.v1.TicketService/\(step.rawValue)",
        message: step.request(number, id: id, validateOnly: validateOnly))
    }
  }

  func delete(
    _ client: GuobanClient, _ method: String, _ key: String, _ etag: UInt64?, id: String, validateOnly: Bool
  ) async throws(Status) -> [UInt8] {
    try await client.call(
      method,
      message: Ledger.DeleteRecordRequest(
        key: key, etag: etag.map { "r\($0)" } ?? "", requestId: id, validateOnly: validateOnly
      ).packed())
  }
}

extension ModelOperation.Step {
  var writtenProject: String? {
    switch self {
    case .create(let code, _), .upsert(let code, _), .undelete(let code): code
    default: nil
    }
  }

  var writtenProgress: String? {
    if case .report(let progress) = self { ModelLedger.key(progress.project, progress.month) } else { nil }
  }

  var deletedProject: String? {
    if case .delete(let code) = self { code } else { nil }
  }

  /// What no second step of a batch may touch.
  var key: String {
    switch self {
    case .create(let code, _), .upsert(let code, _), .delete(let code), .undelete(let code): code
    case .report(let progress): ModelLedger.key(progress.project, progress.month)
    case .withdraw(let key): key
    }
  }

  fileprivate var mutation: Ledger.Mutation {
    switch self {
    case .create(let code, let project):
      Ledger.Mutation(kind: .create, recordType: "Project", record: project.message(code).packed())
    case .upsert(let code, let project):
      Ledger.Mutation(kind: .upsert, recordType: "Project", record: project.message(code).packed())
    case .delete(let code): Ledger.Mutation(kind: .delete, recordType: "Project", key: code)
    case .undelete(let code): Ledger.Mutation(kind: .undelete, recordType: "Project", key: code)
    case .report(let progress):
      Ledger.Mutation(kind: .upsert, recordType: "ProjectProgress", record: progress.message.packed())
    case .withdraw(let key): Ledger.Mutation(kind: .delete, recordType: "ProjectProgress", key: key)
    }
  }
}

extension ModelLedger.Ticket.Step {
  fileprivate func request(_ number: String, id: String, validateOnly: Bool) -> [UInt8] {
    switch self {
    case .assign:
      Ledger.AssignTicketRequest(number: number, requestId: id, validateOnly: validateOnly, owner: "某局").packed()
    case .giveBack:
      Ledger.ReturnTicketRequest(number: number, requestId: id, validateOnly: validateOnly, reason: "因故").packed()
    case .feedback:
      Ledger.FeedbackTicketRequest(number: number, requestId: id, validateOnly: validateOnly, note: "在办").packed()
    case .requestClosure:
      Ledger.RequestClosureRequest(
        number: number, requestId: id, validateOnly: validateOnly, outcome: .solved, method: "办", result: "果"
      ).packed()
    case .approve:
      Ledger.ApproveClosureRequest(number: number, requestId: id, validateOnly: validateOnly).packed()
    }
  }
}

extension ModelLedger.Project {
  func message(_ code: String) -> Ledger.Project {
    Ledger.Project(
      code: code, name: name, region: region, tier: .county, plans: [Ledger.YearPlan(year: 2026, planFen: planFen)])
  }
}

extension ModelLedger.Progress {
  var message: Ledger.ProjectProgress {
    Ledger.ProjectProgress(
      project: project, month: String(ModelLedger.key("", month).dropFirst()), completedFen: fen)
  }
}
