import Dispatch
import GuobanAccess
import GuobanModel
import GuobanWire
import NIOCore
import Synchronization
import Testing

@testable import GuobanServer

/// A real server on a free port of the loopback, with methods whose behaviour a test can steer.
struct TestServer {
  static let token = AccessToken(randomBytes: Array(0..<32))
  let server: Server
  let endpoint: Endpoint
  let probe: Probe

  static func with<Result>(
    _ change: (inout ServerConfiguration) -> Void = { _ in }, on endpoint: Endpoint = .tcp(host: "127.0.0.1", port: 0),
    roles: Set<Role> = Set(Role.allCases), _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    var configuration = ServerConfiguration()
    configuration.drainTimeout = .seconds(5)
    // A loaded machine may be slow to say Hello, and to give a thread its turn.
    configuration.handshakeTimeout = .seconds(60)
    configuration.workerQueueTimeout = .seconds(60)
    change(&configuration)
    let probe = Probe()
    // A user id that no process of a test has, so that the token counts on Unix sockets too; root is let in regardless.
    let authenticator = TokenAuthenticator(token: token, userID: 4_000_000, roles: roles)
    let server = Server(
      configuration: configuration, methods: probe.methods, authenticator: authenticator, observer: probe)
    let bound = try await server.start([endpoint])
    let test = TestServer(server: server, endpoint: bound[0], probe: probe)
    do {
      let result = try await body(test)
      await server.drain(timeout: .zero)
      return result
    } catch {
      await server.drain(timeout: .zero)
      throw error
    }
  }

  /// A raw connection that has said nothing.
  func connect() async throws -> RawClient { try await RawClient(to: endpoint) }

  /// A raw connection after Hello.
  func greet() async throws -> RawClient {
    let client = try await connect()
    try await client.greet(token: Self.token.text)
    return client
  }
}

/// Methods for tests, and what became of their calls.
final class Probe: ServerObserver {
  private let state = Mutex(State())

  private struct State {
    var cancelled: [Status] = []
    var finished: [CallSummary] = []
    var closed: [Status?] = []
    var held: [ServerCall] = []
    var running = 0
    var runningMost = 0
  }

  var cancelled: [Status] { state.withLock { $0.cancelled } }
  var finished: [CallSummary] { state.withLock { $0.finished } }
  var closed: [Status?] { state.withLock { $0.closed } }
  var held: [ServerCall] { state.withLock { $0.held } }
  var runningMost: Int { state.withLock { $0.runningMost } }

  func releaseHeld() {
    let calls = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for call in calls { call.reply(call.message) }
  }

  func forgetHeld() { state.withLock { $0.held = [] } }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/test/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/test/Guarded", permission: .issuePass) { $0.reply($0.message) },
      MethodDefinition("/test/Worker", permission: .connect) { call in call.onWorker { $0.reply($0.message) } },
      MethodDefinition("/test/Throw", permission: .connect) { call in
        call.onWorker { _ in throw Status(.failedPrecondition, english: "as asked").reason("ASKED") }
      },
      MethodDefinition("/test/Hold", permission: .connect) { [self] call in
        call.onCancel { [weak call] in
          guard let call else { return }
          do throws(Status) { try call.checkCancellation() } catch {
            self.state.withLock { $0.cancelled.append(error) }
          }
        }
        state.withLock { $0.held.append(call) }
      },
      MethodDefinition("/test/Until", permission: .connect) { [self] call in
        call.onWorker { call in
          while !call.isCancelled { usleepMilliseconds(1) }
          self.state.withLock { $0.cancelled.append(Status(.cancelled, english: "worker stopped")) }
          try call.checkCancellation()
        }
      },
      MethodDefinition("/test/Large", permission: .connect) { call in
        call.reply([UInt8](repeating: 1, count: Int(String(decoding: call.message, as: UTF8.self)) ?? 0))
      },
      MethodDefinition("/test/Status", permission: .observe) { call in call.onWorker { $0.reply($0.message) } },
      MethodDefinition("/test/Sum", clientStreaming: true, permission: .connect) { call in
        call.onWorker { call in
          var sum = 0
          while let message = try call.receive() { sum += message.reduce(0) { $0 + Int($1) } }
          call.reply(Array("\(sum)".utf8))
        }
      },
      MethodDefinition("/test/Count", clientStreaming: true, permission: .connect) { call in
        let box = Box((messages: 0, bytes: 0))
        call.onMessage { message in
          box.value.withLock { $0 = ($0.messages + 1, $0.bytes + message.count) }
        }
        call.onEnd { call.reply(Array(box.value.withLock { "\($0.messages) \($0.bytes)" }.utf8)) }
        call.onCancel { call.fail(Status(.cancelled, english: "")) }
      },
      MethodDefinition("/test/Chat", clientStreaming: true, serverStreaming: true, permission: .connect) {
        [self] call in
        call.onWorker { call in
          do {
            while let message = try call.receive() { try call.send(message) }
          } catch {
            self.state.withLock { $0.cancelled.append(Status(ending: error)) }
            throw error
          }
          call.reply(Array("bye".utf8))
        }
      },
      // Never looks at what its client sends.
      MethodDefinition("/test/Deaf", clientStreaming: true, permission: .connect) { [self] call in
        call.onCancel { [weak call] in
          guard let call else { return }
          do throws(Status) { try call.checkCancellation() } catch {
            self.state.withLock { $0.cancelled.append(error) }
          }
        }
        state.withLock { $0.held.append(call) }
      },
      // Sends 1 and 2 from a thread, and then 3 from the event loop while it deals with 1.
      MethodDefinition("/test/Nested", serverStreaming: true, permission: .connect) { call in
        call.onWorker { call in
          let (oneIsSent, loopIsBusy, twoIsSent, threeIsSent) = (Signal(), Signal(), Signal(), Signal())
          call.onEventLoop { oneIsSent.wait() }
          call.onEventLoop {
            loopIsBusy.send()
            twoIsSent.wait()
            if !call.offer([3]) { call.fail(Status(.internalError, english: "no room")) }
            threeIsSent.send()
          }
          try call.send([1])
          oneIsSent.send()
          loopIsBusy.wait()
          try call.send([2])
          twoIsSent.send()
          threeIsSent.wait()
          call.reply([])
        }
      },
      // The message is "COUNTxSIZE".
      MethodDefinition("/test/Stream", serverStreaming: true, permission: .connect) { [self] call in
        call.onWorker { call in
          let parts = String(decoding: call.message, as: UTF8.self).split(separator: "x").compactMap { Int($0) }
          do {
            for index in 0..<parts[0] {
              try call.send([UInt8](repeating: UInt8(truncatingIfNeeded: index), count: parts[1]))
              self.state.withLock { $0.running += 1 }
            }
          } catch {
            self.state.withLock { $0.cancelled.append(Status(ending: error)) }
            throw error
          }
          call.reply([])
        }
      },
    ]
  }

  /// Messages that streams have got rid of.
  var sent: Int { state.withLock { $0.running } }

  func connectionOpened(_ peer: Peer) {}
  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {}
  func connectionClosed(_ peer: Peer, reason: Status?) { state.withLock { $0.closed.append(reason) } }
  func callFinished(_ call: CallSummary) { state.withLock { $0.finished.append(call) } }
}

/// Something that one thread waits for and another does.
struct Signal: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func send() { semaphore.signal() }

  func wait() { semaphore.wait() }
}

/// A value that closures share.
final class Box<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
}

/// Waits until something is so; a test that waits in vain fails.
func eventually(
  _ what: Comment, within: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () -> Bool
) async throws {
  let end = ContinuousClock.now + within
  while !condition() {
    guard ContinuousClock.now < end else {
      Issue.record(what, sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(2))
  }
}
