internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// Issues, verifies and revokes logistics passes.
struct PassService: Sendable {
  private let dependencies: ServiceDependencies
  private var store: any LedgerStore { dependencies.store }
  private var decode: DecodeLimits { dependencies.limits.decode }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/guoban.v1.PassService/IssuePass") { issue($0) },
      MethodDefinition("/guoban.v1.PassService/VerifyPass") { verify($0) },
      MethodDefinition("/guoban.v1.PassService/RevokePass") { revoke($0) },
    ]
  }

  private func issue(_ call: ServerCall) {
    guard let request = call.request(Ledger.IssuePassRequest.self, limits: decode) else { return }
    let issue: PassIssue
    do throws(LedgerError) {
      issue = try PassIssue(
        request, today: dependencies.today(), validDays: dependencies.limits.passValidDays,
        validDaysMax: dependencies.limits.passValidDaysMax)
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { try replayed($0) }
    ) { writer in
      try issue.run(writer, seal: dependencies.seal).packed()
    }
  }

  /// A verification by number that the cache can answer is done on the event loop. No region bounds it: a checkpoint
  /// meets vehicles from everywhere, and asks about the one before it.
  private func verify(_ call: ServerCall) {
    guard let request = call.request(Ledger.VerifyPassRequest.self, limits: decode) else { return }
    do {
      let verification = try PassVerification(request, today: dependencies.today())
      if verification.number.isEmpty {
        call.onWorker { $0.reply(try store.read { try verification.verdictByPlate($0) }.packed()) }
      } else if let bytes = store.cached("Pass", verification.number) {
        call.reply(try verification.verdict(onPass: bytes).packed())
      } else {
        call.onWorker { call in
          let bytes = try store.read { try $0.record("Pass", verification.number) }
          call.reply(try verification.verdict(onPass: bytes).packed())
        }
      }
    } catch {
      call.fail(Status(ending: error))
    }
  }

  private func revoke(_ call: ServerCall) {
    guard let request = call.request(Ledger.RevokePassRequest.self, limits: decode) else { return }
    let revocation: PassRevocation
    do throws(LedgerError) {
      revocation = try PassRevocation(request)
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { try $0.firstRecord() }
    ) { writer in
      try revocation.run(writer)
    }
  }

  private func replayed(_ outcome: WriteOutcome) throws -> [UInt8] {
    var response = Ledger.IssuePassResponse()
    for change in outcome.changes {
      if change.operation == .create {
        response.pass = try Ledger.Pass(packed: change.record, limits: decode)
      } else {
        response.replaced.append(change.key)
      }
    }
    return response.packed()
  }
}
