/// Decides who is calling. Called on event loops: it must not block.
public protocol Authenticator: Sendable {
  /// The caller, or nil when it is not let in. `token` is empty when the peer sent none. Once per connection.
  func authenticate(token: String, peer: Peer) -> Principal?

  /// Why a caller that was let in is not any more; nil while it is. Asked when ``epoch`` has changed.
  func ending(of principal: Principal) -> (chinese: String, english: String)?

  /// Changes whenever some principal may have stopped being let in. Asked a few times a second.
  var epoch: AccessEpoch { get }
}

/// A state of who is let in. Two that are equal let in the same.
public struct AccessEpoch: Sendable, Hashable {
  /// Counts changes of grants.
  public var version: UInt64
  /// Counts grants that have expired.
  public var expired: Int

  /// Puts an epoch together.
  public init(version: UInt64 = 0, expired: Int = 0) {
    self.version = version
    self.expired = expired
  }
}

/// An authenticator whose answers never change.
extension Authenticator {
  public func ending(of principal: Principal) -> (chinese: String, english: String)? { nil }
  public var epoch: AccessEpoch { AccessEpoch() }
}
