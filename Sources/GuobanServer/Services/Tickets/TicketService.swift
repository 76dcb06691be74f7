internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// What becomes of tickets, which wait for something, and how many were solved.
struct TicketService: Sendable {
  private let dependencies: ServiceDependencies
  private var decode: DecodeLimits { dependencies.limits.decode }
  private static let service = "/guoban.v1.TicketService"

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("\(Self.service)/SubmitTicket") { submit($0) },
      step("AssignTicket", Ledger.AssignTicketRequest.self),
      step("ReturnTicket", Ledger.ReturnTicketRequest.self),
      step("FeedbackTicket", Ledger.FeedbackTicketRequest.self),
      step("RequestClosure", Ledger.RequestClosureRequest.self),
      step("ApproveClosure", Ledger.ApproveClosureRequest.self),
      step("RefuseClosure", Ledger.RefuseClosureRequest.self),
      step("EscalateTicket", Ledger.EscalateTicketRequest.self),
      step("HandDownTicket", Ledger.HandDownTicketRequest.self),
      step("ExemptTicket", Ledger.ExemptTicketRequest.self),
      step("SuperviseTicket", Ledger.SuperviseTicketRequest.self),
      step("SurveyTicket", Ledger.SurveyTicketRequest.self),
      step("ReopenTicket", Ledger.ReopenTicketRequest.self),
      MethodDefinition("\(Self.service)/ListDueTickets") { call in call.onWorker { try listDue($0) } },
      MethodDefinition("\(Self.service)/TicketFigures") { call in call.onWorker { try figures($0) } },
    ]
  }

  private func submit(_ call: ServerCall) {
    guard let request = call.request(Ledger.SubmitTicketRequest.self, limits: decode) else { return }
    do throws(LedgerError) {
      let submission = try TicketSubmission(request, on: dependencies.today(), region: call.principal.region)
      var masked = request
      masked.ticket = request.ticket?.masked()
      call.write(
        to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
        digest: call.maskedDigest([masked.packed()]), replay: { try $0.firstRecord() }
      ) { writer in
        try submission.run(writer, whole: writer.unscoped)
      }
    } catch {
      call.fail(error.status)
    }
  }

  private func step<Request: TicketStepRequest>(_ name: String, _ type: Request.Type) -> MethodDefinition {
    MethodDefinition("\(Self.service)/\(name)") { call in
      guard let request = call.request(type, limits: decode) else { return }
      do throws(LedgerError) {
        let progress = try TicketProgress(
          request.step(on: dependencies.today()), timetable: request.timetable, number: request.number,
          etag: request.etag, region: call.principal.region, rules: dependencies.limits.tickets)
        call.write(
          to: dependencies.store(for: call.principal), requestID: request.requestId,
          validateOnly: request.validateOnly, replay: { try $0.firstRecord() }
        ) { writer in
          try progress.run(writer)
        }
      } catch {
        call.fail(error.status)
      }
    }
  }

  private func listDue(_ call: ServerCall) throws {
    let request = try Ledger.ListDueTicketsRequest(packed: call.message, limits: decode)
    let limits = dependencies.limits
    let due = try DueTickets(request, today: dependencies.today(), rules: limits.tickets, limits: decode)
    let size = try Page.size(request.pageSize, limits: limits)
    // A page goes on with the page before only under the same arguments.
    let arguments = "\(request.asOf) \(request.withinDays) \(request.all) \(request.filter)"
    let filter = try dependencies.filters.parse(request.filter, source: "Ticket")
    let after = try PageToken.key(in: request.pageToken, type: "DueTicket", filter: arguments)
    var (response, next) = try dependencies.read(for: call) {
      try due.run(
        $0, filter: filter, afterKey: after, limit: size, bytesMax: limits.pageBytesMax,
        checkCancellation: { try call.checkCancellation() })
    }
    if let next { response.nextPageToken = PageToken.make(type: "DueTicket", filter: arguments, after: next) }
    call.reply(response.packed())
  }

  private func figures(_ call: ServerCall) throws {
    let request = try Ledger.TicketFiguresRequest(packed: call.message, limits: decode)
    let filter = try dependencies.filters.parse(request.filter, source: "Ticket")
    let response = try dependencies.read(for: call) { reader in
      let narrowed = try filter.within(request.region, column: "region", reader, limits: decode)
      return try TicketTally(reader, filter: narrowed).response(
        byRegion: request.byRegion, revision: try reader.revision)
    }
    call.reply(response.packed())
  }
}

extension Filter? {
  /// This, and within a region or below it; "" = everywhere that `reader` sees.
  func within(_ region: String, column: String, _ reader: any LedgerReader, limits: DecodeLimits) throws -> Filter? {
    guard let codes = try reader.codes(within: region, limits: limits) else { return self }
    return narrowed(by: .isOne(column: column, of: Array(codes)))
  }
}

extension LedgerReader {
  /// The codes of a region and of what is below it; nil for "", which is everywhere.
  func codes(within region: String, limits: DecodeLimits) throws -> Set<String>? {
    if region.isEmpty { return nil }
    let tree = try RegionTree(self, limits: limits)
    guard tree.contains(region) else { throw LedgerError.notFound("Region", region) }
    return tree.subtree(of: region)
  }
}
