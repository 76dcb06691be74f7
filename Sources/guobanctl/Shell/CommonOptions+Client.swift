internal import GuobanClient
internal import GuobanMessages
internal import GuobanWire

extension CommonOptions {
  /// Connects, lets `body` call, and closes the connection.
  func withClient<Answer: Sendable>(_ body: (GuobanClient) async throws -> Answer) async throws -> Answer {
    do {
      let client = try await connect()
      do {
        let answer = try await body(client)
        await client.shutdown()
        return answer
      } catch {
        await client.shutdown()
        throw error
      }
    } catch let status as Status {
      throw Failure(status)
    }
  }

  func connect() async throws -> GuobanClient {
    let endpoint = try endpoint()
    let token = try token(for: endpoint)
    var configuration = ClientConfiguration()
    configuration.tls = try tls.client(for: endpoint)
    // On this machine it would cost more than it saves.
    if case .unix = endpoint {} else { configuration.compresses = true }
    do throws(Status) {
      return try await GuobanClient.connect(
        to: endpoint, token: token, name: "guobanctl/0.1.0", configuration: configuration)
    } catch {
      switch error.reason(limits: .standard) {
      case "NOT_REACHABLE": throw Failure.unreachable(endpoint)
      case "UNKNOWN_HOST": throw Failure.unknownHost(endpoint)
      default: throw error
      }
    }
  }

  /// One call on a connection of its own.
  ///
  /// - Parameter isLong: without `--timeout` it may take as long as the daemon lets any call run (rpc.timeoutMax).
  func call<Request: Message, Response: Message & Sendable>(
    _ method: String, _ request: Request, as _: Response.Type = Response.self, isLong: Bool = false
  ) async throws -> Response {
    let timeout = callTimeout ?? (isLong ? Self.timeoutLongest : nil)
    return try await withClient { try await $0.call(method, request, timeout: timeout) }
  }

  static let timeoutLongest = Duration.seconds(86_400)
}
