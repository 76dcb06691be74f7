import GuobanAccess
import GuobanClient
import GuobanModel
import GuobanServer
import GuobanWire
import NIOCore
import Synchronization
import Testing

/// A real server and how many of its calls were cancelled.
final class Backend: Sendable {
  let cancelled = Atomic<Int>(0)
  let sent = Atomic<Int>(0)
  /// Calls of the holding methods that have begun.
  let begun = Atomic<Int>(0)
  private let held = Mutex<(isOpen: Bool, calls: [(ServerCall, UInt8)])>((false, []))
  static let token = AccessToken(randomBytes: Array(0..<32))

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/test/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/test/Key", permission: .connect) { $0.reply(Array(($0.metadata["key"] ?? "none").utf8)) },
      MethodDefinition("/test/Fail", permission: .connect) {
        $0.fail(
          .invalidArgument(violations: [
            FieldViolation(field: "plate", value: "x", reason: "PLATE_FORMAT", "不是车牌号", "not a plate")
          ]))
      },
      MethodDefinition("/test/Hold", permission: .connect) { [self] call in
        call.onCancel {
          self.cancelled.add(1, ordering: .relaxed)
          call.fail(Status(.cancelled, english: ""))
        }
      },
      // The first answer waits to be released, later ones do not.
      MethodDefinition("/test/HoldFirst", permission: .connect) { [self] call in
        let number = begun.add(1, ordering: .relaxed).newValue
        if number == 1 { hold(call, 1) } else { call.reply([UInt8(number)]) }
      },
      MethodDefinition("/test/HoldAll", permission: .connect) { [self] call in
        begun.add(1, ordering: .relaxed)
        hold(call, 0)
      },
      MethodDefinition("/test/Stream", serverStreaming: true, permission: .connect) { [self] call in
        call.onWorker { call in
          do {
            for index in 0..<call.message[0] {
              try call.send([UInt8](repeating: index, count: 1000))
              self.sent.add(1, ordering: .relaxed)
            }
          } catch {
            self.cancelled.add(1, ordering: .relaxed)
            throw error
          }
          if call.message.count > 1 { throw Status(.dataLoss, english: "as asked") }
          call.reply([])
        }
      },
    ]
  }

  private func hold(_ call: ServerCall, _ answer: UInt8) {
    let isOpen = held.withLock { held in
      if !held.isOpen { held.calls.append((call, answer)) }
      return held.isOpen
    }
    if isOpen { call.reply([answer]) }
    call.onCancel { call.fail(Status(.cancelled, english: "")) }
  }

  /// Answers what is held, and holds nothing more.
  func release() {
    let calls = held.withLock { held in
      held.isOpen = true
      return exchange(&held.calls, with: [])
    }
    for (call, answer) in calls { call.reply([answer]) }
  }

  func serve(
    on listening: Endpoint = .tcp(host: "127.0.0.1", port: 0), observer: (any ServerObserver)? = nil,
    _ change: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Endpoint, Server) async throws -> Void
  ) async throws {
    var configuration = ServerConfiguration()
    change(&configuration)
    let server = Server(
      configuration: configuration, methods: methods + streamMethods,
      authenticator: TokenAuthenticator(token: Self.token, userID: 4_000_000, roles: [.clerk]), observer: observer)
    let endpoint = try await server.start([listening])[0]
    do { try await body(endpoint, server) } catch {
      await server.drain(timeout: .zero)
      throw error
    }
    await server.drain(timeout: .zero)
  }

  func serveClient(
    _ change: (inout ServerConfiguration) -> Void = { _ in }, _ body: (GuobanClient) async throws -> Void
  ) async throws {
    try await serve(change) { endpoint, _ in
      let client = try await GuobanClient.connect(to: endpoint, token: Self.token.text, name: "test")
      try await body(client)
      await client.shutdown()
    }
  }
}

func eventually(_ what: Comment, _ condition: () -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(10)
  while !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
  #expect(condition(), what)
}

/// A number that closures share.
final class Counter: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .relaxed) }

  func add() { number.add(1, ordering: .relaxed) }
}
