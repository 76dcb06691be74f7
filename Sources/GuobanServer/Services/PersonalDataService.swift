internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// Shows personal data whole, erases it, and keeps the keys.
struct PersonalDataService: Sendable {
  private let dependencies: ServiceDependencies
  private var keys: any KeyKeeping { dependencies.keys }
  private var decode: DecodeLimits { dependencies.limits.decode }
  /// Keys that are listed; far more than years of rotation make.
  private static let keysMax = 10_000

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.PersonalDataService"
    return [
      MethodDefinition("\(service)/RevealPersonalData") { reveal($0) },
      MethodDefinition("\(service)/EraseDuePersonalData") { call in
        call.onWorker { call in
          let request = try Ledger.EraseDuePersonalDataRequest(packed: call.message, limits: decode)
          call.reply(
            try keys.eraseDue(validateOnly: request.validateOnly) { try call.checkCancellation() }.packed())
        }
      },
      MethodDefinition("\(service)/ListKeys") { call in
        call.onWorker { try list($0) }
      },
      MethodDefinition("\(service)/RotateKey") { call in
        call.onWorker { call in
          let request = try Ledger.RotateKeyRequest(packed: call.message, limits: decode)
          guard [.personalData, .passSigning].contains(request.purpose) else {
            throw Status.wrong(
              "purpose", request.purpose.name, "UNKNOWN_CHOICE",
              "要换哪一种密钥：PERSONAL_DATA（个人信息）或 PASS_SIGNING（通行证签名）",
              "name the key to rotate: PERSONAL_DATA or PASS_SIGNING")
          }
          call.reply(try keys.rotate(request.purpose, actor: call.principal.name).packed())
        }
      },
      MethodDefinition("\(service)/DropKey") { call in
        call.onWorker { call in
          let request = try Ledger.DropKeyRequest(packed: call.message, limits: decode)
          call.reply(try keys.drop(request.id, actor: call.principal.name).packed())
        }
      },
    ]
  }

  /// Answers when the row in the change log is durable, and not before.
  private func reveal(_ call: ServerCall) {
    guard let request = call.request(Ledger.RevealPersonalDataRequest.self, limits: decode) else { return }
    do throws(LedgerError) {
      let reveal = try PersonalReveal(request)
      guard call.principal.may(reveal.type.readPermission) else {
        return call.fail(
          Status(.permissionDenied, "不能读取 \(request.recordType)", "you may not read \(request.recordType)").reason(
            "PERMISSION_MISSING"))
      }
      // Never the same answer from a request id: each look is a row of its own.
      call.write(
        to: dependencies.store(for: call.principal), requestID: "", validateOnly: false, replay: { _ in [] }
      ) { writer in
        try reveal.run(writer).packed()
      }
    } catch {
      call.fail(error.status)
    }
  }

  private func list(_ call: ServerCall) throws {
    let records = try dependencies.store.read { reader in
      try reader.list(
        ListQuery(type: Ledger.DaemonKey.schema.name, filter: nil, afterKey: nil, limit: Self.keysMax))
    }
    let resealing = keys.resealing
    call.reply(
      Ledger.ListKeysResponse(
        keys: try records.map { try Ledger.DaemonKey(packed: $0.bytes, limits: decode) },
        isResealing: resealing.isRunning, resealedRecords: resealing.records, lastEraseTime: keys.lastEraseTime
      ).packed())
  }
}
