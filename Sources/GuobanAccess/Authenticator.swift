/// Decides who is calling. Called once per connection, on its event loop: it must not block.
public protocol Authenticator: Sendable {
  /// The caller, or nil when it is not let in. `token` is empty when the peer sent none.
  func authenticate(token: String, peer: Peer) -> Principal?
}
