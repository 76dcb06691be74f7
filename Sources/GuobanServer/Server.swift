public import GuobanAccess
internal import GuobanMessages
public import GuobanWire
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The RPC server: listens, serves, drains, stops.
///
/// ```swift
/// let server = Server(configuration: .init(), methods: services, authenticator: authenticator, observer: nil)
/// try await server.start([.unix(path: "/run/guoban/guoban.sock")])
/// …
/// await server.drain()
/// ```
public final class Server: Sendable {
  /// What `grpc.health.v1.Health` answers.
  public let health: HealthBoard
  private let context: ServerContext
  private let group: MultiThreadedEventLoopGroup
  private let listening = Mutex<[any Channel]>([])

  /// A server that is not started. Health and reflection are added to `methods`.
  public init(
    configuration: ServerConfiguration, methods: [MethodDefinition], authenticator: any Authenticator,
    observer: (any ServerObserver)?
  ) {
    health = HealthBoard()
    context = ServerContext(
      configuration: configuration, methods: methods + HealthService.methods(health) + ReflectionService.methods,
      authenticator: authenticator, observer: observer)
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoopThreads)
  }

  /// Listens on every endpoint, or on none and throws. Gives the endpoints with their actual ports.
  @discardableResult
  public func start(_ endpoints: [Endpoint]) async throws(Status) -> [Endpoint] {
    let listener = Listener(server: context, group: group)
    var bound: [Endpoint] = []
    for endpoint in endpoints {
      do {
        let channel = try await listener.listen(endpoint)
        listening.withLock { $0.append(channel) }
        bound.append(endpoint.with(port: channel.localAddress?.port))
      } catch {
        await stopListening()
        throw error
      }
    }
    health.set(.serving)
    return bound
  }

  /// Stops accepting, tells every client, lets running calls end within the configured time, then stops.
  public func drain() async {
    await drain(timeout: context.configuration.drainTimeout)
  }

  /// The same with another time; zero cancels what runs.
  public func drain(timeout: Duration) async {
    health.set(.notServing)
    context.register.beginDraining()
    await stopListening()
    tellAll(.drain)
    let end = MonotonicTime.now() + timeout
    while !context.register.channels.isEmpty, MonotonicTime.now() < end {
      try? await Task.sleep(nanoseconds: Self.drainPollNanoseconds)
    }
    tellAll(.sendAway(Status(.unavailable, "the daemon stopped before the call was done")))
    for channel in context.register.channels {
      try? await channel.closeFuture.get()
    }
    await context.workers.stop()
    try? await group.shutdownGracefully()
  }

  private func tellAll(_ event: ConnectionEvent) {
    for channel in context.register.channels {
      channel.pipeline.fireUserInboundEventTriggered(event)
    }
  }

  /// Closing a Unix listener leaves its file, which would look like a daemon that was killed.
  private func stopListening() async {
    for channel in listening.withLock({ exchange(&$0, with: []) }) {
      let path = channel.localAddress?.pathname
      try? await channel.close()
      if let path { try? await NIOThreadPool.singleton.runIfActive { SocketFile.remove(path) } }
    }
  }

  private static let drainPollNanoseconds: UInt64 = 10_000_000
}

extension Endpoint {
  fileprivate func with(port: Int?) -> Endpoint {
    guard case .tcp(let host, _) = self, let port else { return self }
    return .tcp(host: host, port: port)
  }
}
