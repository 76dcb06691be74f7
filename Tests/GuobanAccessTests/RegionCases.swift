import GuobanLedger
import GuobanMessages
import GuobanWire
import Synchronization

/// How a call must end.
enum Expected: String {
  case ok
  /// Admitted; that what it asks for is not there has nothing to do with regions.
  case missing
  /// Outside the region: as if it were not there.
  case hidden
  /// Outside the region, and to be written.
  case denied

  func holds(_ status: Status) -> Bool {
    switch self {
    case .ok: status.code == .ok
    case .missing, .hidden: status.code == .notFound
    case .denied: status.code == .permissionDenied && status.reason(limits: .standard) != "PERMISSION_MISSING"
    }
  }
}

/// One call about a record in one place.
struct RegionCase {
  var method: String
  var place: Place
  /// For whoever has the permission: held to 濮阳县, and held to nothing.
  var scoped: Expected
  var unscoped = Expected.ok
  var message: (Office) throws -> [UInt8]
  /// After the call succeeded.
  var undo: (Office) throws -> Void = { _ in }
}

/// Calls on records that clients keep, in every place.
func recordCases() -> [RegionCase] {
  RecordCatalog.writable.flatMap { definition in
    Place.allCases.flatMap { place in cases(definition, place) }
  }
}

/// Codes of regions are not given out twice: each case that creates or deletes one takes another.
private let regionsMade = Atomic(1000)

private func cases(_ definition: RecordDefinition, _ place: Place) -> [RegionCase] {
  let service = "/guoban.v1.\(definition.name)Service"
  let isShared = definition.type.isShared
  let reads: Expected = isShared || place.isWithin ? .ok : .hidden
  let writes: Expected = isShared ? .denied : place.isWithin ? .ok : .denied
  let changes: Expected = isShared ? .denied : place.isWithin ? .ok : .hidden
  let old = place.record(definition.name, 0)
  let isRegion = definition.name == "Region"
  let record = { (number: Int) in
    place.record(definition.name, isRegion ? regionsMade.add(1, ordering: .relaxed).newValue : number)
  }
  let tagged = place.record(definition.name, 0, tag: "改")
  return [
    RegionCase(method: "\(service)/Get\(definition.name)", place: place, scoped: reads) { _ in
      Ledger.GetRecordRequest(key: old.key).packed()
    },
    RegionCase(method: "\(service)/BatchGet\(definition.plural)", place: place, scoped: reads) { _ in
      Ledger.BatchGetRecordsRequest(keys: [old.key]).packed()
    },
    RegionCase(
      method: "\(service)/Create\(definition.name)", place: place, scoped: writes,
      message: { _ in Ledger.RawCreateRequest(record: record(2).packed()).packed() },
      undo: { if !isRegion { try $0.delete(place.record(definition.name, 2)) } }),
    RegionCase(
      method: "\(service)/Update\(definition.name)", place: place, scoped: changes,
      message: { _ in Ledger.RawUpdateRequest(record: tagged.packed()).packed() }, undo: { try $0.upsert([old]) }),
    RegionCase(method: "\(service)/Delete\(definition.name)", place: place, scoped: isShared ? .denied : changes) {
      let doomed = record(1)
      try $0.upsert([doomed])
      return Ledger.DeleteRecordRequest(key: doomed.key).packed()
    },
    RegionCase(
      method: "\(service)/BatchUpsert\(definition.plural)", place: place, scoped: writes,
      message: { _ in Ledger.RawBatchUpsertRequest(records: [tagged.packed()]).packed() },
      undo: { try $0.upsert([old]) }),
  ]
}

/// Calls on records that only operations write.
func managedCases() -> [RegionCase] {
  Place.allCases.flatMap { place in
    let isWithin = place.isWithin
    let pass = place.pass
    let report = Ledger.Report(id: "report-\(place)", reporter: "x", region: place.region)
    let key = Ledger.GetRecordRequest(key: pass.number).packed()
    return [
      RegionCase(method: "/guoban.v1.PassService/GetPass", place: place, scoped: isWithin ? .ok : .hidden) { _ in key },
      RegionCase(method: "/guoban.v1.PassService/BatchGetPasses", place: place, scoped: isWithin ? .ok : .hidden) { _ in
        Ledger.BatchGetRecordsRequest(keys: [pass.number]).packed()
      },
      // A checkpoint meets vehicles from everywhere.
      RegionCase(method: "/guoban.v1.PassService/VerifyPass", place: place, scoped: .ok) { _ in
        Ledger.VerifyPassRequest(number: pass.number).packed()
      },
      RegionCase(method: "/guoban.v1.PassService/IssuePass", place: place, scoped: isWithin ? .ok : .denied) { _ in
        Ledger.IssuePassRequest(
          division: place.division, kind: .city, plate: "豫J5432\(place.division.last ?? "0")", goods: "面粉",
          origin: Place.home, destination: "410922", validateOnly: true
        ).packed()
      },
      RegionCase(
        method: "/guoban.v1.PassService/RevokePass", place: place, scoped: isWithin ? .ok : .hidden,
        message: { _ in Ledger.RevokePassRequest(number: pass.number, reason: "试", validateOnly: true).packed() }),
      RegionCase(
        method: "/guoban.v1.PassService/RenewPass", place: place, scoped: isWithin ? .ok : .hidden,
        message: { _ in Ledger.RenewPassRequest(number: pass.number, validateOnly: true).packed() }),
      RegionCase(method: "/guoban.v1.PassService/BatchIssuePasses", place: place, scoped: isWithin ? .ok : .denied) {
        _ in
        Ledger.BatchIssuePassesRequest(
          requests: [
            Ledger.IssuePassRequest(
              division: place.division, kind: .city, plate: "豫J5432\(place.division.last ?? "0")", goods: "面粉",
              origin: Place.home, destination: "410922")
          ], validateOnly: true
        ).packed()
      },
      RegionCase(
        method: "/guoban.v1.PassService/BatchUpsertPasses", place: place, scoped: isWithin ? .ok : .denied,
        message: { _ in
          var tagged = pass
          tagged.tags = ["改"]
          return Ledger.RawBatchUpsertRequest(records: [tagged.packed()]).packed()
        }, undo: { try $0.upsert([pass]) }),
      RegionCase(method: "/guoban.v1.PassService/GetPassPayload", place: place, scoped: isWithin ? .ok : .hidden) { _ in
        Ledger.GetPassPayloadRequest(number: pass.number).packed()
      },
      RegionCase(method: "/guoban.v1.PassService/GetPassPublicKeys", place: place, scoped: .ok) { _ in [] },
      // As with a verification: the vehicle may come from anywhere.
      RegionCase(method: "/guoban.v1.PassService/RecordTrip", place: place, scoped: .ok) { _ in
        Ledger.RecordTripRequest(number: pass.number, time: Office.todayNoon, validateOnly: true).packed()
      },
      RegionCase(method: "/guoban.v1.PassService/GetPassTrip", place: place, scoped: isWithin ? .ok : .hidden) { _ in
        Ledger.GetRecordRequest(key: place.trip.key).packed()
      },
      RegionCase(
        method: "/guoban.v1.PersonalDataService/RevealPersonalData", place: place, scoped: isWithin ? .ok : .hidden
      ) { _ in
        Ledger.RevealPersonalDataRequest(recordType: "Pass", key: pass.number, reason: "试").packed()
      },
      RegionCase(method: "/guoban.v1.ReportService/GetReport", place: place, scoped: isWithin ? .ok : .hidden) { _ in
        Ledger.GetRecordRequest(key: report.id).packed()
      },
      RegionCase(
        method: "/guoban.v1.AssignmentService/HandOverAssignment", place: place, scoped: isWithin ? .ok : .hidden
      ) { _ in
        Ledger.HandOverAssignmentRequest(
          key: place.record("Assignment", 0).key, newId: "A-NEXT", officer: place.officer(1).id, date: "2023-07-01",
          validateOnly: true
        ).packed()
      },
      // Registers are everybody's.
      RegionCase(method: "/guoban.v1.RegisterService/DescribeRegister", place: place, scoped: .ok) { _ in
        Ledger.DescribeRegisterRequest(key: "t").packed()
      },
    ] + grantCases(place) + ticketCases(place)
  }
}

/// A ticket that has come far enough for each step, tried and not written; and a project's next stage.
private func ticketCases(_ place: Place) -> [RegionCase] {
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
  func step(_ method: String, _ change: @escaping Change, _ request: @escaping (String) -> [UInt8]) -> RegionCase {
    RegionCase(method: "/guoban.v1.TicketService/\(method)", place: place, scoped: place.isWithin ? .ok : .hidden) {
      let ticket = place.ticket("\(method)-\(place)", change)
      try $0.upsert([ticket])
      return request(ticket.number)
    }
  }
  return [
    RegionCase(
      method: "/guoban.v1.TicketService/SubmitTicket", place: place, scoped: place.isWithin ? .ok : .denied
    ) { _ in
      let ticket = Ledger.Ticket(
        region: place.region, title: "问题", category: .other, channel: .app, severity: .ordinary)
      return Ledger.SubmitTicketRequest(ticket: ticket, validateOnly: true).packed()
    },
    step("AssignTicket", { _ in }) {
      Ledger.AssignTicketRequest(number: $0, validateOnly: true, owner: "某局").packed()
    },
    step("ReturnTicket", assigned) {
      Ledger.ReturnTicketRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    step("FeedbackTicket", assigned) {
      Ledger.FeedbackTicketRequest(number: $0, validateOnly: true, note: "在办").packed()
    },
    step("RequestClosure", handling) {
      Ledger.RequestClosureRequest(number: $0, validateOnly: true, outcome: .solved, method: "办", result: "果").packed()
    },
    step("ApproveClosure", pending) { Ledger.ApproveClosureRequest(number: $0, validateOnly: true).packed() },
    step("RefuseClosure", pending) {
      Ledger.RefuseClosureRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    step("EscalateTicket", handling) {
      Ledger.EscalateTicketRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    step("HandDownTicket", raised) {
      Ledger.HandDownTicketRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    step("ExemptTicket", handling) {
      Ledger.ExemptTicketRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    step("SuperviseTicket", handling) {
      Ledger.SuperviseTicketRequest(number: $0, validateOnly: true, note: "速办").packed()
    },
    step("SurveyTicket", closed) {
      Ledger.SurveyTicketRequest(number: $0, validateOnly: true, satisfaction: .satisfied).packed()
    },
    step("ReopenTicket", closed) {
      Ledger.ReopenTicketRequest(number: $0, validateOnly: true, reason: "因故").packed()
    },
    RegionCase(
      method: "/guoban.v1.ProjectService/AdvanceProject", place: place, scoped: place.isWithin ? .ok : .hidden
    ) { _ in
      let code = place.record("Project", 0).key
      return Ledger.AdvanceProjectRequest(code: code, validateOnly: true, stage: .signed).packed()
    },
  ]
}

private func grantCases(_ place: Place) -> [RegionCase] {
  let name = "known-\(place)"
  let changes: Expected = place.isWithin ? .ok : .hidden
  return [
    RegionCase(method: Office.access("GetGrant"), place: place, scoped: changes) { _ in
      Ledger.GetRecordRequest(key: name).packed()
    },
    RegionCase(method: Office.access("CreateGrant"), place: place, scoped: place.isWithin ? .ok : .denied) { _ in
      Ledger.CreateGrantRequest(
        grant: Ledger.Grant(name: "new", roles: [.clerk], region: place.region), validateOnly: true
      ).packed()
    },
    RegionCase(method: Office.access("UpdateGrant"), place: place, scoped: changes) { _ in
      Ledger.UpdateGrantRequest(
        grant: Ledger.Grant(name: name, description: "改"), updateMask: Google.FieldMask(paths: ["description"])
      ).packed()
    },
    RegionCase(method: Office.access("RotateToken"), place: place, scoped: changes) { _ in
      Ledger.RotateTokenRequest(name: name).packed()
    },
    RegionCase(method: Office.access("RevokeGrant"), place: place, scoped: changes) { office in
      let spare = place.grant("doomed-\(place)")
      try office.delete(spare)
      try office.upsert([spare])
      return Ledger.RevokeGrantRequest(name: spare.name, reason: "试").packed()
    },
  ]
}

extension Place {
  /// A pass that its division issued, on a road through two other counties.
  var pass: Ledger.Pass {
    let serial = Place.allCases.firstIndex(of: self) ?? 0
    return Ledger.Pass(
      number: "\(division)000\(100 + serial)", kind: .city, plate: "豫J\(12_345 + serial)", goods: "面粉",
      origin: "410922", destination: "410922", validFrom: Office.today, validUntil: Office.today,
      state: .issued, holder: Ledger.Contact(name: "李四", phone: "13900001111"))
  }

  var trip: Ledger.PassTrip {
    Ledger.PassTrip(
      pass: pass.number, sequence: 1, time: Office.todayNoon, date: Office.today, plate: pass.plate, loadKg: 1)
  }

  func grant(_ name: String) -> Ledger.Grant {
    let id = String(name.utf8.reduce(0) { ($0 &* 31 &+ UInt64($1)) }, radix: 16)
    return Ledger.Grant(
      name: name, roles: [.clerk], region: region,
      credential: .token(Ledger.TokenCredential(id: id, sha256: [UInt8](repeating: 9, count: 32))))
  }

  func record(_ type: String, _ serial: Int, tag: String) -> any LedgerRecord {
    var record = record(type, serial)
    record.tags = [tag]
    return record
  }

  /// Everything that the cases find in the ledger.
  static var stock: [[any LedgerRecord]] {
    ground
      + [
        Place.allCases.flatMap { place in RecordCatalog.writable.map { place.record($0.name, 0) } },
        Place.allCases.map(\.pass), Place.allCases.map(\.trip),
        Place.allCases.map { Ledger.Report(id: "report-\($0)", reporter: "x", region: $0.region) },
        Place.allCases.map { $0.grant("known-\($0)") },
      ]
  }
}
