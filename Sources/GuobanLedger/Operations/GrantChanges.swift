public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// What becomes of grants. They run on the writer, as every change does.
public enum GrantChanges {
  /// Fields that an update may write.
  static let updatable = ["description", "roles", "region", "expire_time", "labels", "tags"]

  /// Reads what was asked, before the writer hears of it.
  ///
  /// - Parameter nowSecond: a grant that has expired by then is refused.
  public static func checked(_ grant: Ledger.Grant, nowSecond: Int64) throws(LedgerError) -> Ledger.Grant {
    var grant = grant
    grant.meta = nil
    grant.revokeTime = nil
    grant.revokeReason = ""
    try check(grant, nowSecond: nowSecond)
    return grant
  }

  /// Makes a grant.
  ///
  /// - Parameters:
  ///   - grantsMax: of all there are, the revoked ones included.
  ///   - whole: sees every grant, those that the writer does not show included.
  public static func create(
    _ grant: Ledger.Grant, grantsMax: Int, _ writer: any LedgerWriter, whole: any LedgerReader
  ) throws -> Ledger.Grant {
    guard try whole.count("Grant") < grantsMax else {
      throw LedgerError(
        .exhausted, reason: "GRANTS_MAX", "授权已有 \(grantsMax) 个（上限，含已撤销的）",
        "there are \(grantsMax) grants already, the most there may be, with those revoked")
    }
    guard try !writer.has("Grant", grant.name) else {
      throw LedgerError(
        .alreadyExists, reason: "ALREADY_EXISTS",
        "“\(grant.name)”已有授权（撤销了的也占着名称）：要修改请用 UpdateGrant，换令牌用 RotateToken，否则换一个名称",
        "there is a grant “\(grant.name)” already (a revoked one keeps its name): to change it use UpdateGrant, for a new token RotateToken, or else choose another name"
      )
    }
    try refuseSharedCredential(of: grant, whole)
    return try Ledger.Grant(packed: writer.create(grant, path: "grant"), limits: .standard)
  }

  /// Changes what a grant allows, not how its holder shows that it is his.
  public static func update(
    _ given: Ledger.Grant, mask: [String], etag: String, allow: (Ledger.Grant) throws -> Void,
    _ writer: any LedgerWriter
  ) throws -> Ledger.Grant {
    let paths = mask.isEmpty || mask == ["*"] ? updatable : mask
    if let path = paths.first(where: { !updatable.contains($0) }) {
      throw LedgerError.invalid([
        RecordViolation(
          field: "update_mask", value: path, rule: "NOT_UPDATABLE",
          "“\(path)”不能这样改；可改的有：\(updatable.joined(separator: "、"))；换令牌用 RotateToken，撤销用 RevokeGrant",
          "“\(path)” cannot be changed so; what can: \(updatable.joined(separator: ", ")); for a new token use RotateToken, to revoke it RevokeGrant"
        )
      ])
    }
    return try change(given.name, etag: etag, allow: allow, writer) { old throws(LedgerError) in
      let new = try merged(given, into: old, paths)
      try check(new, nowSecond: paths.contains("expire_time") ? writer.time.seconds : 0)
      return new
    }
  }

  /// Gives a grant another token. The old one ends.
  public static func rotate(
    _ name: String, token: Ledger.TokenCredential, etag: String, allow: (Ledger.Grant) throws -> Void,
    _ writer: any LedgerWriter
  ) throws -> Ledger.Grant {
    try change(name, etag: etag, allow: allow, writer) { old throws(LedgerError) in
      guard case .token = old.credential else {
        throw LedgerError(
          .precondition, reason: "NOT_A_TOKEN", "“\(name)”不是用令牌进来的，没有令牌可换",
          "“\(name)” does not come in with a token: there is none to rotate")
      }
      var new = old
      new.credential = .token(token)
      return new
    }
  }

  /// Ends a grant for good.
  public static func revoke(
    _ name: String, reason: String, etag: String, allow: (Ledger.Grant) throws -> Void, _ writer: any LedgerWriter
  ) throws -> Ledger.Grant {
    var checks = RecordChecks(path: "")
    checks.name("reason", reason)
    guard checks.violations.isEmpty else { throw LedgerError.invalid(checks.violations) }
    return try change(name, etag: etag, allow: allow, writer) { old throws(LedgerError) in
      var new = old
      new.revokeTime = writer.time
      new.revokeReason = reason
      return new
    }
  }

  private static func change(
    _ name: String, etag: String, allow: (Ledger.Grant) throws -> Void, _ writer: any LedgerWriter,
    _ body: (Ledger.Grant) throws(LedgerError) -> Ledger.Grant
  ) throws -> Ledger.Grant {
    guard let bytes = try writer.record("Grant", name) else { throw LedgerError.notFound("Grant", name) }
    let old = try Ledger.Grant(packed: bytes, limits: .standard)
    try writer.requireEtag(etag, current: old.meta, key: name)
    try allow(old)
    guard old.revokeTime == nil else {
      throw LedgerError(
        .precondition, reason: "REVOKED", "授权“\(name)”已撤销（\(old.revokeReason)），不能再改；请另建一个",
        "the grant “\(name)” is revoked (\(old.revokeReason)) and cannot be changed; please make another")
    }
    let new = try body(old)
    try allow(new)
    let stored = try writer.write(new, after: old.meta ?? Ledger.RecordMeta())
    try writer.checkReferences(new, path: "grant.")
    return try Ledger.Grant(packed: stored, limits: .standard)
  }

  private static func merged(
    _ given: Ledger.Grant, into old: Ledger.Grant, _ paths: [String]
  ) throws(LedgerError) -> Ledger.Grant {
    var new = old
    for path in paths {
      switch path {
      case "description": new.description = given.description
      case "roles": new.roles = given.roles
      case "region": new.region = given.region
      case "expire_time": new.expireTime = given.expireTime
      case "labels": new.labels = given.labels
      default: new.tags = given.tags
      }
    }
    return new
  }

  private static func check(_ grant: Ledger.Grant, nowSecond: Int64) throws(LedgerError) {
    var violations = grant.violations(path: "grant.")
    if let end = grant.expireTime, end.seconds <= nowSecond {
      violations.append(
        RecordViolation(
          field: "grant.expire_time", value: "\(end.seconds)", rule: "IN_THE_PAST", "到期时间已经过去，请填以后的时间",
          "this time is past; please give one to come"))
    }
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
  }

  /// Of two grants for one user or certificate nobody could say which counts.
  private static func refuseSharedCredential(of grant: Ledger.Grant, _ reader: any LedgerReader) throws {
    let (kind, id) = grant.credentialKind
    let others = ListQuery(
      type: "Grant",
      filter: .and([
        .compare(column: "credential", .equal, .text(kind)), .compare(column: "credential_id", .equal, .text(id)),
        .compare(column: "revoked", .equal, .integer(0)),
      ]), afterKey: nil, limit: 1)
    guard try !reader.list(others).isEmpty else { return }
    throw LedgerError(
      .alreadyExists, reason: "CREDENTIAL_IN_USE", "这个用户或证书（\(id)）已有一个有效的授权；请改那一个，或先撤销它",
      "this user or certificate (\(id)) has a grant in force already; change that one, or revoke it first")
  }
}
