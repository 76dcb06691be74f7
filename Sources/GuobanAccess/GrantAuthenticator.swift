/// Lets in whoever has a grant, and, without one, whoever holds the daemon's own keys.
///
/// The daemon's own keys, the token file, its user and root, are how the first grant gets made; they are always admin.
public struct GrantAuthenticator: Authenticator {
  private let own: TokenAuthenticator
  private let directory: AccessDirectory
  private let nowSecond: @Sendable () -> Int64
  private let onRefusal: @Sendable (Peer, AccessRefusal) -> Void

  /// - Parameters:
  ///   - own: the daemon's own keys.
  ///   - nowSecond: seconds since 1970.
  ///   - onRefusal: hears, for the log, why somebody was not let in. The caller is not told.
  public init(
    own: TokenAuthenticator, directory: AccessDirectory, nowSecond: @escaping @Sendable () -> Int64,
    onRefusal: @escaping @Sendable (Peer, AccessRefusal) -> Void
  ) {
    self.own = own
    self.directory = directory
    self.nowSecond = nowSecond
    self.onRefusal = onRefusal
  }

  public func authenticate(token: String, peer: Peer) -> Principal? {
    if let principal = own.authenticate(token: token, peer: peer) { return principal }
    do {
      return try grant(token: token, peer: peer).principal
    } catch {
      onRefusal(peer, error)
      return nil
    }
  }

  public func ending(of principal: Principal) -> (chinese: String, english: String)? {
    guard let version = principal.grant else { return nil }
    guard let grant = directory.snapshot.grant(named: version.name), !grant.isRevoked else {
      return ("\(version.name) 的授权已撤销", "the grant of \(version.name) was revoked")
    }
    if grant.isExpired(at: nowSecond()) {
      return ("\(version.name) 的授权已到期", "the grant of \(version.name) has expired")
    }
    guard grant.version == version else {
      return ("\(version.name) 的授权已改动：请重新连接", "the grant of \(version.name) was changed: connect again")
    }
    return nil
  }

  public var epoch: AccessEpoch {
    let snapshot = directory.snapshot
    return AccessEpoch(version: snapshot.version, expired: snapshot.expiredCount(at: nowSecond()))
  }

  private func grant(token: String, peer: Peer) throws(AccessRefusal) -> AccessGrant {
    let grant = try token.isEmpty ? grant(of: peer) : grant(token: token)
    guard !grant.isRevoked else { throw .revoked(grant.version.name) }
    guard !grant.isExpired(at: nowSecond()) else { throw .expired(grant.version.name) }
    return grant
  }

  private func grant(token: String) throws(AccessRefusal) -> AccessGrant {
    switch AccessToken.shape(of: token) {
    case .other: throw .notAToken
    case .mistyped: throw .mistyped
    case .token(let id):
      let grant = directory.snapshot.grant(tokenID: id)
      // Hashed whether there is such a grant or not: the time tells nobody which ids exist.
      let hash = AccessToken.hash(of: token)
      guard let grant, case .token(_, let known) = grant.credential, sameBytes(known, hash) else {
        throw .unknown("the token \(id)")
      }
      return grant
    }
  }

  private func grant(of peer: Peer) throws(AccessRefusal) -> AccessGrant {
    switch peer {
    case .unix(let who):
      guard let grant = directory.snapshot.grant(userID: who.userID) else { throw .unknown("the user \(who.userID)") }
      return grant
    case .tls(_, _, let names) where !names.isEmpty:
      guard let grant = directory.snapshot.grant(certificateNames: names) else {
        throw .unknown("a certificate of \(names.joined(separator: ", "))")
      }
      return grant
    case .tcp, .tls: throw .nothingShown
    }
  }
}

/// Why somebody was not let in: for the log alone.
public enum AccessRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// No token, and nothing else that could tell who it is.
  case nothingShown
  /// The text is no token of this kind, nor the one in the token file.
  case notAToken
  /// Its checksum is wrong.
  case mistyped
  /// No grant is for this.
  case unknown(String)
  /// The grant with this name is over.
  case revoked(String)
  case expired(String)

  public var description: String {
    switch self {
    case .nothingShown: "no token was sent"
    case .notAToken: "what was sent is neither a token nor the one in the token file"
    case .mistyped: "the token's checksum is wrong: mistyped, or cut short"
    case .unknown(let what): "no grant is for \(what)"
    case .revoked(let name): "the grant of \(name) was revoked"
    case .expired(let name): "the grant of \(name) has expired"
    }
  }
}
