internal import GuobanWire
internal import NIOCore
internal import NIOSSL

/// What stands before the connection's own handler on a TLS socket.
extension Listener {
  func prepareTLS(_ channel: any Channel, _ socket: ListeningSocket) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      guard let identity = socket.tls else { preconditionFailure("listen refuses a TLS socket without TLS") }
      let material = identity.current
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers([
        TLSFirstByteHandler(lingerTimeout: .nanoseconds(server.configuration.lingerTimeout.wholeNanoseconds)),
        NIOSSLServerHandler(context: material.context),
        TLSHandshakeHandler(
          server: server, verifiesClients: material.settings.clientCertificate != .none, now: identity.now),
      ])
    }
  }
}
