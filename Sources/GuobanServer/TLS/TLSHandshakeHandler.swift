internal import GuobanAccess
internal import GuobanWire
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits for the TLS handshake, learns from it who the client is, and gives its place to a ``ConnectionHandler``.
///
/// The handshake and the Hello after it share one time, so that a client that dawdles gains nothing by using TLS.
final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let server: ServerContext
  private let verifiesClients: Bool
  private let now: @Sendable () -> Int64
  private let openedAt = MonotonicTime.now()
  private var timer: Scheduled<Void>?
  private var failure: Status?
  /// What was said to the connection before it could hear.
  private var pending: ConnectionEvent?

  /// `now`: seconds since 1970.
  init(server: ServerContext, verifiesClients: Bool, now: @escaping @Sendable () -> Int64) {
    self.server = server
    self.verifiesClients = verifiesClients
    self.now = now
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(deadline: (openedAt + server.configuration.handshakeTimeout).deadline) {
      this.value.failure = Status(.deadlineExceeded, english: "the TLS handshake took too long")
      bound.value.close(mode: .all, promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted: admit(context)
    case ConnectionEvent.drain:
      failure = failure ?? Status(.unavailable, english: "the daemon is stopping")
      context.close(promise: nil)
    // NIOSSL's: the peer's close_notify.
    case ChannelEvent.inputClosed: context.close(promise: nil)
    case let event as ConnectionEvent: pending = event
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure =
      failure ?? Status(.unauthenticated, english: "the TLS handshake failed: \(TLSReason.of(error))", cause: error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .sendAway(let status) = pending { failure = failure ?? status }
    let peer = Self.peer(context, names: [])
    server.observer?.connectionOpened(peer)
    server.observer?.connectionClosed(
      peer, reason: failure ?? Status(.cancelled, english: "closed before the TLS handshake ended"))
    context.fireChannelInactive()
  }

  private func admit(_ context: ChannelHandlerContext) {
    do {
      let names = try verifiedNames(context)
      let pipeline = context.pipeline.syncOperations
      try pipeline.addHandler(
        ConnectionHandler(server: server, peer: Self.peer(context, names: names), openedAt: openedAt),
        position: .after(self))
      let pending = pending
      let channel = context.channel
      pipeline.removeHandler(self, promise: nil)
      if let pending { channel.pipeline.fireUserInboundEventTriggered(pending) }
    } catch {
      errorCaught(context: context, error: error)
    }
  }

  /// The names of the client's certificate, which BoringSSL has verified against the client CA.
  ///
  /// A resumed session brings its certificate with it without a new verification, so the dates are looked at here.
  private func verifiedNames(_ context: ChannelHandlerContext) throws -> [String] {
    guard verifiesClients, let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate() else {
      return []
    }
    guard CertificateSummary(certificate).isValid(at: now()) else {
      throw Status(.unauthenticated, english: "the client's certificate is not valid now")
    }
    return CertificateNames.of(certificate)
  }

  private static func peer(_ context: ChannelHandlerContext, names: [String]) -> Peer {
    let address = context.channel.remoteAddress
    return .tls(address: address?.ipAddress ?? "?", port: address?.port ?? 0, certificateNames: names)
  }
}
