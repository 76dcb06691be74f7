internal import GuobanWire
internal import NIOCore
internal import NIOSSL

/// Puts into words why a TLS connection failed, for the person who must act.
final class TLSFailureHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let endpoint: Endpoint
  private let serverName: String?

  init(endpoint: Endpoint, serverName: String?) {
    self.endpoint = endpoint
    self.serverName = serverName
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: context.fireErrorCaught(status(error))
    default: context.fireErrorCaught(error)
    }
  }

  private func status(_ error: any Error) -> Status {
    let text = "\(error)"
    let what = Self.sentences.first { text.contains($0.part) }?.sentence ?? "the TLS connection failed"
    let name = serverName.map { " as \($0)" } ?? ""
    return Status(.unavailable, "\(endpoint)\(name): \(what) (\(text))", cause: error).reason("TLS_FAILED")
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
