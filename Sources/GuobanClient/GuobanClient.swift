public import GuobanMessages
public import GuobanWire
internal import NIOCore
internal import NIOPosix

/// One connection to a daemon, on which any number of calls may run at once.
///
/// ```swift
/// let client = try await GuobanClient.connect(to: .unix(path: "/run/guoban/guoban.sock"), name: "scanner/1.0")
/// let reply: Ledger.VerifyPassResponse = try await client.call("/guoban.v1.PassService/VerifyPass", request)
/// await client.shutdown()
/// ```
///
/// A lost connection fails its calls with UNAVAILABLE and stays lost; connect again.
public final class GuobanClient: Sendable {
  /// What the daemon said about itself and about us: methods, limits, permissions, principal.
  public let hello: RPC.Hello
  /// Where the daemon listens.
  public let endpoint: Endpoint
  let connection: ClientConnection
  let configuration: ClientConfiguration
  let methods: MethodTable

  private init(hello: RPC.Hello, endpoint: Endpoint, connection: ClientConnection, configuration: ClientConfiguration) {
    self.hello = hello
    self.endpoint = endpoint
    self.connection = connection
    self.configuration = configuration
    methods = MethodTable(entries: hello.methods)
  }

  /// Connects and says Hello. `name` says who is calling, for the daemon's log: `scanner/1.0`.
  ///
  /// - Throws: UNAVAILABLE when nobody listens there, UNAUTHENTICATED when the token is wrong or missing.
  public static func connect(
    to endpoint: Endpoint, token: String = "", name: String, timeout: Duration = .seconds(5),
    configuration: ClientConfiguration = ClientConfiguration()
  ) async throws(Status) -> GuobanClient {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let connection = ClientConnection(endpoint: endpoint, eventLoop: eventLoop, configuration: configuration)
    let hello = RPC.Hello(protocolVersions: [1], name: name, token: token)
    let tls = try await TLSClientContext.load(configuration.tls, for: endpoint)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(timeout))
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
    let answer = try await connection.handshake(timeout: TimeAmount(timeout))
    return GuobanClient(hello: answer, endpoint: endpoint, connection: connection, configuration: configuration)
  }

  deinit { connection.close() }

  /// Closes the connection. Calls that still run fail with UNAVAILABLE.
  public func shutdown() async {
    await connection.shutdown()
  }

  private static func unreachable(_ endpoint: Endpoint, _ error: any Error) -> Status {
    let hint =
      switch endpoint {
      case .unix(let path):
        "is guoband running, is \(path) the socket in its configuration, and may this user open it?"
      case .tcp, .tls: "is guoband running there, and does it listen on that address?"
      }
    return Status(.unavailable, "no daemon answers on \(endpoint): \(hint) (\(error))", cause: error)
      .reason("NOT_REACHABLE")
  }
}

extension TimeAmount {
  /// Whole nanoseconds; what is too long becomes the longest.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    self = .nanoseconds(
      whole.overflow ? Int64.max / 4 : min(whole.partialValue, Int64.max / 4) + attoseconds / 1_000_000_000)
  }
}
