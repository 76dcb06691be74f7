public import GuobanModel

/// Whoever is calling, once it is known who that is.
public struct Principal: Sendable, Hashable {
  /// How the change log and the audit name this caller.
  public let name: String
  /// What the caller is in the office.
  public let roles: Set<Role>
  /// Everything the roles allow together.
  public let permissions: Set<Permission>

  /// A caller.
  public init(name: String, roles: Set<Role>) {
    self.name = name
    self.roles = roles
    self.permissions = roles.reduce(into: [.connect]) { $0.formUnion($1.permissions) }
  }

  /// Whether one of the roles allows it.
  public func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}
