import Glibc
import GuobanAccess
import GuobanModel
import GuobanServer
import GuobanWire
import NIOCore
import Synchronization

/// A real server on a free port of the loopback, and what its handlers do.
final class Stage: Sendable {
  let server: Server
  let port: Int
  let handlers: StageHandlers
  /// How much longer floods are than in a quick run.
  let effort: Int

  static let token = AccessToken(randomBytes: Array(0..<32)).text

  init(_ limits: (inout ServerConfiguration) -> Void, effort: Int) async throws {
    var configuration = ServerConfiguration()
    // A loaded machine may be slow to say Hello, and the many who connect here have one address and one name.
    configuration.handshakeTimeout = .seconds(60)
    configuration.connectionsPerAddressMax = configuration.connectionsMax
    configuration.requestsPerSecondMax = 10_000_000
    configuration.requestBurstMax = 10_000_000
    limits(&configuration)
    handlers = StageHandlers()
    self.effort = effort
    server = Server(
      configuration: configuration, methods: handlers.methods,
      authenticator: TokenAuthenticator(
        token: AccessToken(randomBytes: Array(0..<32)), userID: 4_000_000, roles: Set(Role.allCases)),
      observer: handlers)
    guard case .tcp(_, let port) = try await server.start([.tcp(host: "127.0.0.1", port: 0)])[0] else {
      throw BadSocket.Failure("no port")
    }
    self.port = port
  }

  /// A connection that has said nothing.
  func connect(receiveBufferBytes: Int32? = nil) throws -> BadSocket {
    try BadSocket(port: port, receiveBufferBytes: receiveBufferBytes)
  }

  /// A connection after Hello.
  func greet(receiveBufferBytes: Int32? = nil) throws -> BadSocket {
    let socket = try connect(receiveBufferBytes: receiveBufferBytes)
    try socket.greet(Self.token)
    return socket
  }

  /// Waits on this thread until something is so.
  func wait(for what: String, seconds: Double = 15, _ condition: () -> Bool) throws {
    for _ in 0..<Int(seconds * 500) {
      if condition() { return }
      usleep(2000)
    }
    throw BadSocket.Failure("waited \(seconds) s in vain: \(what)")
  }
}

/// Methods that take their time, and what became of them.
final class StageHandlers: ServerObserver {
  private let state = Mutex(State())

  private struct State {
    var held: [ServerCall] = []
    var running = 0
    var runningMost = 0
    var slots = 0
    var slotsMost = 0
    var open = 0
    var reasons: [Status?] = []
  }

  /// Handlers that have begun and not ended.
  var running: Int { state.withLock { $0.running } }
  /// The most at once.
  var runningMost: Int { state.withLock { $0.runningMost } }
  /// The most calls at once that the server had begun and not ended, those that wait for a thread among them.
  var slotsMost: Int { state.withLock { $0.slotsMost } }
  /// Connections.
  var open: Int { state.withLock { $0.open } }
  /// Why connections were closed.
  var reasons: [Status?] { state.withLock { $0.reasons } }

  var methods: [MethodDefinition] { unary + [uploads(), deaf()] }

  private var unary: [MethodDefinition] {
    [
      MethodDefinition("/bad/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/bad/Large", permission: .connect) { $0.reply([UInt8](repeating: 1, count: 1 << 20)) },
      // Runs until it is told that nobody waits, and ends then.
      MethodDefinition("/bad/Hold", permission: .connect) { [self] call in
        begin()
        call.onCancel { [weak call] in
          self.end()
          call?.fail(Status(.cancelled, "told"))
        }
        state.withLock { $0.held.append(call) }
      },
      // Blocks a thread for a while, whether anybody waits or not.
      MethodDefinition("/bad/Work", permission: .connect) { [self] call in
        call.onWorker { call in
          self.begin()
          usleep(100)
          self.end()
          call.reply(call.message)
        }
      },
      // Sends for ever.
      MethodDefinition("/bad/Stream", serverStreaming: true, permission: .connect) { [self] call in
        call.onWorker { call in
          self.begin()
          defer { self.end() }
          while true { try call.send([UInt8](repeating: 7, count: 4096)) }
        }
      },
    ]
  }

  private func uploads() -> MethodDefinition {
    MethodDefinition("/bad/Upload", clientStreaming: true, permission: .connect) { [self] call in
      call.onWorker { call in
        self.begin()
        defer { self.end() }
        var count = 0
        while let message = try call.receive() { count += message.count }
        call.reply(Array("\(count)".utf8))
      }
    }
  }

  /// Takes its messages and never reads them.
  private func deaf() -> MethodDefinition {
    MethodDefinition("/bad/Deaf", clientStreaming: true, permission: .connect) { [self] call in
      begin()
      call.onCancel { [weak call] in
        self.end()
        call?.fail(Status(.cancelled, "told"))
      }
      state.withLock { $0.held.append(call) }
    }
  }

  private func begin() {
    state.withLock {
      $0.running += 1
      $0.runningMost = max($0.runningMost, $0.running)
    }
  }

  private func end() { state.withLock { $0.running -= 1 } }

  func connectionOpened(_ peer: Peer) { state.withLock { $0.open += 1 } }
  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {}
  func connectionClosed(_ peer: Peer, reason: Status?) {
    state.withLock {
      $0.open -= 1
      $0.reasons.append(reason)
    }
  }
  func callStarted(methodID: Int) {
    state.withLock {
      $0.slots += 1
      $0.slotsMost = max($0.slotsMost, $0.slots)
    }
  }
  func callFinished(_ call: CallSummary) {
    if call.hasStarted { state.withLock { $0.slots -= 1 } }
  }
}
