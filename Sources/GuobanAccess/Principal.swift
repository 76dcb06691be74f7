public import GuobanModel

/// Whoever is calling, once it is known who that is.
public struct Principal: Sendable, Hashable {
  /// How the change log and the audit name this caller.
  public let name: String
  /// What the caller is in the office.
  public let roles: Set<Role>
  /// The region that the caller is held to, with everything below it; nil = everywhere.
  public let region: String?
  /// Everything the roles allow together, less what has no meaning inside one region.
  public let permissions: PermissionSet
  /// The grant that let the caller in; nil for the daemon's own user and for the token file.
  public let grant: GrantVersion?

  /// A caller.
  public init(name: String, roles: Set<Role>, region: String? = nil, grant: GrantVersion? = nil) {
    self.name = name
    self.roles = roles
    self.region = region
    self.grant = grant
    let allowed: PermissionSet = roles.reduce(into: .connect) { $0.formUnion($1.permissions) }
    permissions = region == nil ? allowed : allowed.subtracting(.aboutEverything)
  }

  /// Whether it is allowed.
  public func may(_ permission: Permission) -> Bool { permissions.allows(permission) }

  /// Why it is not allowed, for the caller: names the principal, the permission, and the region when that is the reason.
  public func refusal(of permission: Permission, for method: String) -> (chinese: String, english: String) {
    let missing = (
      chinese: "\(name) 不能调用 \(method)：需要 \(permission.rawValue) 权限",
      english: "\(name) may not call \(method): it needs the permission \(permission.rawValue)"
    )
    guard let region, permission.isAboutEverything, roles.contains(where: { $0.permissions.allows(permission) })
    else { return missing }
    return (
      "\(missing.chinese)，那是整个台账的，而 \(name) 只管区划 \(region)",
      "\(missing.english), which is about the whole ledger, and \(name) is held to region \(region)"
    )
  }
}

/// One version of a grant: a grant that was changed is another one.
public struct GrantVersion: Sendable, Hashable {
  /// The grant's name.
  public let name: String
  /// The revision that wrote it.
  public let revision: UInt64

  /// Names a version.
  public init(name: String, revision: UInt64) {
    self.name = name
    self.revision = revision
  }
}
