import Glibc
import GuobanAccess
import GuobanModel
import GuobanServer
import GuobanWire
import NIOCore
import Synchronization

/// A server as its clients have it: scripts may run in another process.
struct Stage: Sendable {
  let port: Int
  /// How much longer floods are than in a quick run.
  let effort: Int
  let backstage: any Backstage

  static let token = AccessToken(randomBytes: Array(0..<32)).text

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

  /// Waits on this thread until something is so behind the stage.
  func wait(for what: String, seconds: Double = 15, _ condition: (Seen) -> Bool) throws {
    for _ in 0..<Int(seconds * 500) {
      if condition(try backstage.seen) { return }
      usleep(2000)
    }
    throw BadSocket.Failure("waited \(seconds) s in vain: \(what)")
  }
}

/// What is behind a stage.
protocol Backstage: Sendable {
  var seen: Seen { get throws }
  /// Begins to stop the server.
  func drain() throws
}

/// What no client could see of a server.
struct Seen: Codable {
  /// Handlers that have begun and not ended.
  var running = 0
  /// The most at once.
  var runningMost = 0
  /// The most calls at once that the server had begun and not ended, those that wait for a thread among them.
  var slotsMost = 0
  /// Connections that were closed because their peer did not read.
  var cutOff = 0
}

/// A real server on a free port of the loopback, and what its handlers do.
struct StageServer: Backstage {
  let server: Server
  let handlers: StageHandlers
  private let port: Int
  private let effort: Int

  init(_ limits: (inout ServerConfiguration) -> Void, effort: Int) async throws {
    var configuration = ServerConfiguration()
    // A loaded machine may be slow to say Hello, and the many who connect here have one address and one name.
    configuration.handshakeTimeout = .seconds(60)
    configuration.connectionsPerAddressMax = configuration.connectionsMax
    configuration.requestsPerSecondMax = 10_000_000
    configuration.requestBurstMax = 10_000_000
    if Run.isMeasured { configuration.eventLoopThreads = Processors.ofServer }
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

  var stage: Stage { Stage(port: port, effort: effort, backstage: self) }
  var seen: Seen { handlers.seen }

  func drain() {
    Task.detached { [server] in await server.drain() }
  }
}

/// Methods that take their time, and what became of them.
final class StageHandlers: ServerObserver {
  private let state = Mutex(State())

  private struct State {
    var held: [ServerCall] = []
    var slots = 0
    var seen = Seen()
  }

  var seen: Seen { state.withLock { $0.seen } }

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
          call?.fail(Status(.cancelled, english: "told"))
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
        call?.fail(Status(.cancelled, english: "told"))
      }
      state.withLock { $0.held.append(call) }
    }
  }

  private func begin() {
    state.withLock {
      $0.seen.running += 1
      $0.seen.runningMost = max($0.seen.runningMost, $0.seen.running)
    }
  }

  private func end() { state.withLock { $0.seen.running -= 1 } }

  func connectionOpened(_ peer: Peer) {}
  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {}
  func connectionClosed(_ peer: Peer, reason: Status?) {
    guard let reason, reason.message.contains("does not read") else { return }
    state.withLock { $0.seen.cutOff += 1 }
  }
  func callStarted(methodID: Int) {
    state.withLock {
      $0.slots += 1
      $0.seen.slotsMost = max($0.seen.slotsMost, $0.slots)
    }
  }
  func callFinished(_ call: CallSummary) {
    if call.hasStarted { state.withLock { $0.slots -= 1 } }
  }
}
