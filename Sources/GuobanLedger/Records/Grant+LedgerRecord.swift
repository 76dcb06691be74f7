public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.Grant: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Grant",
    [
      ColumnSchema("description", .text), ColumnSchema("roles", .textList),
      ColumnSchema("region", .text, references: "Region"),
      ColumnSchema("credential", .text, values: .names(["TOKEN", "UNIX_USER", "CERTIFICATE"])),
      ColumnSchema("credential_id", .text), ColumnSchema("expire_second", .integer), ColumnSchema("revoked", .integer),
    ],
    indexes: [["credential", "credential_id"], ["region"]], regions: ["region"])

  public static var isShared: Bool { false }

  public static var readPermission: Permission { .manageAccess }

  public var key: String { name }

  public func check(_ checks: inout RecordChecks) {
    checks.code("name", name) { text throws(RuleViolation) in try GrantName(text) }
    checks.name("description", description, required: false)
    if roles.isEmpty { checks.missing("roles") }
    if roles.count > Ledger.Role.allCases.count {
      checks.report(
        "roles", value: "\(roles.count)", rule: "TOO_MANY", "角色重复，请删去", "roles are repeated; please remove them")
    }
    for (index, role) in roles.prefix(Ledger.Role.allCases.count).enumerated() {
      checks.choice("roles[\(index)]", role, among: Ledger.Role.allCases)
    }
    checks.reference("region", region, required: false)
    switch credential {
    case .token(let token):
      if token.id.isEmpty || token.sha256.count != 32 { checks.missing("token") }
    case .certificateName(let name): checks.name("certificate_name", name, max: 253)
    case .unixUserId(let user):
      if user == 0 {
        checks.report(
          "unix_user_id", value: "0", rule: "ROOT", "root 不需要授权，它本来就是管理员",
          "root needs no grant: it is an administrator anyway")
      }
    case nil: checks.missing("credential")
    }
    checks.name("revoke_reason", revokeReason, required: false)
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(description), .textList(roles.map(\.name)), .text(region), .text(credentialKind.name),
      .text(credentialKind.id), expireTime.map { .integer($0.seconds) } ?? .null, .integer(revokeTime == nil ? 0 : 1),
    ]
  }

  /// What two grants that are both in force may not share.
  var credentialKind: (name: String, id: String) {
    switch credential {
    case .token(let token): ("TOKEN", token.id)
    case .unixUserId(let user): ("UNIX_USER", "\(user)")
    case .certificateName(let name): ("CERTIFICATE", name)
    case nil: ("", "")
    }
  }
}

extension Ledger.Role {
  /// The role of the model; nil for one that this version does not know, which allows nothing.
  public var model: Role? { Role.allCases.first { Ledger.Role($0) == self } }

  /// The message's name of a role.
  public init(_ role: Role) {
    self =
      switch role {
      case .viewer: .viewer
      case .clerk: .clerk
      case .passOfficer: .passOfficer
      case .checkpoint: .checkpoint
      case .auditor: .auditor
      case .operator: .operator
      case .admin: .admin
      }
  }
}
