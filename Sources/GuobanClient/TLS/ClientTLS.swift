/// How a client makes sure whom it talks to on a ``Endpoint/tls(host:port:)``, and shows who it is.
///
/// The daemon's certificate is always verified, and its name compared with the host that was asked for. There is no way to
/// turn that off: for a certificate of your own authority, name the authority's file.
public struct ClientTLS: Sendable, Hashable {
  /// PEM: the roots to trust instead of the system's; nil: the system's.
  public var caFile: String?
  /// PEM: the certificate to show, then those between it and the root; nil: none.
  public var certificateFile: String?
  /// PEM: its key.
  public var keyFile: String?
  /// The name that the daemon's certificate must have; nil: the endpoint's host. For a daemon reached by an address that
  /// is not in its certificate, as through a tunnel.
  public var serverName: String?

  /// The system's roots, no certificate to show.
  public init(
    caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil
  ) {
    self.caFile = caFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.serverName = serverName
  }
}
