import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore
import Testing

private func code(_ reply: RPC.Reply) -> Status.Code { Status.Code(number: reply.code) }

/// Client-streaming and bidirectional calls on real sockets.
@Suite(.timeLimit(.minutes(5))) struct StreamTests {
  @Test func helloSaysWhichMethodsTakeManyMessages() async throws {
    try await TestServer.with { test in
      let methods = try #require(try await test.greet().hello).methods
      #expect(methods.filter { $0.clientStreaming && $0.serverStreaming }.map(\.name) == ["/test/Chat"])
      #expect(methods.first { $0.name == "/test/Sum" }?.clientStreaming == true)
    }
  }

  @Test(arguments: ["/test/Sum", "/test/Count"])
  func messagesArriveInOrderFromCallAndData(method: String) async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let cases: [(first: [UInt8], data: [[UInt8]], last: [UInt8]?, sum: String, count: String)] = [
        ([], [], nil, "0", "0 0"), ([5], [], nil, "5", "1 1"), ([], [[1, 2], [], [3]], [4], "10", "4 4"),
        ([9], [[1]], [], "10", "2 2"),
      ]
      for (first, data, last, sum, count) in cases {
        let id = client.call(method, first, endStream: last == nil)
        for message in data { client.data(id, message) }
        if let last { client.data(id, last, endStream: true) }
        let reply = try await client.nextReply()
        #expect(reply.id == id && code(reply.reply) == .ok)
        #expect(String(decoding: reply.reply.message, as: UTF8.self) == (method == "/test/Sum" ? sum : count))
      }
    }
  }

  @Test func bothSidesTalkAtOnce() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let id = client.call("/test/Chat", endStream: false)
      for round in 0..<100 {
        client.data(id, [UInt8(round)])
        guard case .data(let data) = try await client.next()?.body else { throw RawClient.Unexpected() }
        #expect(data.message == [UInt8(round)])
      }
      client.data(id, [], endStream: true)
      #expect(try await client.nextReply().reply.message == Array("bye".utf8))
    }
  }

  @Test func whatThreadsSendKeepsItsOrderWhenTheEventLoopSendsInBetween() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Nested")
      var messages: [[UInt8]] = []
      while case .data(let data) = try await client.next()?.body { messages.append(data.message) }
      #expect(messages == [[1], [2], [3]])
    }
  }

  @Test(arguments: ["/test/Sum", "/test/Count"])
  func creditComesBackAsMessagesAreConsumed(method: String) async throws {
    try await TestServer.with({
      $0.streamCreditBytes = 1000
      $0.connectionCreditBytes = 3000
    }) { test in
      let client = try await test.greet()
      let id = client.call(method, endStream: false)
      var credits: [UInt32: Int] = [id: 1000, 0: 3000]
      for _ in 0..<200 {
        while credits.values.contains(where: { $0 <= 0 }) {
          guard let frame = try await client.next(), case .credit(let credit) = frame.body else {
            throw RawClient.Unexpected()
          }
          credits[frame.streamId, default: 0] += Int(credit.bytes)
        }
        client.data(id, [UInt8](repeating: 1, count: 300))
        for stream in [0, id] { credits[stream, default: 0] -= 300 }
      }
      client.data(id, [], endStream: true)
      while let frame = try await client.next() {
        guard case .reply(let reply) = frame.body else { continue }
        #expect(
          String(decoding: reply.message, as: UTF8.self) == (method == "/test/Sum" ? "60000" : "200 60000"),
          "\(reply.statusMessage)")
        break
      }
    }
  }

  @Test func moreThanTheStreamsCreditEndsTheStreamAndTheConnectionLives() async throws {
    try await TestServer.with({ $0.streamCreditBytes = 1000 }) { test in
      let client = try await test.greet()
      let id = client.call("/test/Deaf", endStream: false)
      client.data(id, [UInt8](repeating: 1, count: 999))
      client.data(id, [UInt8](repeating: 1, count: 999))
      client.call("/test/Echo", [4])
      #expect(try await client.nextReply().reply.message == [4], "at the limit nothing happens")
      client.data(id, [1])
      let (ended, reply) = try await client.nextReply()
      #expect(ended == id && code(reply) == .resourceExhausted && reply.statusMessage.contains("stream_credit_bytes"))
      for _ in 0..<100 { client.data(id, [1]) }
      client.call("/test/Echo", [5])
      #expect(try await client.nextReply().reply.message == [5])
      #expect(test.probe.cancelled.map(\.code) == [.resourceExhausted], "its handler was told why")
    }
  }

  @Test func moreThanTheConnectionsCreditEndsTheConnection() async throws {
    try await TestServer.with({ $0.connectionCreditBytes = 100 }) { test in
      let client = try await test.greet()
      let id = client.call("/test/Deaf", endStream: false)
      // One write and so one read: credit that comes back for the first message cannot have been waited for.
      func send(_ counts: [Int]) {
        var bytes = ByteBuffer()
        for count in counts {
          let message = [UInt8](repeating: 0, count: count)
          FrameEncoder.write(RPC.Frame(streamId: id, body: .data(RPC.Data(message: message))), into: &bytes)
        }
        client.send(Array(bytes.readableBytesView))
      }
      send([99, 500])
      #expect(try await client.next()?.body == .credit(RPC.Credit(bytes: 599)))
      send([100, 1])
      let goAway = try await client.goAway()
      #expect(Status.Code(number: goAway.code) == .resourceExhausted)
      #expect(goAway.reason.contains("connection_credit_bytes"))
    }
  }

  @Test func aHandlerThatDoesNotConsumeHoldsUpNobodyElse() async throws {
    try await TestServer.with({ $0.connectionCreditBytes = 300 << 10 }) { test in
      let client = try await test.greet()
      // Three streams full to their credit are more than the connection's.
      for _ in 0..<3 {
        let deaf = client.call("/test/Deaf", endStream: false)
        client.data(deaf, [UInt8](repeating: 0, count: 256 << 10))
        guard case .credit(let credit) = try await client.next()?.body else { throw RawClient.Unexpected() }
        #expect(credit.bytes == 256 << 10)
      }
      let sum = client.call("/test/Sum", endStream: false)
      client.data(sum, [7], endStream: true)
      client.call("/test/Echo", [1])
      var replies: [UInt32: [UInt8]] = [:]
      while replies.count < 2, let frame = try await client.next() {
        if case .reply(let reply) = frame.body { replies[frame.streamId] = reply.message }
      }
      #expect(replies[sum] == Array("7".utf8))
    }
  }

  @Test func theMemoryForRequestsIsBoundedOverAllConnections() async throws {
    try await TestServer.with({ $0.requestBytesMax = 100_000 }) { test in
      let first = try await test.greet()
      let second = try await test.greet()
      let held = first.call("/test/Deaf", endStream: false)
      first.data(held, [UInt8](repeating: 0, count: 60_000))
      first.call("/test/Echo", [1])
      #expect(try await first.nextReply().reply.message == [1])
      let refused = second.call("/test/Deaf", endStream: false)
      second.data(refused, [UInt8](repeating: 0, count: 60_000))
      let (id, reply) = try await second.nextReply()
      #expect(id == refused && reply.statusMessage.contains("request_bytes_max"))
      second.call("/test/Echo", [UInt8](repeating: 0, count: 60_000))
      #expect(code(try await second.nextReply().reply) == .resourceExhausted, "unary requests count too")
      // The handler of the first is done, and its memory is free.
      test.probe.releaseHeld()
      #expect(code(try await first.nextReply().reply) == .ok)
      second.call("/test/Echo", [UInt8](repeating: 0, count: 60_000))
      #expect(code(try await second.nextReply().reply) == .ok)
    }
  }

  @Test func aClientThatSendsNothingFreesItsThread() async throws {
    try await TestServer.with({
      $0.streamStallTimeout = .milliseconds(200)
      $0.streamThreads = 1
    }) { test in
      let client = try await test.greet()
      let id = client.call("/test/Sum", endStream: false)
      let (stalled, reply) = try await client.nextReply()
      #expect(stalled == id && code(reply) == .deadlineExceeded && reply.statusMessage.contains("stream_stall_timeout"))
      client.call("/test/Sum", [3])
      #expect(try await client.nextReply().reply.message == Array("3".utf8))
    }
  }

  @Test func aReaderThatGrantsNothingFreesItsThread() async throws {
    try await TestServer.with({
      $0.streamStallTimeout = .milliseconds(200)
      $0.streamCreditBytes = 10
    }) { test in
      let client = try await test.greet()
      client.call("/test/Stream", Array("5x100".utf8))
      guard case .data = try await client.next()?.body else { throw RawClient.Unexpected() }
      let reply = try await client.nextReply().reply
      #expect(code(reply) == .deadlineExceeded && reply.statusMessage.contains("takes no more Data"))
    }
  }

  @Test func cancelAndDisconnectWakeAHandlerThatWaitsForAMessage() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      var ids: [UInt32] = []
      for _ in 0..<2 {
        let id = client.call("/test/Chat", [1], endStream: false)
        guard case .data = try await client.next()?.body else { throw RawClient.Unexpected() }
        ids.append(id)
      }
      client.send(RPC.Frame(streamId: ids[0], body: .cancel(RPC.Cancel())))
      #expect(code(try await client.nextReply().reply) == .cancelled)
      #expect(test.probe.cancelled.map(\.code) == [.cancelled])
      try await client.kill()
      try await eventually("the second is told") { test.probe.cancelled.count == 2 }
    }
  }
}
