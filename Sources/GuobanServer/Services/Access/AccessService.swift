internal import Crypto
internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire
internal import Synchronization

/// Gives, changes and takes back the right to come in.
struct AccessService: Sendable {
  private let dependencies: ServiceDependencies
  private let now: @Sendable () -> Int64
  private var decode: DecodeLimits { dependencies.limits.decode }

  /// - Parameter now: seconds since 1970.
  init(_ dependencies: ServiceDependencies, now: @escaping @Sendable () -> Int64) {
    self.dependencies = dependencies
    self.now = now
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.AccessService"
    let stored =
      RecordCatalog.definition(named: "Grant").map {
        RecordService($0, dependencies).readMethods(service: service, hasBatchGet: false)
      } ?? []
    return stored + [
      MethodDefinition("\(service)/WhoAmI") { whoAmI($0) },
      MethodDefinition("\(service)/CreateGrant") { create($0) },
      MethodDefinition("\(service)/UpdateGrant") { update($0) },
      MethodDefinition("\(service)/RotateToken") { rotate($0) },
      MethodDefinition("\(service)/RevokeGrant") { revoke($0) },
    ]
  }

  private func whoAmI(_ call: ServerCall) {
    let who = call.principal
    call.reply(
      Ledger.WhoAmIResponse(
        name: who.name, roles: Role.allCases.filter(who.roles.contains).map(Ledger.Role.init),
        permissions: who.permissions.permissions.compactMap(RPC.Permission.init), region: who.region ?? "",
        expireTime: who.grant.flatMap { dependencies.access.expireSecond(of: $0) }.map {
          Google.Timestamp(seconds: $0)
        },
        peer: call.peer.description
      ).packed())
  }

  private func create(_ call: ServerCall) {
    guard let request = call.request(Ledger.CreateGrantRequest.self, limits: decode) else { return }
    do {
      var (asked, token) = (request.grant ?? Ledger.Grant(), AccessToken?.none)
      switch asked.credential {
      case .unixUserId, .certificateName: break
      case .token(let given) where !given.id.isEmpty || !given.sha256.isEmpty:
        throw Status.wrong(
          "grant.token", given.id, "TOKEN_GIVEN", "令牌由守护进程生成，请不要填写", "the daemon makes the token; please leave it empty"
        )
      case .token, nil:
        let made = AccessToken.random()
        asked.credential = .token(made.credential)
        token = made
      }
      let grant = try GrantChanges.checked(asked, nowSecond: now())
      try refuseMore(than: call.principal, grant)
      write(call, requestID: request.requestId, validateOnly: request.validateOnly, token: token) { writer in
        try GrantChanges.create(grant, grantsMax: AccessDirectory.grantsMax, writer, whole: writer.unscoped)
      }
    } catch {
      call.fail(Status(ending: error))
    }
  }

  private func update(_ call: ServerCall) {
    guard let request = call.request(Ledger.UpdateGrantRequest.self, limits: decode) else { return }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { try $0.firstRecord() }
    ) { writer in
      try GrantChanges.update(
        request.grant ?? Ledger.Grant(), mask: request.updateMask?.paths ?? [], etag: request.etag,
        allow: { try refuseMore(than: call.principal, $0) }, writer
      ).packed()
    }
  }

  private func rotate(_ call: ServerCall) {
    guard let request = call.request(Ledger.RotateTokenRequest.self, limits: decode) else { return }
    let token = AccessToken.random()
    write(call, requestID: request.requestId, validateOnly: false, token: token) { writer in
      try GrantChanges.rotate(
        request.name, token: token.credential, etag: request.etag,
        allow: { try refuseMore(than: call.principal, $0) }, writer)
    }
  }

  private func revoke(_ call: ServerCall) {
    guard let request = call.request(Ledger.RevokeGrantRequest.self, limits: decode) else { return }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: false,
      replay: { try $0.firstRecord() }
    ) { writer in
      try GrantChanges.revoke(
        request.name, reason: request.reason, etag: request.etag,
        allow: { try refuseMore(than: call.principal, $0) }, writer
      ).packed()
    }
  }

  /// Writes a grant and answers with it and its token; a retry gets the grant alone, for nobody keeps the token.
  private func write(
    _ call: ServerCall, requestID: String, validateOnly: Bool, token: AccessToken?,
    _ body: @escaping @Sendable (any LedgerWriter) throws -> Ledger.Grant
  ) {
    call.write(
      to: dependencies.store(for: call.principal), requestID: requestID, validateOnly: validateOnly,
      replay: {
        Ledger.GrantWithToken(grant: try Ledger.Grant(packed: try $0.firstRecord(), limits: decode)).packed()
      }
    ) { writer in
      // A token that was only tried out opens nothing: it is not shown.
      Ledger.GrantWithToken(grant: try body(writer), token: validateOnly ? "" : token?.text ?? "").packed()
    }
  }

  /// Nobody gives, or touches, more than he has himself. Regions are the scoped store's business.
  private func refuseMore(than principal: Principal, _ grant: Ledger.Grant) throws(Status) {
    let given = Principal(
      name: grant.name, roles: Set(grant.roles.compactMap(\.model)), region: grant.region.isEmpty ? nil : grant.region)
    // Someone without a region beside one with: the scoped store refuses that with the better words.
    let beyond = given.permissions.subtracting(principal.permissions).permissions.filter {
      principal.region == nil || !$0.isAboutEverything
    }
    guard let first = beyond.first else { return }
    throw Status(
      .permissionDenied, "\(principal.name) 自己没有 \(first.rawValue) 权限，不能给出、也不能改动带有它的授权“\(grant.name)”",
      "\(principal.name) has not the permission \(first.rawValue), and can neither give it nor change the grant “\(grant.name)”, which has it"
    ).reason("MORE_THAN_OWN", ["principal": principal.name, "permission": first.rawValue])
  }
}

extension AccessToken {
  /// A new one from the system's generator.
  fileprivate static func random() -> AccessToken {
    // Safety: the bytes are copied before the closure ends.
    AccessToken(randomBytes: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
  }

  fileprivate var credential: Ledger.TokenCredential { Ledger.TokenCredential(id: id ?? "", sha256: hash) }
}

extension RPC.Permission {
  /// Proto's name of a permission.
  init?(_ permission: Permission) {
    guard let value = Self.allCases.first(where: { $0.declared == permission }) else { return nil }
    self = value
  }
}
