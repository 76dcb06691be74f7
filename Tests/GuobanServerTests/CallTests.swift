import GuobanMessages
import GuobanModel
import GuobanServer
import GuobanWire
import NIOCore
import Testing

private func code(_ reply: RPC.Reply) -> Status.Code { Status.Code(number: reply.code) }

@Suite(.timeLimit(.minutes(1))) struct CallTests {
  @Test func helloTellsMethodsLimitsAndPermissions() async throws {
    try await TestServer.with(roles: [.checkpoint]) { test in
      let hello = try #require(try await test.greet().hello)
      #expect(hello.protocolVersions == [1])
      #expect(hello.permissions == ["connect", "recordTrip", "verifyPass"])
      #expect(hello.limits?.messageBytesMax == 4 << 20)
      #expect(hello.methods.map(\.id) == Array(1...UInt32(hello.methods.count)))
      #expect(hello.methods.first { $0.name == "/test/Stream" }?.serverStreaming == true)
    }
  }

  @Test func aMethodIsCalledByNameOrNumber() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let id = try #require(client.hello?.methods.first { $0.name == "/test/Echo" }?.id)
      client.send(RPC.Frame(streamId: 1, body: .call(.init(target: .methodId(id), message: [9], endStream: true))))
      #expect(try await client.nextReply().reply.message == [9])
      client.call("/test/Echo", [8], stream: 2)
      #expect(try await client.nextReply().reply.message == [8])
    }
  }

  @Test(arguments: [
    (RPC.Call(target: .method("/test/None"), endStream: true), Status.Code.unimplemented, "/test/None"),
    (RPC.Call(target: .methodId(0), endStream: true), .unimplemented, "id 0"),
    (RPC.Call(target: .methodId(4_000_000_000), endStream: true), .unimplemented, "4000000000"),
    (RPC.Call(endStream: true), .invalidArgument, "no method"),
    (RPC.Call(target: .method("/test/Echo")), .invalidArgument, "end_stream"),
    (RPC.Call(target: .method("/test/Throw"), endStream: true), .failedPrecondition, "as asked"),
  ])
  func aCallThatCannotRunEndsItsOwnStreamOnly(call: RPC.Call, expected: Status.Code, message: String) async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.send(RPC.Frame(streamId: 1, body: .call(call)))
      let (id, reply) = try await client.nextReply()
      #expect(id == 1 && code(reply) == expected)
      #expect(Status(reply, limits: .standard)?.englishMessage.contains(message) == true, "\(reply.statusMessage)")
      client.call("/test/Echo", [5], stream: 2)
      #expect(try await client.nextReply().reply.message == [5])
    }
  }

  @Test func aMissingPermissionIsNamed() async throws {
    try await TestServer.with(roles: [.viewer]) { test in
      let client = try await test.greet()
      client.call("/test/Guarded")
      let reply = try await client.nextReply().reply
      #expect(code(reply) == .permissionDenied)
      #expect(reply.statusMessage.contains("issuePass"))
    }
  }

  @Test func aMessageAtTheLimitIsTakenAndOnePastItEndsItsStreamOnly() async throws {
    try await TestServer.with({ $0.messageBytesMax = 1000 }) { test in
      let client = try await test.greet()
      for (method, at, past) in [
        ("/test/Echo", [UInt8](repeating: 1, count: 1000), [UInt8](repeating: 1, count: 1001)),
        ("/test/Large", Array("1000".utf8), Array("1001".utf8)),
      ] {
        client.call(method, at)
        #expect(try await client.nextReply().reply.message.count == 1000)
        client.call(method, past)
        #expect(code(try await client.nextReply().reply) == .resourceExhausted)
      }
      client.call("/test/Echo", [1])
      #expect(try await client.nextReply().reply.message == [1])
    }
  }

  @Test func oneStreamTooManyIsRefusedAndASlotComesBack() async throws {
    try await TestServer.with({ $0.streamsMax = 3 }) { test in
      let client = try await test.greet()
      for _ in 0..<3 { client.call("/test/Hold") }
      let fourth = client.call("/test/Hold")
      let (id, reply) = try await client.nextReply()
      #expect(id == fourth && code(reply) == .resourceExhausted)
      test.probe.releaseHeld()
      for _ in 0..<3 { #expect(code(try await client.nextReply().reply) == .ok) }
      client.call("/test/Echo", [1])
      #expect(code(try await client.nextReply().reply) == .ok)
    }
  }

  @Test func aDeadlineAnswersAtOnceAndStopsTheWork() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let began = ContinuousClock.now
      client.call("/test/Until", timeoutMs: 100)
      #expect(code(try await client.nextReply().reply) == .deadlineExceeded)
      #expect(ContinuousClock.now - began < .seconds(5))
      try await eventually("the worker stops") { test.probe.cancelled.count == 1 }
    }
  }

  @Test func aTimeoutOverTheMostIsShortened() async throws {
    try await TestServer.with({ $0.timeoutMax = .milliseconds(100) }) { test in
      let client = try await test.greet()
      client.call("/test/Hold", timeoutMs: 4_000_000_000)
      #expect(code(try await client.nextReply().reply) == .deadlineExceeded)
    }
  }

  @Test func aCancelledCallKeepsItsSlotUntilItsHandlerIsDone() async throws {
    try await TestServer.with({ $0.streamsMax = 2 }) { test in
      let client = try await test.greet()
      for _ in 0..<2 {
        let id = client.call("/test/Hold")
        client.send(RPC.Frame(streamId: id, body: .cancel(RPC.Cancel())))
      }
      try await eventually("both handlers are told") { test.probe.cancelled.count == 2 }
      client.call("/test/Echo")
      #expect(code(try await client.nextReply().reply) == .resourceExhausted)
      test.probe.releaseHeld()
      for _ in 0..<2 { #expect(code(try await client.nextReply().reply) == .cancelled) }
      client.call("/test/Echo", [1])
      #expect(code(try await client.nextReply().reply) == .ok)
    }
  }

  @Test func openingAndCancellingFastWinsNothing() async throws {
    try await TestServer.with({ $0.streamsMax = 10 }) { test in
      let client = try await test.greet()
      for _ in 0..<1000 {
        let id = client.call("/test/Hold")
        client.send(RPC.Frame(streamId: id, body: .cancel(RPC.Cancel())))
      }
      for _ in 0..<990 { #expect(code(try await client.nextReply().reply) == .resourceExhausted) }
      #expect(test.probe.held.count == 10)
    }
  }

  @Test func tooManyControlFramesEndTheConnection() async throws {
    try await TestServer.with({ $0.controlBurstMax = 20 }) { test in
      let client = try await test.greet()
      for _ in 0..<100 { client.send(RPC.Frame(body: .credit(RPC.Credit(bytes: 1)))) }
      #expect(Status.Code(number: try await client.goAway().code) == .resourceExhausted)
    }
  }

  @Test func aPingComesBackAsItWasAndAFloodEndsTheConnection() async throws {
    try await TestServer.with({ $0.pingBurstMax = 3 }) { test in
      let client = try await test.greet()
      for index in 0..<4 { client.send(RPC.Frame(body: .ping(RPC.Ping(payload: [UInt8(index), 42])))) }
      for index in 0..<3 {
        #expect(try await client.next()?.body == .ping(RPC.Ping(payload: [UInt8(index), 42], answer: true)))
      }
      let goAway = try await client.goAway()
      #expect(goAway.reason.contains("pings"))
    }
  }

  @Test func aClientThatIsKilledTellsTheHandler() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Hold")
      try await eventually("the call runs") { test.probe.held.count == 1 }
      try await client.kill()
      try await eventually("the handler is told") { test.probe.cancelled.map(\.code) == [.cancelled] }
    }
  }

  @Test func aCallThatItsHandlerForgetsIsAnsweredAllTheSame() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Hold")
      try await eventually("the call runs") { test.probe.held.count == 1 }
      test.probe.forgetHeld()
      let reply = try await client.nextReply().reply
      #expect(code(reply) == .internalError && reply.statusMessage.contains("没有应答"))
    }
  }

  @Test func aFullWorkerQueueIsSaidAtOnce() async throws {
    try await TestServer.with({
      $0.workerThreads = 1
      $0.workerQueueMax = 2
    }) { test in
      let client = try await test.greet()
      for _ in 0..<3 { client.call("/test/Until", timeoutMs: 2000) }
      client.call("/test/Worker")
      let reply = try await client.nextReply().reply
      #expect(code(reply) == .resourceExhausted && reply.statusMessage.contains("重试"))
      client.call("/test/Echo", [1])
      #expect(code(try await client.nextReply().reply) == .ok)
    }
  }

  @Test func observersHearOfEveryCall() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Echo")
      client.call("/test/Throw")
      for _ in 0..<2 { _ = try await client.nextReply() }
      #expect(Set(test.probe.finished.map(\.method)) == ["/test/Echo", "/test/Throw"])
      #expect(test.probe.finished.compactMap(\.status?.code) == [.failedPrecondition])
    }
  }
}
