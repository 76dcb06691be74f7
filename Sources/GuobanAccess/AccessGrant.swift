public import GuobanModel

/// A grant as far as letting callers in is concerned.
public struct AccessGrant: Sendable, Hashable {
  /// How a caller shows that the grant is his.
  public enum Credential: Sendable, Hashable {
    /// A bearer token: its public id, and the SHA-256 of its text.
    case token(id: String, hash: [UInt8])
    /// A local process of this user.
    case unixUser(UInt32)
    /// A name in a verified TLS client certificate.
    case certificate(name: String)
  }

  /// Unique: the actor in the change log.
  public var version: GrantVersion
  public var roles: Set<Role>
  /// Empty = everywhere.
  public var region: String
  public var credential: Credential
  /// Seconds since 1970, exclusive; nil = never.
  public var expireSecond: Int64?
  public var isRevoked: Bool

  /// Puts a grant together.
  public init(
    version: GrantVersion, roles: Set<Role>, region: String, credential: Credential, expireSecond: Int64?,
    isRevoked: Bool
  ) {
    self.version = version
    self.roles = roles
    self.region = region
    self.credential = credential
    self.expireSecond = expireSecond
    self.isRevoked = isRevoked
  }

  func isExpired(at second: Int64) -> Bool { expireSecond.map { $0 <= second } ?? false }

  var principal: Principal {
    Principal(name: version.name, roles: roles, region: region.isEmpty ? nil : region, grant: version)
  }
}
