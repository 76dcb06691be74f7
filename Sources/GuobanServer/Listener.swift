internal import Glibc
internal import GuobanAccess
internal import GuobanWire
internal import NIOCore
internal import NIOPosix

/// Opens sockets and puts a ``ConnectionHandler`` on whatever connects.
struct Listener {
  let server: ServerContext
  let group: any EventLoopGroup

  /// Listens there, or takes over the socket that does already.
  func listen(_ socket: ListeningSocket) async throws(Status) -> any Channel {
    let endpoint = socket.endpoint
    if case .tls = endpoint, socket.tls == nil {
      throw Status(.failedPrecondition, english: "\(endpoint) needs a certificate and a key")
    }
    do {
      if let adopted = socket.adopted { return try await bootstrap(socket).withBoundSocket(adopted).get() }
      switch endpoint {
      case .unix(let path): return try await listen(path: path, socket)
      case .tcp(let host, let port), .tls(let host, let port):
        return try await bootstrap(socket).bind(host: host, port: port).get()
      }
    } catch let status as Status {
      throw status
    } catch let error as IOError {
      let problem = "cannot listen on \(endpoint): \(String(cString: strerror(error.errnoCode)))"
      let status = Status(.unavailable, english: problem, cause: error)
      throw error.errnoCode == EADDRINUSE ? status.reason("ADDRESS_IN_USE") : status
    } catch {
      throw Status(.unavailable, english: "cannot listen on \(endpoint): \(error)", cause: error)
    }
  }

  /// A socket file that a killed daemon left behind is replaced; one that somebody answers on is not.
  private func listen(path: String, _ socket: ListeningSocket) async throws -> any Channel {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
      throw Status(.alreadyExists, english: "\(path) is there and is no socket: remove it, or choose another socket")
    }
    if let other = try? await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get() {
      try await other.close()
      throw Status(.alreadyExists, english: "another daemon listens on \(path): stop it, or choose another socket")
    }
    let channel = try await bootstrap(socket)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    guard chmod(path, Self.socketFileMode) == 0 else {
      let reason = String(cString: strerror(errno))
      try await channel.close()
      throw Status(.unavailable, english: "cannot set the mode of \(path): \(reason)")
    }
    return channel
  }

  private func bootstrap(_ socket: ListeningSocket) -> ServerBootstrap {
    let base = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.maxMessagesPerRead, value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ArrivalHandler(server.turns))
        }
      }
      // For `DepartureHandler`.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(
          minimum: Self.readBytesMin, initial: Self.readBytesStart, maximum: Self.readBytesMax)
      )
      .childChannelInitializer { welcome($0, socket) }
    if case .unix = socket.endpoint { return base }
    return
      base
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(Self.unsentLowWater), value: Self.unsentBytesMax)
  }

  private func welcome(_ channel: any Channel, _ socket: ListeningSocket) -> EventLoopFuture<Void> {
    let refusal: Status?
    switch server.register.add(channel) {
    case .welcome: refusal = nil
    case .refused(let reason, let status):
      report(reason, channel)
      guard case .tls = socket.endpoint else {
        server.refused.tell(status, channel)
        return channel.close()
      }
      refusal = status
    case .overfull:
      report(.overfull, channel)
      return channel.close()
    }
    return prepare(channel, socket).map {
      // Said once the channel is active; before that nothing can be written.
      guard let refusal else { return }
      channel.eventLoop.execute {
        channel.pipeline.fireUserInboundEventTriggered(ConnectionEvent.sendAway(refusal))
      }
    }
  }

  private func report(_ reason: ConnectionRefusal, _ channel: any Channel) {
    Peer.of(channel).whenSuccess { server.observer?.connectionRefused($0, reason) }
  }

  private func prepare(_ channel: any Channel, _ socket: ListeningSocket) -> EventLoopFuture<Void> {
    do {
      try channel.pipeline.syncOperations.addHandler(DepartureHandler(server.turns))
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    if case .tls = socket.endpoint { return prepareTLS(channel, socket) }
    return Peer.of(channel).flatMapThrowing { peer in
      try channel.pipeline.syncOperations.addHandler(ConnectionHandler(server: server, peer: peer))
    }
  }

  /// Owner and group may connect.
  private static let socketFileMode: mode_t = 0o660
  private static let backlog: Int32 = 512
  /// TCP_NOTSENT_LOWAT (tcp(7)): how much the kernel takes before it has sent it. Else it would take megabytes of an
  /// export, and small replies would stand behind all of them.
  private static let unsentLowWater = NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)
  private static let unsentBytesMax = 128 << 10
  private static let readBytesMin = 2 << 10
  private static let readBytesStart = 16 << 10
  private static let readBytesMax = 64 << 10
}
