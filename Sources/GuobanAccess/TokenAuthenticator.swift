public import GuobanModel

/// The daemon's own keys: the one token in its token file; a local process of its own user, or of root, needs none.
///
/// Such a process could read the token file anyway, so asking it for the token would protect nothing.
public struct TokenAuthenticator: Authenticator {
  private let token: AccessToken
  private let userID: UInt32
  private let roles: Set<Role>

  /// `userID` is the user that the daemon runs as; `roles` is what everybody let in may do.
  public init(token: AccessToken, userID: UInt32, roles: Set<Role>) {
    self.token = token
    self.userID = userID
    self.roles = roles
  }

  public func authenticate(token offered: String, peer: Peer) -> Principal? {
    // A wrong token is refused even from a peer that needs none: whoever sends one means it.
    guard offered.isEmpty || token.matches(offered) else { return nil }
    switch peer {
    case .unix(let who) where who.userID == userID || who.userID == Self.rootUserID:
      return Principal(name: "uid:\(who.userID)", roles: roles)
    case .unix(let who):
      return offered.isEmpty ? nil : Principal(name: "uid:\(who.userID)", roles: roles)
    case .tcp, .tls:
      return offered.isEmpty ? nil : Principal(name: "token", roles: roles)
    }
  }

  private static let rootUserID: UInt32 = 0
}
