public import GuobanWire

/// One socket that the server accepts connections on.
public struct ListeningSocket: Sendable {
  /// Where it listens, or is to listen.
  public var endpoint: Endpoint
  /// A socket that somebody else, such as systemd, opened and listens on. The server closes it, but never removes its file.
  public var adopted: Int32?
  /// Needed by ``Endpoint/tls(host:port:)``.
  public var tls: TLSIdentity?

  /// A socket to open, or to adopt.
  public init(_ endpoint: Endpoint, adopted: Int32? = nil, tls: TLSIdentity? = nil) {
    self.endpoint = endpoint
    self.adopted = adopted
    self.tls = tls
  }
}
