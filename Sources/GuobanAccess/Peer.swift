/// The other end of a connection, as the kernel tells it.
public enum Peer: Sendable, Hashable {
  /// A process on this machine, through a Unix socket.
  case unix(Credentials)
  /// A TCP connection.
  case tcp(address: String, port: Int)
  /// A TLS connection; `certificateNames` are those of the client's certificate once it was verified, else none.
  case tls(address: String, port: Int, certificateNames: [String])

  /// Who a local process is (SO_PEERCRED). The kernel vouches for these, not the peer.
  public struct Credentials: Sendable, Hashable {
    /// The user the process runs as.
    public var userID: UInt32
    /// Its group.
    public var groupID: UInt32
    /// The process.
    public var processID: Int32

    /// Credentials as the kernel gave them.
    public init(userID: UInt32, groupID: UInt32, processID: Int32) {
      self.userID = userID
      self.groupID = groupID
      self.processID = processID
    }
  }
}

extension Peer: CustomStringConvertible {
  /// For logs: `unix uid 1000 pid 4242`, `tcp 127.0.0.1:50412`.
  public var description: String {
    switch self {
    case .unix(let who): "unix uid \(who.userID) pid \(who.processID)"
    case .tcp(let address, let port): "tcp \(address):\(port)"
    case .tls(let address, let port, _): "tls \(address):\(port)"
    }
  }
}
