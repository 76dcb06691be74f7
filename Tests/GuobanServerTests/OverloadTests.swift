import GuobanMessages
import GuobanModel
import GuobanWire
import NIOCore
import Testing

@testable import GuobanServer

private func code(_ reply: RPC.Reply) -> Status.Code { Status.Code(number: reply.code) }

private func retryDelay(_ reply: RPC.Reply) -> Duration? {
  Status(reply, limits: .standard)?.retryDelay(limits: .standard)
}

/// The limits of the daemon as a whole, on real sockets.
@Suite(.timeLimit(.minutes(5))) struct OverloadTests {
  @Test func theCapOnRunningCallsHoldsOverAllConnectionsAndHealthIsExempt() async throws {
    try await TestServer.with({ $0.callsMax = 4 }) { test in
      let clients = [try await test.greet(), try await test.greet()]
      for client in clients { for _ in 0..<2 { client.call("/test/Hold", [1]) } }
      try await eventually("they run") { test.probe.held.count == 4 }
      for client in clients {
        client.call("/test/Echo")
        let reply = try await client.nextReply().reply
        #expect(code(reply) == .resourceExhausted && reply.statusMessage.contains("calls_max"))
        #expect(try #require(retryDelay(reply)) > .zero)
        client.call("/grpc.health.v1.Health/Check")
        #expect(code(try await client.nextReply().reply) == .ok)
        client.call("/test/Status", [8])
        #expect(try await client.nextReply().reply.message == [8])
      }
      test.probe.releaseHeld()
      for client in clients { for _ in 0..<2 { #expect(code(try await client.nextReply().reply) == .ok) } }
      clients[0].call("/test/Echo")
      #expect(code(try await clients[0].nextReply().reply) == .ok)
    }
  }

  @Test func aLongRequestIsNotExemptWhateverItAsks() async throws {
    try await TestServer.with({ $0.callsMax = 1 }) { test in
      let client = try await test.greet()
      client.call("/test/Hold")
      try await eventually("it runs") { test.probe.held.count == 1 }
      let long = Health.HealthCheckRequest(service: String(repeating: "x", count: 5000)).packed()
      client.call("/grpc.health.v1.Health/Check", long)
      let refused = try await client.nextReply().reply
      #expect(code(refused) == .resourceExhausted && refused.statusMessage.contains("calls_max"))
      test.probe.releaseHeld()
      #expect(code(try await client.nextReply().reply) == .ok)
      client.call("/grpc.health.v1.Health/Check", long)
      #expect(code(try await client.nextReply().reply) == .notFound)
      client.call("/test/Echo", [1])
      #expect(try await client.nextReply().reply.message == [1], "both gave back what they counted for")
    }
  }

  @Test func aCallTooManyOnAConnectionIsToldWhenToComeAgain() async throws {
    try await TestServer.with({ $0.streamsMax = 1 }) { test in
      let client = try await test.greet()
      client.call("/test/Hold")
      client.call("/test/Echo")
      let refused = try await client.nextReply().reply
      #expect(code(refused) == .resourceExhausted && refused.statusMessage.contains("streams_max"))
      #expect(try #require(retryDelay(refused)) > .zero)
      test.probe.releaseHeld()
    }
  }

  @Test func whatIsThereOfALongFrameCountsUntilItIsComplete() async throws {
    try await TestServer.with({ $0.requestBytesMax = 1 << 20 }) { test in
      // A frame of a megabyte, and most of it.
      let body = RPC.Frame(
        streamId: 1,
        body: .call(
          RPC.Call(target: .method("/test/Echo"), message: [UInt8](repeating: 7, count: 900_000), endStream: true)))
      var whole = ByteBuffer()
      FrameEncoder.write(body, into: &whole)
      let bytes = Array(whole.readableBytesView)
      let (begun, rest) = (Array(bytes.prefix(700_000)), Array(bytes.dropFirst(700_000)))
      let first = try await test.greet()
      first.send(begun)
      try await eventually("it counts") { test.server.context.load.running.bytes >= 600_000 }
      let second = try await test.greet()
      second.send(begun)
      let away = try await second.goAway()
      #expect(Status.Code(number: away.code) == .resourceExhausted && away.reason.contains("request_bytes_max"))
      #expect(away.retryAfterMs > 0)
      try await eventually("what is gone counts no more") { test.server.context.load.running.bytes <= 700_000 }
      first.send(rest)
      #expect(try await first.nextReply().reply.message.count == 900_000)
      try await eventually("nor does what is answered") { test.server.context.load.running.bytes == 0 }
    }
  }

  @Test func openingAndCancellingAndLeavingNeverGoesOverTheCap() async throws {
    try await TestServer.with({ $0.callsMax = 20 }) { test in
      for _ in 0..<10 {
        let client = try await test.greet()
        for _ in 0..<100 {
          let id = client.call("/test/Hold")
          client.send(RPC.Frame(streamId: id, body: .cancel(RPC.Cancel())))
        }
        client.call("/grpc.health.v1.Health/Check")
        while try await client.nextReply().id != 101 {}
        try await client.kill()
      }
      // The connections are gone, and their handlers still run: they count until they are done.
      #expect(test.probe.held.count == 20)
      let client = try await test.greet()
      client.call("/test/Echo")
      #expect(code(try await client.nextReply().reply) == .resourceExhausted)
      test.probe.releaseHeld()
      client.call("/test/Echo")
      #expect(code(try await client.nextReply().reply) == .ok)
    }
  }

  @Test func aPrincipalsRateHoldsOverItsConnectionsAndHealthIsExempt() async throws {
    try await TestServer.with({
      $0.requestsPerSecondMax = 1
      $0.requestBurstMax = 3
    }) { test in
      let clients = [try await test.greet(), try await test.greet()]
      let began = ContinuousClock.now
      var answered = 0
      for client in clients {
        for _ in 0..<40 { client.call("/test/Echo") }
        var refused = 0
        for _ in 0..<40 {
          let reply = try await client.nextReply().reply
          guard code(reply) != .ok else {
            answered += 1
            continue
          }
          refused += 1
          #expect(code(reply) == .resourceExhausted && reply.statusMessage.contains("requests_per_second_max"))
          let delay = try #require(retryDelay(reply))
          #expect(delay > .zero && delay <= .seconds(1))
        }
        #expect(refused > 0)
        client.call("/grpc.health.v1.Health/Check")
        #expect(code(try await client.nextReply().reply) == .ok)
      }
      let seconds = Int((ContinuousClock.now - began).components.seconds)
      #expect(answered >= 3 && answered <= 3 + seconds + 1, "\(answered) calls in \(seconds) s")
      try await Task.sleep(for: .milliseconds(1100))
      clients[1].call("/test/Echo")
      #expect(code(try await clients[1].nextReply().reply) == .ok)
    }
  }

  @Test func aQueueThatDoesNotMoveRefusesAtOnceAndHealthHasItsOwnThreads() async throws {
    try await TestServer.with({
      $0.workerThreads = 1
      $0.workerQueueTimeout = .milliseconds(100)
    }) { test in
      let client = try await test.greet()
      client.call("/test/Until", timeoutMs: 600_000)
      try await Task.sleep(for: .milliseconds(20))
      let waiting = client.call("/test/Worker")
      try await Task.sleep(for: .milliseconds(300))
      let refused = client.call("/test/Worker")
      let (id, reply) = try await client.nextReply()
      #expect(id == refused && code(reply) == .unavailable && retryDelay(reply) != nil)
      client.call("/test/Status", [2])
      #expect(try await client.nextReply().reply.message == [2])
      client.send(RPC.Frame(streamId: 1, body: .cancel(RPC.Cancel())))
      // The one that waited in vain is told so when a thread looks at it.
      var replies: [UInt32: Status.Code] = [:]
      for _ in 0..<2 {
        let (id, reply) = try await client.nextReply()
        replies[id] = code(reply)
      }
      #expect(replies == [1: .cancelled, waiting: .unavailable])
    }
  }

  @Test func oneAddressCannotTakeAllPlaces() async throws {
    try await TestServer.with({ $0.connectionsPerAddressMax = 2 }) { test in
      let first = try await test.greet()
      let second = try await test.greet()
      let third = try await test.connect()
      #expect(try await third.goAway().reason.contains("connections_per_address_max"))
      try await first.kill()
      try await eventually("it is gone") { test.probe.closed.count == 1 }
      let fourth = try await test.greet()
      for client in [second, fourth] {
        client.call("/test/Echo", [1])
        #expect(try await client.nextReply().reply.message == [1])
      }
    }
  }

  @Test func peersThatSayNothingMakeRoomForOthers() async throws {
    try await TestServer.with({ $0.greetingsMax = 3 }) { test in
      var silent: [RawClient] = []
      for _ in 0..<3 { silent.append(try await test.connect()) }
      // Ten times as many as may be silent, each of which says Hello.
      for _ in 0..<30 {
        let client = try await test.greet()
        client.call("/test/Echo", [1])
        #expect(try await client.nextReply().reply.message == [1])
      }
      let goAway = try await silent[0].goAway()
      #expect(goAway.reason.contains("greetings_max") && Status.Code(number: goAway.code) == .resourceExhausted)
    }
  }

  @Test func aFrameThatIsNotFinishedInTimeEndsTheConnection() async throws {
    try await TestServer.with({ $0.frameTimeout = .milliseconds(300) }) { test in
      let client = try await test.greet()
      let frame: [UInt8] = [0, 0, 0, 0, 100]
      for byte in frame {
        client.send([byte])
        try await Task.sleep(for: .milliseconds(10))
      }
      let other = try await test.greet()
      let goAway = try await client.goAway()
      #expect(Status.Code(number: goAway.code) == .deadlineExceeded && goAway.reason.contains("frame_timeout"))
      other.call("/test/Echo", [1])
      #expect(try await other.nextReply().reply.message == [1], "silence between frames is no offence")
    }
  }

  @Test func openWatchesDoNotHoldUpADrain() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      for _ in 0..<3 {
        client.call("/grpc.health.v1.Health/Watch")
        guard case .data = try await client.next()?.body else { throw RawClient.Unexpected() }
      }
      let began = ContinuousClock.now
      await test.server.drain(timeout: .seconds(60))
      #expect(ContinuousClock.now - began < .seconds(30))
      var replies: [Status.Code] = []
      while let frame = try await client.next() {
        if case .reply(let reply) = frame.body { replies.append(code(reply)) }
      }
      #expect(replies == [.unavailable, .unavailable, .unavailable])
    }
  }

  @Test func aSlowReaderThatBeginsToReadLearnsWhyItWasCutOff() async throws {
    try await TestServer.with({
      $0.outboundBytesMax = 1 << 20
      $0.lingerTimeout = .seconds(20)
    }) { test in
      let slow = try await test.greet()
      try await slow.stopReading()
      slow.call("/test/Hold")
      for _ in 0..<100 { slow.call("/test/Large", Array("300000".utf8)) }
      try await eventually("it is cut off") { test.probe.cancelled.map(\.code) == [.resourceExhausted] }
      try await slow.startReading()
      let goAway = try await slow.goAway()
      #expect(Status.Code(number: goAway.code) == .resourceExhausted && goAway.reason.contains("outbound_bytes_max"))
    }
  }
}

/// Who waits for whom on one connection.
@Suite(.timeLimit(.minutes(5))) struct FairnessTests {
  @Test func pingsAndCallsAreAnsweredWhileAHundredMegabytesRun() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      try await client.readOnDemand()
      let size = 256 << 10
      let count = 400
      let bulk = client.call("/test/Stream", Array("\(count)x\(size)".utf8))
      client.send(RPC.Frame(streamId: bulk, body: .credit(RPC.Credit(bytes: .max))))
      client.send(RPC.Frame(body: .credit(RPC.Credit(bytes: .max))))
      var received = 0
      var receivedAtAsking = 0
      var waits: [Int] = []
      var answers = 0
      func ask() {
        receivedAtAsking = received
        if answers.isMultiple(of: 2) { client.call("/test/Echo", [1]) } else { client.call("/test/Worker", [2]) }
      }
      ask()
      while let frame = try await client.next() {
        if frame.streamId == bulk {
          guard case .data(let data) = frame.body else { break }
          received += data.message.count
        } else {
          answers += 1
          waits.append(received - receivedAtAsking)
          ask()
        }
      }
      try #require(received == size * count && !waits.isEmpty)
      let (median, worst) = (waits.sorted()[waits.count / 2], waits.max() ?? .max)
      print(
        "fairness: \(answers) calls answered beside \(received >> 20) MiB, "
          + "after \(median >> 10) KiB of it (median), \(worst >> 10) KiB (most)")
      // What the socket and the kernels had taken already, and one message; without scheduling it would be all.
      #expect(answers >= 10 && median <= 4 << 20)
    }
  }

  @Test func aWatchsSmallMessagesComeBesideAnExportThatTakesAllItCan() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let bulk = client.call("/test/Stream", Array("400x65536".utf8))
      let small = client.call("/test/Stream", Array("200x100".utf8))
      client.send(RPC.Frame(streamId: bulk, body: .credit(RPC.Credit(bytes: .max))))
      // The connection's credit comes back as a client would give it.
      var bulkBytes = 0
      var smallCount = 0
      var bulkWhenSmallWasDone = 0
      var pending = 0
      while let frame = try await client.next() {
        if case .data(let data) = frame.body {
          pending += data.message.count
          if pending >= 512 << 10 {
            client.send(RPC.Frame(body: .credit(RPC.Credit(bytes: UInt32(pending)))))
            pending = 0
          }
          if frame.streamId == bulk { bulkBytes += data.message.count } else { smallCount += 1 }
        } else if case .reply = frame.body {
          if frame.streamId == small { bulkWhenSmallWasDone = bulkBytes } else { break }
        }
      }
      #expect(smallCount == 200 && bulkBytes == 400 * 65_536)
      #expect(bulkWhenSmallWasDone < bulkBytes, "the small ones were through before the export was")
    }
  }
}
