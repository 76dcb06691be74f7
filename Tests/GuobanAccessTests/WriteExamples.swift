import GuobanLedger
import GuobanMessages
import GuobanWire

/// Requests to a method that writes, without request_id, validate_only or etag: those the tests add.
struct WriteExample {
  var method: String
  /// Requests of different numbers are different, and may be made one after the other.
  var request: (_ number: Int) throws -> [UInt8]
  /// Puts into the ledger what the request of this number needs.
  var prepare: (_ office: Office, _ number: Int) throws -> Void = { _, _ in }
}

/// One for every method that writes. Methods of record types come from the catalog; a method that is not here fails
/// ``WriteMethodTests``.
func writeExamples() -> [WriteExample] {
  RecordCatalog.writable.flatMap(recordExamples) + passExamples + stepExamples + otherExamples
}

/// Methods with a request_id that another test covers, because one request alone is not a write.
let writeMethodsElsewhere: Set<String> = [
  // Its request_id is that of the commit: ImportTests.
  "/guoban.v1.ImportService/BeginImport",
  // Need a reporter's folder and a sandbox: EndToEndTests.
  "/guoban.v1.ReportService/ApproveReporter", "/guoban.v1.ReportService/RunReport",
  // Writes files beside the ledger: aRetriedSnapshotIsTheOneThatWasTaken.
  "/guoban.v1.SnapshotService/CreateSnapshot",
]

/// Methods that change something and take no request_id, and why that is right.
let writeMethodsWithoutRequestID: Set<String> = [
  // Steps of an import; the commit goes by the id that it was begun with.
  "/guoban.v1.ImportService/AppendImport", "/guoban.v1.ImportService/CommitImport",
  "/guoban.v1.ImportService/AbortImport",
  // Done twice it is done once: the second finds nothing to do.
  "/guoban.v1.AuditService/CompactChangeLog",
]

private let place = Place.same

private func recordExamples(_ definition: RecordDefinition) -> [WriteExample] {
  let service = "/guoban.v1.\(definition.name)Service"
  let record = { (number: Int) in place.record(definition.name, 20 + number) }
  let exists = { (office: Office, number: Int) in try office.upsert([record(number)]) }
  return [
    WriteExample(method: "\(service)/Create\(definition.name)") {
      Ledger.RawCreateRequest(record: record($0).packed()).packed()
    },
    WriteExample(
      method: "\(service)/Update\(definition.name)",
      request: { number in
        var changed = record(number)
        changed.tags = ["改\(number)"]
        return Ledger.RawUpdateRequest(record: changed.packed()).packed()
      }, prepare: exists),
    WriteExample(
      method: "\(service)/Delete\(definition.name)",
      request: { Ledger.DeleteRecordRequest(key: record($0).key).packed() }, prepare: exists),
    // Not those that were deleted: a region's code is not given out twice.
    WriteExample(method: "\(service)/BatchUpsert\(definition.plural)") {
      Ledger.RawBatchUpsertRequest(records: [record(6 + $0).packed()]).packed()
    },
  ]
}

private var otherExamples: [WriteExample] {
  [
    WriteExample(method: "/guoban.v1.LedgerService/Apply") { number in
      Ledger.ApplyRequest(mutations: [
        Ledger.Mutation(kind: .create, recordType: "Project", record: place.project("A\(number)").packed())
      ]).packed()
    },
    WriteExample(
      method: "/guoban.v1.LedgerService/Undelete",
      request: { Ledger.UndeleteRequest(recordType: "Project", key: place.project("U\($0)").key).packed() },
      prepare: { office, number in
        let project = place.project("U\(number)")
        try office.upsert([project])
        try office.delete(project)
      }),
    WriteExample(method: "/guoban.v1.PassService/IssuePass") { number in
      Ledger.IssuePassRequest(
        division: Place.home, kind: .city, plate: "豫J\(10_000 + number)", goods: "面粉", origin: Place.home,
        destination: "410922"
      ).packed()
    },
    WriteExample(
      method: "/guoban.v1.PassService/RevokePass",
      request: { Ledger.RevokePassRequest(number: revocable($0).number, reason: "试").packed() },
      prepare: { office, number in try office.upsert([revocable(number)]) }),
    WriteExample(method: Office.access("CreateGrant")) { number in
      Ledger.CreateGrantRequest(grant: Ledger.Grant(name: "made-\(number)", roles: [.clerk])).packed()
    },
    WriteExample(
      method: Office.access("UpdateGrant"),
      request: {
        Ledger.UpdateGrantRequest(
          grant: Ledger.Grant(name: grant($0).name, description: "改\($0)"),
          updateMask: Google.FieldMask(paths: ["description"])
        ).packed()
      }, prepare: { try $0.upsert([grant($1)]) }),
    WriteExample(
      method: Office.access("RotateToken"), request: { Ledger.RotateTokenRequest(name: grant($0).name).packed() },
      prepare: { try $0.upsert([grant($1)]) }),
    WriteExample(
      method: Office.access("RevokeGrant"),
      request: { Ledger.RevokeGrantRequest(name: grant($0).name, reason: "试").packed() },
      prepare: { try $0.upsert([grant($1)]) }),
  ]
}

private var passExamples: [WriteExample] {
  let service = "/guoban.v1.PassService"
  // Each method has passes of its own: what was revoked or replaced does not come back.
  let old = { (first: Int) in
    { (office: Office, number: Int) in try office.upsert([revocable(first + number)]) }
  }
  return [
    WriteExample(method: "\(service)/BatchIssuePasses") { number in
      Ledger.BatchIssuePassesRequest(requests: [
        Ledger.IssuePassRequest(
          division: Place.home, kind: .city, plate: "豫J\(20_000 + number)", goods: "面粉", origin: Place.home,
          destination: "410922")
      ]).packed()
    },
    WriteExample(method: "\(service)/BatchUpsertPasses") { number in
      var pass = revocable(100 + number)
      pass.plate = "豫J\(30_000 + number)"
      return Ledger.RawBatchUpsertRequest(records: [pass.packed()]).packed()
    },
    WriteExample(
      method: "\(service)/RenewPass",
      request: { Ledger.RenewPassRequest(number: revocable(200 + $0).number).packed() }, prepare: old(200)),
    WriteExample(
      method: "\(service)/RecordTrip",
      request: { Ledger.RecordTripRequest(number: revocable(300 + $0).number, time: Office.todayNoon).packed() },
      prepare: old(300)),
  ]
}

/// Each step of a ticket, on one that has come as far; a project's next stage; a hand-over.
private var stepExamples: [WriteExample] {
  typealias Change = (inout Ledger.Ticket) -> Void
  let assigned: Change = { ($0.assigned, $0.owner) = ("2026-06-29", "某局") }
  let handling: Change = {
    assigned(&$0)
    $0.firstFeedback = "2026-06-29"
  }
  let pending: Change = {
    handling(&$0)
    ($0.closureRequested, $0.outcome) = ("2026-06-29", .solved)
  }
  let closed: Change = {
    pending(&$0)
    $0.closed = "2026-06-29"
  }
  let raised: Change = { ($0.level, $0.escalated) = (.dispatch, "2026-06-29") }
  func step(_ method: String, _ change: @escaping Change, _ request: @escaping (String) -> [UInt8]) -> WriteExample {
    let ticket = { (number: Int) in place.ticket("W-\(method)-\(number)", change) }
    return WriteExample(
      method: "/guoban.v1.TicketService/\(method)", request: { request(ticket($0).number) },
      prepare: { try $0.upsert([ticket($1)]) })
  }
  return [
    WriteExample(method: "/guoban.v1.TicketService/SubmitTicket") { number in
      Ledger.SubmitTicketRequest(
        ticket: Ledger.Ticket(
          region: place.region, title: "问题\(number)", category: .other, channel: .app, severity: .ordinary)
      ).packed()
    },
    step("AssignTicket", { _ in }) { Ledger.AssignTicketRequest(number: $0, owner: "某局").packed() },
    step("ReturnTicket", assigned) { Ledger.ReturnTicketRequest(number: $0, reason: "因故").packed() },
    step("FeedbackTicket", assigned) { Ledger.FeedbackTicketRequest(number: $0, note: "在办").packed() },
    step("RequestClosure", handling) {
      Ledger.RequestClosureRequest(number: $0, outcome: .solved, method: "办", result: "果").packed()
    },
    step("ApproveClosure", pending) { Ledger.ApproveClosureRequest(number: $0).packed() },
    step("RefuseClosure", pending) { Ledger.RefuseClosureRequest(number: $0, reason: "因故").packed() },
    step("EscalateTicket", handling) { Ledger.EscalateTicketRequest(number: $0, reason: "因故").packed() },
    step("HandDownTicket", raised) { Ledger.HandDownTicketRequest(number: $0, reason: "因故").packed() },
    step("ExemptTicket", handling) { Ledger.ExemptTicketRequest(number: $0, reason: "因故").packed() },
    step("SuperviseTicket", handling) { Ledger.SuperviseTicketRequest(number: $0, note: "速办").packed() },
    step("SurveyTicket", closed) { Ledger.SurveyTicketRequest(number: $0, satisfaction: .satisfied).packed() },
    step("ReopenTicket", closed) { Ledger.ReopenTicketRequest(number: $0, reason: "因故").packed() },
    WriteExample(
      method: "/guoban.v1.ProjectService/AdvanceProject",
      request: { Ledger.AdvanceProjectRequest(code: place.project("S\($0)").key, stage: .signed).packed() },
      prepare: { try $0.upsert([place.project("S\($1)")]) }),
    WriteExample(
      method: "/guoban.v1.AssignmentService/HandOverAssignment",
      request: {
        Ledger.HandOverAssignmentRequest(
          key: place.record("Assignment", 60 + $0).key, newId: "A-NEXT-\($0)", officer: place.officer(1).id,
          date: "2023-07-01"
        ).packed()
      }, prepare: { try $0.upsert([place.record("Assignment", 60 + $1)]) }),
  ]
}

private func grant(_ number: Int) -> Ledger.Grant { place.grant("w-\(number)") }

private func revocable(_ number: Int) -> Ledger.Pass {
  var pass = place.pass
  // Renewals take the numbers in between.
  pass.number = "\(Place.home)\(900_000 + 10 * number)"
  pass.plate = "豫J\(40_000 + number)"
  return pass
}
