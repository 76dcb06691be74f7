import Glibc
import GuobanAccess
import GuobanMessages
import GuobanServer
import GuobanTestSupport
import GuobanWire
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServerLifeTests {
  @Test func aDrainLetsRunningCallsEndAndTakesNoNewOnes() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Hold", [6])
      try await eventually("the call runs") { test.probe.held.count == 1 }
      async let drained: Void = test.server.drain()
      guard case .goAway(let goAway) = try await client.next()?.body else { throw RawClient.Unexpected() }
      #expect(goAway.code == 0 && goAway.lastStreamId == 1 && goAway.graceMs == 5000)
      client.call("/test/Echo")
      #expect(Status.Code(number: try await client.nextReply().reply.code) == .unavailable)
      await #expect(throws: (any Error).self) { try await test.greet() }
      test.probe.releaseHeld()
      let last = try await client.nextReply()
      #expect(last.id == 1 && last.reply.message == [6])
      #expect(try await client.next() == nil)
      await drained
    }
  }

  @Test func aDrainEndsAfterItsTimeWhateverStillRuns() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Until")
      client.call("/test/Echo")
      _ = try await client.nextReply()
      let began = ContinuousClock.now
      await test.server.drain(timeout: .milliseconds(200))
      #expect(ContinuousClock.now - began < .seconds(20))
      #expect(test.probe.cancelled.count == 1)
    }
  }

  @Test func oneConnectionTooManyIsToldSo() async throws {
    try await TestServer.with({ $0.connectionsMax = 2 }) { test in
      let first = try await test.greet()
      let second = try await test.greet()
      let third = try await test.connect()
      let away = try await third.goAway()
      #expect(Status.Code(number: away.code) == .resourceExhausted && away.retryAfterMs > 0)
      try await first.kill()
      try await second.kill()
      try await eventually("both are gone") { test.probe.closed.count == 2 }
      _ = try await test.greet()
    }
  }

  @Test func theUnixSocketHasAFewPlacesMore() async throws {
    let folder = try TemporaryFolder()
    try await TestServer.with({ $0.connectionsMax = 1 }, on: .unix(path: folder.path + "/s")) { test in
      var inside: [RawClient] = []
      for _ in 0..<9 { inside.append(try await test.greet()) }
      let one = try await test.connect()
      #expect(Status.Code(number: try await one.goAway().code) == .resourceExhausted)
      inside[8].call("/test/Echo", [1])
      #expect(try await inside[8].nextReply().reply.message == [1])
    }
  }

  @Test func aCrowdThatFindsNoRoomHearsWhyAndIsForgotten() async throws {
    try await TestServer.with({
      $0.connectionsMax = 1
      $0.lingerTimeout = .milliseconds(200)
    }) { test in
      let first = try await test.greet()
      var crowd: [RawClient] = []
      for _ in 0..<100 { crowd.append(try await test.connect()) }
      for client in crowd {
        let goAway = try await client.goAway()
        #expect(Status.Code(number: goAway.code) == .resourceExhausted && goAway.reason.contains("connections_max"))
      }
      // None of them has become a connection.
      #expect(test.probe.closed.count == 0)
      let late = try RefusedPeer(of: test.endpoint)
      #expect(late.hearsTheEnd())
      #expect(late.mayWrite(), "its last words may still be on their way")
      try await eventually("its socket is closed") { !late.mayWrite() }
      first.call("/test/Echo", [1])
      #expect(try await first.nextReply().reply.message == [1])
    }
  }

  @Test func anIdleConnectionIsClosedButNotOneWithACall() async throws {
    try await TestServer.with({ $0.idleTimeout = .seconds(2) }) { test in
      let busy = try await test.greet()
      busy.call("/test/Hold", [1])
      let idle = try await test.greet()
      #expect(try await idle.goAway().reason.contains("idle"))
      try await Task.sleep(for: .milliseconds(2500))
      test.probe.releaseHeld()
      #expect(try await busy.nextReply().reply.message == [1])
    }
  }

  @Test func aUnixSocketIsForOwnerAndGroupAndGoesAwayWithItsServer() async throws {
    let path = temporaryPath()
    try await TestServer.with(on: .unix(path: path)) { test in
      var about = stat()
      #expect(stat(path, &about) == 0 && about.st_mode & 0o777 == 0o660)
      let client = try await test.connect()
      try await client.greet(token: getuid() == 0 ? "" : TestServer.token.text)
      #expect(client.hello?.principal == "uid:\(getuid())")
    }
    #expect(access(path, F_OK) != 0)
  }

  @Test func aStaleSocketFileIsReplacedAndALivingOneIsNot() async throws {
    let path = temporaryPath()
    leaveStaleSocket(path)
    #expect(access(path, F_OK) == 0)
    try await TestServer.with(on: .unix(path: path)) { _ in
      let error = await #expect(throws: Status.self) {
        try await TestServer.with(on: .unix(path: path)) { _ in }
      }
      #expect(error?.code == .alreadyExists)
      #expect(access(path, F_OK) == 0)
    }
  }

  @Test func anAddressThatIsTakenIsNamed() async throws {
    try await TestServer.with { test in
      let error = await #expect(throws: Status.self) { try await TestServer.with(on: test.endpoint) { _ in } }
      #expect(error?.message.contains(test.endpoint.description) == true)
    }
  }

  @Test func healthIsCheckedAndWatched() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/grpc.health.v1.Health/Check")
      #expect(try await status(client.nextReply().reply.message) == .serving)
      client.call("/grpc.health.v1.Health/Check", Health.HealthCheckRequest(service: "none").packed())
      #expect(Status.Code(number: try await client.nextReply().reply.code) == .notFound)
      let watch = client.call("/grpc.health.v1.Health/Watch", Health.HealthCheckRequest(service: "ledger").packed())
      let steps: [(set: HealthBoard.ServingStatus?, expected: HealthBoard.ServingStatus)] = [
        (nil, .serviceUnknown), (.serving, .serving), (.notServing, .notServing),
      ]
      for (set, expected) in steps {
        if let set { test.server.health.set(set, service: "ledger") }
        guard case .data(let data) = try await client.next()?.body else { throw RawClient.Unexpected() }
        #expect(try status(data.message) == expected)
      }
      client.send(RPC.Frame(streamId: watch, body: .cancel(RPC.Cancel())))
      #expect(Status.Code(number: try await client.nextReply().reply.code) == .cancelled)
    }
  }

  @Test func describeGivesTheDescriptorSet() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/guoban.rpc.v1.ReflectionService/Describe")
      let reply = try await client.nextReply().reply
      let response = try RPC.DescribeResponse(packed: reply.message, limits: .standard)
      #expect(response.fileDescriptorSet == DescriptorSet.packed && !response.fileDescriptorSet.isEmpty)
    }
  }

  private func status(_ bytes: [UInt8]) throws -> Health.HealthCheckResponse.ServingStatus {
    try Health.HealthCheckResponse(packed: bytes, limits: .standard).status
  }

  private func temporaryPath() -> String { "/tmp/guoban-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock" }

  /// What a daemon that was killed leaves: a bound socket that nobody holds any more.
  private func leaveStaleSocket(_ path: String) {
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(socket)
  }
}

/// A peer that sees whether the other end of its socket is still there.
private final class RefusedPeer {
  private let descriptor: CInt

  init(of endpoint: Endpoint) throws {
    guard case .tcp(let host, let port) = endpoint else { throw RawClient.Unexpected() }
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    let address = try SocketAddress(ipAddress: host, port: port)
    let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
    guard result == 0 else { throw RawClient.Unexpected() }
  }

  deinit { close(descriptor) }

  /// Something comes, and then the end.
  func hearsTheEnd() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var total = 0
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return count == 0 && total > 0 }
      total += count
    }
  }

  /// False once the other end is closed and has said so.
  func mayWrite() -> Bool { send(descriptor, [0], 1, CInt(MSG_NOSIGNAL)) == 1 }
}
