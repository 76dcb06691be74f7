internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// The life of passes: issued one by one and in batches, renewed, verified, signed, driven on, revoked.
struct PassService: Sendable {
  private let dependencies: ServiceDependencies
  private var store: any LedgerStore { dependencies.store }
  private var decode: DecodeLimits { dependencies.limits.decode }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    recordMethods + [
      MethodDefinition("/guoban.v1.PassService/IssuePass") { issue($0) },
      MethodDefinition("/guoban.v1.PassService/VerifyPass") { verify($0) },
      MethodDefinition("/guoban.v1.PassService/RevokePass") { revoke($0) },
      MethodDefinition("/guoban.v1.PassService/RenewPass") { renew($0) },
      MethodDefinition("/guoban.v1.PassService/BatchIssuePasses") { call in
        call.onWorker { try issueBatch($0) }
      },
      MethodDefinition("/guoban.v1.PassService/RecordTrip") { recordTrip($0) },
      MethodDefinition("/guoban.v1.PassService/GetPassPayload") { call in
        call.onWorker { try payload($0) }
      },
      MethodDefinition("/guoban.v1.PassService/GetPassPublicKeys") { call in
        call.onWorker { try publicKeys($0) }
      },
    ]
  }

  /// A trip is recorded, one by one or from a file, and never written over.
  private var recordMethods: [MethodDefinition] {
    let service = "/guoban.v1.PassService"
    return RecordCatalog.passes.flatMap { definition in
      let records = RecordService(definition, dependencies)
      let isTrip = definition.name == Ledger.PassTrip.schema.name
      return records.readMethods(service: service, hasBatchGet: !isTrip)
        + (isTrip ? [] : [records.upsertMethod(service: service)])
    }
  }

  private func issue(_ call: ServerCall) {
    guard let request = call.request(Ledger.IssuePassRequest.self, limits: decode) else { return }
    let issue: PassIssue
    do throws(LedgerError) {
      issue = try PassIssue(
        request, today: dependencies.today(), validDays: dependencies.limits.passValidDays,
        within: dependencies.limits.recordBounds)
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      digest: maskedDigest(call, [request]), replay: { try replayed($0) }, replying: { try issue.run($0) })
  }

  private func renew(_ call: ServerCall) {
    guard let request = call.request(Ledger.RenewPassRequest.self, limits: decode) else { return }
    let renewal: PassRenewal
    do throws(LedgerError) {
      renewal = try PassRenewal(
        request, today: dependencies.today(), validDays: dependencies.limits.passValidDays,
        within: dependencies.limits.recordBounds)
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { try replayed($0) }
    ) { writer in
      try renewal.run(writer).packed()
    }
  }

  private func issueBatch(_ call: ServerCall) throws {
    let request = try Ledger.BatchIssuePassesRequest(packed: call.message, limits: decode)
    let limits = dependencies.limits
    guard (1...limits.batchRecordsMax).contains(request.requests.count) else {
      throw Status.wrong(
        "requests", "\(request.requests.count)", "TOO_MANY",
        "一批应有 1 到 \(limits.batchRecordsMax) 张，现在有 \(request.requests.count) 张",
        "a batch has 1 to \(limits.batchRecordsMax) passes, this one \(request.requests.count)"
      ).reason("TOO_MANY")
    }
    let batch = try PassBatch(
      request, today: dependencies.today(), validDays: limits.passValidDays, within: limits.recordBounds)
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      digest: maskedDigest(call, request.requests, [request.eachForItself ? 1 : 0]),
      replay: { try batch.replayed($0.changes).packed() }
    ) { writer in
      try batch.run(eachForItself: request.eachForItself, writer) { try call.checkCancellation() }.packed()
    }
  }

  /// No region bounds it, as none bounds a verification: the trip belongs to whoever issued the pass.
  private func recordTrip(_ call: ServerCall) {
    guard let request = call.request(Ledger.RecordTripRequest.self, limits: decode) else { return }
    let entry: PassTripEntry
    do throws(LedgerError) {
      entry = try PassTripEntry(request, now: dependencies.now())
    } catch {
      return call.fail(error.status)
    }
    call.write(
      to: store, requestID: request.requestId, validateOnly: request.validateOnly, replay: { try $0.firstRecord() }
    ) { writer in
      try entry.run(writer)
    }
  }

  /// Only of a pass that nobody has ended: a signature cannot be taken back.
  private func payload(_ call: ServerCall) throws {
    let request = try Ledger.GetPassPayloadRequest(packed: call.message, limits: decode)
    let store = dependencies.store(for: call.principal)
    guard let bytes = try store.read({ try $0.record("Pass", request.number) }) else {
      throw LedgerError.notFound("Pass", request.number)
    }
    let pass = try Ledger.Pass(packed: bytes, limits: decode)
    guard pass.state == .issued else {
      throw Status(
        .failedPrecondition, "通行证 \(pass.number) 已吊销或已被取代，不再出二维码",
        "pass \(pass.number) is revoked or replaced: no code is made of it"
      ).reason("NOT_IN_FORCE")
    }
    let key = dependencies.keys.signingKey
    call.reply(
      Ledger.PassPayload(
        number: pass.number, text: try PassSignature.text(try PassPayload(pass), key: key), keyId: key.id
      ).packed())
  }

  /// From the ledger, so that passes of before a rotation can still be verified.
  private func publicKeys(_ call: ServerCall) throws {
    let purpose = Filter.compare(
      column: "purpose", .equal, .text(Ledger.KeyPurpose.passSigning.name))
    let records = try store.read {
      try $0.list(ListQuery(type: "DaemonKey", filter: purpose, afterKey: nil, limit: Self.publicKeysMax))
    }
    let keys = try records.map { try Ledger.DaemonKey(packed: $0.bytes, limits: decode) }
      .filter { $0.state != .dropped }
      .map {
        Ledger.PassPublicKey(
          id: $0.id, ed25519: $0.ed25519, createTime: $0.meta?.createTime, signs: $0.state == .current)
      }
    call.reply(
      Ledger.GetPassPublicKeysResponse(
        keys: keys.sorted {
          ($0.signs ? 1 : 0, $0.createTime?.seconds ?? 0) > ($1.signs ? 1 : 0, $1.createTime?.seconds ?? 0)
        }
      ).packed())
  }

  private static let publicKeysMax = 1000

  private func maskedDigest(
    _ call: ServerCall, _ requests: [Ledger.IssuePassRequest], _ part: [UInt8] = []
  ) -> [UInt8] {
    call.maskedDigest(
      requests.map { request in
        var masked = request
        masked.holder = request.holder?.masked
        return masked.packed()
      } + [part])
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
      revocation = try PassRevocation(request, today: dependencies.today())
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
