/// What a TLS socket is opened with: which files, whom to trust, which versions.
public struct TLSSettings: Sendable, Equatable {
  /// Whether clients show a certificate.
  public enum ClientCertificate: String, Sendable, CaseIterable {
    /// Never asked for.
    case none
    /// Asked for; a client without one is let in, a client with a bad one is not.
    case request
    /// A client without a good one is not let in.
    case require
  }

  /// The lowest version spoken; the highest is always 1.3.
  public enum Version: String, Sendable, CaseIterable {
    case tls12 = "1.2"
    case tls13 = "1.3"
  }

  /// PEM: the server's certificate, then those between it and the root.
  public var certificateFile: String
  /// PEM: the key of the first certificate, not encrypted.
  public var keyFile: String
  /// PEM: the roots that clients' certificates must come from; nil when clients show none.
  public var clientCAFile: String?
  public var clientCertificate: ClientCertificate
  public var minimumVersion: Version

  /// Settings; nothing is read yet.
  public init(
    certificateFile: String, keyFile: String, clientCAFile: String?, clientCertificate: ClientCertificate,
    minimumVersion: Version
  ) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.clientCAFile = clientCAFile
    self.clientCertificate = clientCertificate
    self.minimumVersion = minimumVersion
  }

  /// Every file that is read.
  public var files: [String] { [certificateFile, keyFile] + (clientCAFile.map { [$0] } ?? []) }
}
