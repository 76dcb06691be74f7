internal import GuobanWire
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// The files of a ``ClientTLS``, read and ready for a connection to one endpoint.
struct TLSClientContext: Sendable {
  private let endpoint: Endpoint
  private let context: NIOSSLContext
  /// What the certificate must be for; nil when that is the address itself.
  private let serverName: String?

  /// Reads the files on a thread that may wait. Nil for an endpoint without TLS.
  static func load(_ tls: ClientTLS, for endpoint: Endpoint) async throws(Status) -> TLSClientContext? {
    guard case .tls(let host, _) = endpoint else { return nil }
    do {
      return try await NIOThreadPool.singleton.runIfActive {
        Result { () throws(Status) in try TLSClientContext(tls, host: host, endpoint: endpoint) }
      }.get()
    } catch let status as Status {
      throw status
    } catch {
      throw Status(.internalError, english: "the TLS files cannot be read: \(error)", cause: error)
    }
  }

  private init(_ tls: ClientTLS, host: String, endpoint: Endpoint) throws(Status) {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .fullVerification
    configuration.applicationProtocols = [Self.applicationProtocol]
    configuration.shutdownTimeout = Self.shutdownTimeout
    if let file = tls.caFile {
      configuration.trustRoots = .certificates(try Self.certificates(file, "authority (CA)"))
    }
    switch (tls.certificateFile, tls.keyFile) {
    case (nil, nil): break
    case (let certificate?, let key?):
      configuration.certificateChain = try Self.certificates(certificate, "client certificate").map { .certificate($0) }
      configuration.privateKey = .privateKey(try Self.key(key))
    default:
      throw Status(
        .invalidArgument, english: "a client certificate and its key go together: name both files, or neither")
    }
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw Status(
        .invalidArgument, english: "the client certificate and its key do not belong together (\(error))", cause: error)
    }
    let name = tls.serverName ?? host
    if (try? SocketAddress(ipAddress: name, port: 0)) != nil {
      guard tls.serverName == nil else {
        throw Status(
          .invalidArgument, english: "the server name \(name) is an address: give a name, or connect to the address")
      }
      serverName = nil
    } else {
      serverName = name
    }
    self.endpoint = endpoint
  }

  /// The handlers that belong before the connection's own, from the socket on.
  func handlers() throws(Status) -> [any ChannelHandler] {
    do {
      let tls = try NIOSSLClientHandler(context: context, serverHostname: serverName)
      return [tls, TLSPeerHandler(endpoint: endpoint, serverName: serverName)]
    } catch {
      throw Status(
        .invalidArgument, english: "\(endpoint) cannot be used as a TLS server's name (\(error))", cause: error)
    }
  }

  private static func certificates(_ file: String, _ what: String) throws(Status) -> [NIOSSLCertificate] {
    do {
      let certificates = try NIOSSLCertificate.fromPEMFile(file)
      if !certificates.isEmpty { return certificates }
    } catch {
      throw Status(.invalidArgument, english: "no \(what) in PEM can be read from \(file) (\(error))", cause: error)
    }
    throw Status(.invalidArgument, english: "no \(what) in PEM is in \(file)")
  }

  private static func key(_ file: String) throws(Status) -> NIOSSLPrivateKey {
    do {
      return try NIOSSLPrivateKey(file: file, format: .pem)
    } catch {
      throw Status(
        .invalidArgument, english: "no private key in PEM without a passphrase can be read from \(file) (\(error))",
        cause: error
      )
    }
  }

  private static let applicationProtocol = "guoban/1"
  /// How long the other side may take to say goodbye.
  private static let shutdownTimeout = TimeAmount.seconds(1)
}
