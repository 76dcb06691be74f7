public import GuobanMessages
public import GuobanWire

/// The way to a daemon: any number of tasks may call at once.
///
/// ```swift
/// let client = try await GuobanClient.connect(to: .unix(path: "/run/guoban/guoban.sock"), name: "scanner/1.0")
/// let reply: Ledger.VerifyPassResponse = try await client.call("/guoban.v1.PassService/VerifyPass", request)
/// await client.shutdown()
/// ```
///
/// Connections are made as they are needed, up to ``ClientConfiguration/connectionsMax``. When one is lost, the calls on it
/// fail with UNAVAILABLE unless they may be sent again (``Retry``), and the next call makes a new one.
public final class GuobanClient: Sendable {
  /// Where the daemon listens.
  public let endpoint: Endpoint
  let configuration: ClientConfiguration
  let environment: ClientEnvironment
  let pool: ConnectionPool

  /// A client that connects at its first call. `name` says who is calling, for the daemon's log: `scanner/1.0`.
  public init(
    to endpoint: Endpoint, token: String = "", name: String, configuration: ClientConfiguration = ClientConfiguration(),
    environment: ClientEnvironment = ClientEnvironment()
  ) {
    self.endpoint = endpoint
    self.configuration = configuration
    self.environment = environment
    pool = ConnectionPool(configuration: configuration, environment: environment) { () throws(Status) in
      let (connection, terms) = try await ClientConnection.open(
        to: endpoint, token: token, name: name, configuration: configuration)
      return ConnectionPool.Link(connection: connection, terms: terms)
    }
  }

  /// A client that is connected.
  ///
  /// - Throws: UNAVAILABLE when nobody listens there, UNAUTHENTICATED when the token is wrong or missing.
  public static func connect(
    to endpoint: Endpoint, token: String = "", name: String, timeout: Duration = .seconds(5),
    configuration: ClientConfiguration = ClientConfiguration()
  ) async throws(Status) -> GuobanClient {
    var configuration = configuration
    configuration.connectTimeout = timeout
    let client = GuobanClient(to: endpoint, token: token, name: name, configuration: configuration)
    try await client.ready()
    return client
  }

  deinit { pool.drop() }

  /// What the daemon said about itself and about us when the latest connection was made: methods, limits, permissions,
  /// principal. Empty before the first.
  public var hello: RPC.Hello { pool.terms?.hello ?? RPC.Hello() }

  /// Makes sure that there is a connection, as a service may want to before it says that it is ready.
  public func ready() async throws(Status) {
    switch await pool.lease(deadline: environment.now() + configuration.connectTimeout + configuration.deadlineGrace) {
    case .success(let lease): pool.release(lease)
    case .failure(let failure): throw failure.status
    }
  }

  /// Closes the connections. Calls that still run fail with UNAVAILABLE, later ones with CANCELLED.
  public func shutdown() async { await pool.close() }
}
