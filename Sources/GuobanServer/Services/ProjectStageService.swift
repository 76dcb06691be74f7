internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// Brings projects from stage to stage, and counts the 三个一批 lists that they are on.
struct ProjectStageService: Sendable {
  private let dependencies: ServiceDependencies
  private var decode: DecodeLimits { dependencies.limits.decode }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/guoban.v1.ProjectService/AdvanceProject") { advance($0) },
      MethodDefinition("/guoban.v1.BatchEntryService/BatchFigures") { call in call.onWorker { try figures($0) } },
    ]
  }

  private func advance(_ call: ServerCall) {
    guard let request = call.request(Ledger.AdvanceProjectRequest.self, limits: decode) else { return }
    do throws(LedgerError) {
      let advance = try ProjectAdvance(request, today: dependencies.today())
      let store = dependencies.store(for: call.principal)
      call.write(
        to: store, requestID: request.requestId, validateOnly: request.validateOnly,
        replay: { try replayed($0, request.code, store) }
      ) { writer in
        try advance.run(writer).packed()
      }
    } catch {
      call.fail(error.status)
    }
  }

  /// What was changed then. A project that was only recognised was not, and is as it is now.
  private func replayed(_ outcome: WriteOutcome, _ code: String, _ store: any LedgerStore) throws -> [UInt8] {
    var response = Ledger.AdvanceProjectResponse(
      batchEntries: outcome.changes.filter { $0.recordType == "BatchEntry" }.map(\.key))
    let written = outcome.changes.first { $0.recordType == "Project" }?.record
    if let bytes = try written ?? store.read({ try $0.record("Project", code) }) {
      response.project = try Ledger.Project(packed: bytes, limits: decode)
    }
    return response.packed()
  }

  private func figures(_ call: ServerCall) throws {
    let request = try Ledger.BatchFiguresRequest(packed: call.message, limits: decode)
    let day = try BatchTally.day(request.asOf, today: dependencies.today())
    let filter = try dependencies.filters.parse(request.filter, source: "BatchEntry")
    let response = try dependencies.read(for: call) { reader in
      let narrowed = try filter.within(request.region, column: "project.region", reader, limits: decode)
      return try BatchTally(reader, filter: narrowed, on: day).response(
        byRegion: request.byRegion, byPeriod: request.byPeriod, revision: try reader.revision)
    }
    call.reply(response.packed())
  }
}
