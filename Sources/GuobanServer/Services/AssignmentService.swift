internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// What assignments have beyond other records: one person hands over to the next, and how many enterprises have somebody.
struct AssignmentService: Sendable {
  private let dependencies: ServiceDependencies

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/guoban.v1.AssignmentService/HandOverAssignment") { handOver($0) },
      MethodDefinition("/guoban.v1.AssignmentService/CoverageFigures") { call in call.onWorker { try coverage($0) } },
    ]
  }

  private func handOver(_ call: ServerCall) {
    let decode = dependencies.limits.decode
    guard let request = call.request(Ledger.HandOverAssignmentRequest.self, limits: decode) else { return }
    let handOver: HandOver
    do throws(LedgerError) {
      handOver = try HandOver(request)
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { outcome in
        var response = Ledger.HandOverAssignmentResponse()
        for change in outcome.changes {
          let assignment = try Ledger.Assignment(packed: change.record, limits: decode)
          if change.operation == .create { response.begun = assignment } else { response.ended = assignment }
        }
        return response.packed()
      }
    ) { writer in
      try handOver.run(writer).packed()
    }
  }

  private func coverage(_ call: ServerCall) throws {
    let limits = dependencies.limits.decode
    let request = try Ledger.CoverageFiguresRequest(packed: call.message, limits: limits)
    let coverage = try Coverage(request)
    let response = try dependencies.read(for: call) { reader in
      try coverage.figures(reader) { column in
        try Filter?.none.within(request.region, column: column, reader, limits: limits)
      }
    }
    call.reply(response.packed())
  }
}
