/// One state of an ``AccessDirectory``.
final class AccessSnapshot: Sendable {
  let version: UInt64
  private let byName: [String: AccessGrant]
  private let byToken: [String: AccessGrant]
  private let byUser: [UInt32: AccessGrant]
  private let byCertificate: [String: AccessGrant]
  private let scopes: [String: RegionScope]
  /// Of all grants that end, sorted.
  private let expireSeconds: [Int64]

  init(version: UInt64, grants: some Collection<AccessGrant>, subtrees: [String: Set<String>]) {
    self.version = version
    var byName: [String: AccessGrant] = [:]
    var byToken: [String: AccessGrant] = [:]
    var byUser: [UInt32: AccessGrant] = [:]
    var byCertificate: [String: AccessGrant] = [:]
    for grant in grants {
      byName[grant.version.name] = grant
      switch grant.credential {
      case .token(let id, _): byToken[id] = grant
      case .unixUser(let user): byUser[user] = Self.inForce(byUser[user], grant)
      case .certificate(let name): byCertificate[name] = Self.inForce(byCertificate[name], grant)
      }
    }
    self.byName = byName
    self.byToken = byToken
    self.byUser = byUser
    self.byCertificate = byCertificate
    scopes = Dictionary(uniqueKeysWithValues: subtrees.map { ($0, RegionScope(region: $0, codes: $1)) })
    expireSeconds = grants.compactMap(\.expireSecond).sorted()
  }

  func grant(named name: String) -> AccessGrant? { byName[name] }
  func grant(tokenID id: String) -> AccessGrant? { byToken[id] }
  func grant(userID: UInt32) -> AccessGrant? { byUser[userID] }
  func grant(certificateNames names: [String]) -> AccessGrant? {
    names.lazy.compactMap { self.byCertificate[$0] }.first
  }

  func scope(of region: String) -> RegionScope { scopes[region] ?? RegionScope(region: region, codes: [region]) }

  /// Grants whose end has passed.
  func expiredCount(at second: Int64) -> Int { expireSeconds.prefix { $0 <= second }.count }

  /// Of two grants for one user or certificate the one that was not revoked; the ledger refuses a second such.
  private static func inForce(_ one: AccessGrant?, _ other: AccessGrant) -> AccessGrant {
    guard let one, !one.isRevoked || other.isRevoked else { return other }
    return one
  }
}
