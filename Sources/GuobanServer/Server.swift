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
  let context: ServerContext
  private let group: MultiThreadedEventLoopGroup
  private let accessSweep = AccessSweep()
  private let listening = Mutex<[Opened]>([])

  /// A socket that is listened on.
  private struct Opened {
    let channel: any Channel
    /// The Unix socket's file that goes when the listening ends; nil for what somebody else opened.
    let ownFile: String?
  }

  /// A server that is not started. Health and reflection are added to `methods`.
  public init(
    configuration: ServerConfiguration, methods: [MethodDefinition], authenticator: any Authenticator,
    observer: (any ServerObserver)?
  ) {
    health = HealthBoard()
    let turns = TurnQueues()
    group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoopThreads, metricsDelegate: turns)
    // Where the processors are busy, they go before the threads that do their calls' work.
    for eventLoop in group.makeIterator() { eventLoop.execute { ThreadSlices.takeShortest() } }
    context = ServerContext(
      configuration: configuration, methods: methods + HealthService.methods(health) + ReflectionService.methods,
      authenticator: authenticator, observer: observer, workers: WorkerPools(configuration),
      turns: turns)
  }

  /// Everything that a server of `methods` offers, in the order of the numbers that an observer is told, 1 first.
  public static func offered(_ methods: [MethodDefinition]) -> [MethodDefinition] {
    methods + HealthService.methods(HealthBoard()) + ReflectionService.methods
  }

  /// Calls that wait for a worker thread now.
  public var callsQueued: (unary: Int, streaming: Int) { context.workers.waiting }

  /// Listens on every endpoint, or on none and throws. Gives the endpoints with their actual ports.
  @discardableResult
  public func start(_ endpoints: [Endpoint]) async throws(Status) -> [Endpoint] {
    try await start(endpoints.map { ListeningSocket($0) })
  }

  /// The same with sockets that speak TLS or were opened by somebody else.
  @discardableResult
  public func start(_ sockets: [ListeningSocket]) async throws(Status) -> [Endpoint] {
    DescriptorTable.reserve(context.configuration.openFilesMax)
    do {
      try await context.turns.serve(group)
    } catch {
      throw Status(.unavailable, english: "cannot watch the event loops: \(error)")
    }
    let listener = Listener(server: context, group: group)
    var bound: [Endpoint] = []
    for socket in sockets {
      do {
        let channel = try await listener.listen(socket)
        let ownFile = socket.adopted == nil ? channel.localAddress?.pathname : nil
        listening.withLock { $0.append(Opened(channel: channel, ownFile: ownFile)) }
        bound.append(socket.endpoint.with(port: channel.localAddress?.port))
      } catch {
        await stopListening()
        throw error
      }
    }
    accessSweep.start(on: group, context.authenticator) { [register = context.register] in
      for channel in register.channels { channel.pipeline.fireUserInboundEventTriggered(ConnectionEvent.checkAccess) }
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
    accessSweep.stop()
    context.register.beginDraining()
    await stopListening()
    tellAll(.drain)
    let end = MonotonicTime.now() + timeout
    while !context.register.channels.isEmpty, MonotonicTime.now() < end {
      try? await Task.sleep(nanoseconds: Self.drainPollNanoseconds)
    }
    tellAll(.sendAway(Status(.unavailable, english: "the daemon stopped before the call was done")))
    for channel in context.register.channels {
      try? await channel.closeFuture.get()
    }
    await context.workers.stop()
    try? await group.shutdownGracefully()
    context.turns.stop()
  }

  /// Calls `beat` once on each event loop, as soon as it turns; gives how many there are.
  public func pulse(_ beat: @escaping @Sendable () -> Void) -> Int {
    var count = 0
    for eventLoop in group.makeIterator() {
      eventLoop.execute(beat)
      count += 1
    }
    return count
  }

  private func tellAll(_ event: ConnectionEvent) {
    for channel in context.register.channels {
      channel.pipeline.fireUserInboundEventTriggered(event)
    }
  }

  /// Closing a Unix listener leaves its file, which would look like a daemon that was killed.
  private func stopListening() async {
    for opened in listening.withLock({ exchange(&$0, with: []) }) {
      try? await opened.channel.close()
      if let path = opened.ownFile { try? await NIOThreadPool.singleton.runIfActive { SocketFile.remove(path) } }
    }
  }

  private static let drainPollNanoseconds: UInt64 = 10_000_000
}

extension Endpoint {
  fileprivate func with(port: Int?) -> Endpoint {
    switch (self, port) {
    case (.tcp(let host, _), let port?): .tcp(host: host, port: port)
    case (.tls(let host, _), let port?): .tls(host: host, port: port)
    default: self
    }
  }
}
