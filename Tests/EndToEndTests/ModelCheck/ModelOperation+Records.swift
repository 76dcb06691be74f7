import GuobanClient
import GuobanMessages
import GuobanWire

extension ModelOperation {
  func sendRecords(_ client: GuobanClient, id: String, validateOnly: Bool) async throws(Status) -> [UInt8] {
    switch self {
    case .bringIn(let projects):
      return try await bringIn(projects, client, id: id, validateOnly: validateOnly)
    case .assignment(let step):
      return try await client.call(
        "/guoban.v1.AssignmentService/\(step.method)", message: step.request(id: id, validateOnly: validateOnly))
    case .publish(let month, let value, let isFinal, let reason):
      let figure = Ledger.Observation(
        indicator: "GDP", region: "410928", period: "2023-\(month < 10 ? "0" : "")\(month)", valueE6: value,
        finality: isFinal ? .final : .preliminary, correctionReason: reason)
      return try await client.call(
        "/guoban.v1.ObservationService/BatchUpsertObservations",
        message: Ledger.BatchUpsertObservationsRequest(
          observations: [figure], requestId: id, validateOnly: validateOnly
        ).packed())
    case .fill(let key, let entry):
      return try await client.call(
        "/guoban.v1.EntryService/BatchUpsertEntries",
        message: Ledger.BatchUpsertEntriesRequest(
          entries: [entry.message(key)], requestId: id, validateOnly: validateOnly
        ).packed())
    case .clear(let key):
      return try await delete(
        client, "/guoban.v1.EntryService/DeleteEntry", "notes/\(key)", nil, id: id, validateOnly: validateOnly)
    case .redefine(let needsAmount):
      return try await client.call(
        "/guoban.v1.RegisterService/BatchUpsertRegisters",
        message: Ledger.BatchUpsertRegistersRequest(
          registers: [ModelLedger.register(needsAmount: needsAmount)], requestId: id, validateOnly: validateOnly
        ).packed())
    default:
      throw Status(.unimplemented, english: "\(self) is sent elsewhere")
    }
  }

  /// In two pieces, so that a kill can come between them.
  private func bringIn(
    _ projects: [(code: String, project: ModelLedger.Project)], _ client: GuobanClient, id: String, validateOnly: Bool
  ) async throws(Status) -> [UInt8] {
    let service = "/guoban.v1.ImportService"
    let begun: Ledger.BeginImportResponse = try await client.call(
      "\(service)/BeginImport", Ledger.BeginImportRequest(recordType: "Project", requestId: id))
    let records = projects.map { $0.project.message($0.code).packed() }
    for (sequence, piece) in [records.prefix(1), records.dropFirst()].enumerated() {
      let _: Ledger.AppendImportResponse = try await client.call(
        "\(service)/AppendImport",
        Ledger.AppendImportRequest(importId: begun.importId, sequence: UInt32(sequence), records: Array(piece)))
    }
    return try await client.call(
      "\(service)/CommitImport",
      message: Ledger.CommitImportRequest(importId: begun.importId, validateOnly: validateOnly).packed())
  }
}

extension ModelOperation.AssignmentStep {
  fileprivate var method: String {
    switch self {
    case .begin: "CreateAssignment"
    case .handOver: "HandOverAssignment"
    case .end: "UpdateAssignment"
    }
  }

  fileprivate func request(id requestID: String, validateOnly: Bool) -> [UInt8] {
    switch self {
    case .begin(let id, let officer, let region):
      let assignment = Ledger.Assignment(
        id: id, officer: officer, role: .leader, region: region, since: ModelLedger.Assignment.day(1))
      return Ledger.CreateAssignmentRequest(
        assignment: assignment, requestId: requestID, validateOnly: validateOnly
      ).packed()
    case .handOver(let id, let next, let officer, let month):
      return Ledger.HandOverAssignmentRequest(
        key: id, newId: next, officer: officer, date: ModelLedger.Assignment.day(month), reason: "调动",
        requestId: requestID, validateOnly: validateOnly
      ).packed()
    case .end(let id):
      return Ledger.UpdateAssignmentRequest(
        assignment: Ledger.Assignment(id: id, until: "2025-12-31"),
        updateMask: Google.FieldMask(paths: ["until"]), requestId: requestID, validateOnly: validateOnly
      ).packed()
    }
  }
}

extension ModelLedger.Assignment {
  fileprivate static func day(_ month: Int) -> String { "2024-\(month < 10 ? "0" : "")\(month)-01" }
}

extension ModelLedger.Entry {
  fileprivate func message(_ id: String) -> Ledger.Entry {
    let amount = fen.map { [Ledger.EntryValue(field: "amount_fen", kind: .integer($0))] } ?? []
    return Ledger.Entry(
      register: "notes", id: id, values: [Ledger.EntryValue(field: "title", kind: .text(title))] + amount)
  }
}

extension ModelLedger {
  static func register(needsAmount: Bool) -> Ledger.Register {
    Ledger.Register(
      id: "notes", title: "记事", titleEnglish: "Notes", region: .none,
      fields: [
        Ledger.RegisterField(name: "title", title: "标题", titleEnglish: "Title", type: .text, required: true),
        Ledger.RegisterField(
          name: "amount_fen", title: "金额", titleEnglish: "Amount", type: .money, unit: "元", required: needsAmount),
      ])
  }

  /// What the operations speak of and none of them makes.
  static func lay(_ client: GuobanClient) async throws(Status) -> UInt64 {
    for code in regions { try await Calls(client).createRegion(code, "县\(code)") }
    for id in officers {
      let _: Ledger.Officer = try await client.call(
        "/guoban.v1.OfficerService/CreateOfficer",
        Ledger.CreateOfficerRequest(officer: Ledger.Officer(id: id, name: "干部", region: "410928")))
    }
    let _: Ledger.Indicator = try await client.call(
      "/guoban.v1.IndicatorService/CreateIndicator",
      Ledger.CreateIndicatorRequest(
        indicator: Ledger.Indicator(code: "GDP", name: "生产总值", unit: "亿元", nature: .cumulative)))
    let _: Ledger.Register = try await client.call(
      "/guoban.v1.RegisterService/CreateRegister",
      Ledger.CreateRegisterRequest(register: register(needsAmount: false)))
    return Calls.revisionAtFirst + UInt64(regions.count + officers.count + 2)
  }
}
