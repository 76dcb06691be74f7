internal import GuobanMessages
internal import GuobanWire
internal import NIOCore
internal import NIOPosix

extension ClientConnection {
  /// Connects and says Hello.
  ///
  /// - Throws: UNAVAILABLE when nobody listens there, UNAUTHENTICATED when the token is wrong or missing.
  static func open(
    to endpoint: Endpoint, token: String, name: String, configuration: ClientConfiguration
  ) async throws(Status) -> (ClientConnection, ServerTerms) {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let timeout = TimeAmount.nanoseconds(configuration.connectTimeout.wholeNanoseconds)
    let connection = ClientConnection(endpoint: endpoint, eventLoop: eventLoop, configuration: configuration)
    let hello = RPC.Hello(
      protocolVersions: [ServerTerms.protocolVersion], name: name, token: token,
      takesZstd: configuration.compresses)
    let tls = try await TLSClientContext.load(configuration.tls, for: endpoint)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(timeout)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandlers(tls.handlers()) }
          try channel.pipeline.syncOperations.addHandler(ClientHandler(connection: connection, hello: hello))
        }
      }
    do {
      let channel =
        switch endpoint {
        case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        case .tcp(let host, let port), .tls(let host, let port):
          try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port).get()
        }
      connection.opened(channel)
    } catch let status as Status {
      throw status
    } catch {
      throw unreachable(endpoint, error)
    }
    return (connection, try await connection.handshake(timeout: timeout))
  }

  private static func unreachable(_ endpoint: Endpoint, _ error: any Error) -> Status {
    if let error = error as? NIOConnectionError, error.connectionErrors.isEmpty, error.dnsAError != nil {
      return Status(.unavailable, english: "no host is called \(error.host)", cause: error).reason("UNKNOWN_HOST")
    }
    let hint =
      switch endpoint {
      case .unix(let path):
        "is guoband running, is \(path) the socket in its configuration, and may this user open it?"
      case .tcp, .tls: "is guoband running there, and does it listen on that address?"
      }
    return Status(.unavailable, english: "no daemon answers on \(endpoint): \(hint) (\(error))", cause: error)
      .reason("NOT_REACHABLE")
  }
}
