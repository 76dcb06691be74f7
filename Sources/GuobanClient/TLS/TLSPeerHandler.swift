internal import GuobanWire
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Lets a connection begin only when the daemon has proved who it is, and puts into words why it could not.
///
/// NIOSSL verifies the chain and the name, but takes a certificate for the bare address in place of one for the name. That
/// is made good here: until the name is found among the certificate's DNS names nothing is sent, the token above all.
final class TLSPeerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let endpoint: Endpoint
  private let serverName: String?

  /// `serverName`: nil when the endpoint's host is an address, which NIOSSL compares.
  init(endpoint: Endpoint, serverName: String?) {
    self.endpoint = endpoint
    self.serverName = serverName
  }

  /// The connection's own handler takes this as the beginning.
  func channelActive(context: ChannelHandlerContext) {}

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case TLSUserEvent.handshakeCompleted = event else { return context.fireUserInboundEventTriggered(event) }
    if let serverName, !ServerName(serverName).isAmong(dnsNames(context)) {
      errorCaught(context: context, error: NIOSSLExtraError.failedToValidateHostname)
      context.close(promise: nil)
    } else {
      context.fireChannelActive()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: context.fireErrorCaught(status(error))
    default: context.fireErrorCaught(error)
    }
  }

  private func dnsNames(_ context: ChannelHandlerContext) -> [String] {
    guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return [] }
    return certificate._subjectAlternativeNames().prefix(Self.namesMax).filter { $0.nameType == .dnsName }
      .compactMap { String(validating: Array($0.contents), as: UTF8.self) }
  }

  /// More names of a certificate than this are not looked at.
  private static let namesMax = 1000

  private func status(_ error: any Error) -> Status {
    let text = "\(error)"
    let what = Self.sentences.first { text.contains($0.part) }?.sentence ?? "the TLS connection failed"
    let name = serverName.map { " as \($0)" } ?? ""
    return Status(.unavailable, english: "\(endpoint)\(name): \(what) (\(TLSReason.of(error)))", cause: error).reason(
      "TLS_FAILED")
  }

  /// What BoringSSL's errors mean here; the first that fits.
  private static let sentences: [(part: String, sentence: String)] = [
    ("WRONG_VERSION_NUMBER", "that port does not speak TLS: check the port, or use the address tcp:HOST:PORT"),
    (
      "CERTIFICATE_VERIFY_FAILED",
      "the daemon's certificate does not come from an authority that is trusted here, or is not valid now: name the "
        + "authority's file (--ca-file), and check the certificate's dates"
    ),
    (
      "ailedToValidateHostname",
      "the daemon's certificate is for other names than the one asked for: use a name that is in it (--server-name)"
    ),
    ("CERTIFICATE_REQUIRED", "the daemon wants a client certificate: name it and its key (--cert-file, --key-file)"),
    ("CERTIFICATE_EXPIRED", "the daemon refused the client certificate: it is not valid now"),
    ("UNKNOWN_CA", "the daemon refused the client certificate: it does not come from an authority the daemon trusts"),
    ("ALERT_BAD_CERTIFICATE", "the daemon refused the client certificate"),
    ("UNSUPPORTED_CERTIFICATE", "the daemon refused the client certificate: it is not meant for clients"),
    ("PROTOCOL_VERSION", "the daemon speaks no TLS 1.3"),
    ("EOF during handshake", "the connection was closed during the TLS handshake"),
    ("uncleanShutdown", "the connection was cut off"),
  ]
}
