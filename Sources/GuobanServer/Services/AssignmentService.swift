internal import GuobanAccess
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
    // Whoever is held to a region counts its enterprises. Their scale stands in another record than the assignment, where he
    // may not look by himself.
    let scope = call.principal.region.map { dependencies.access.scope(of: $0).codes }
    let response = try dependencies.store.read(isCancelled: { call.isCancelled }) { reader in
      var codes = try reader.codes(within: request.region, limits: limits)
      if let scope { codes = codes?.intersection(scope) ?? scope }
      return try coverage.figures(reader) { column in codes.map { .isOne(column: column, of: Array($0)) } }
    }
    call.reply(response.packed())
  }
}
