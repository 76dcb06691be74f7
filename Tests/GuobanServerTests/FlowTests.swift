import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct FlowTests {
  @Test func aStreamSendsItsCreditAndOneMessageAheadAtMost() async throws {
    try await TestServer.with({ $0.streamCreditBytes = 1000 }) { test in
      let client = try await test.greet()
      let id = client.call("/test/Stream", Array("10x300".utf8))
      // 300 × 4 = 1200 is the first sum over 1000.
      for _ in 0..<4 { #expect(try await data(client)?.count == 300) }
      try await Task.sleep(for: .milliseconds(100))
      #expect(test.probe.sent == 4)
      client.send(RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: 201))))
      #expect(try await data(client)?.count == 300)
      client.send(RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: .max))))
      for _ in 0..<5 { #expect(try await data(client)?.count == 300) }
      #expect(try await client.nextReply().reply.code == 0)
    }
  }

  @Test func theConnectionsCreditHoldsForAllStreamsTogether() async throws {
    try await TestServer.with({ $0.connectionCreditBytes = 1000 }) { test in
      let client = try await test.greet()
      for _ in 0..<2 { client.call("/test/Stream", Array("10x500".utf8)) }
      for _ in 0..<2 { _ = try await data(client) }
      try await Task.sleep(for: .milliseconds(100))
      #expect(test.probe.sent == 2)
      client.send(RPC.Frame(body: .credit(RPC.Credit(bytes: 1 << 20))))
      var replies = 0
      while replies < 2 { if case .reply = try await client.next()?.body { replies += 1 } }
      #expect(test.probe.sent == 20)
    }
  }

  @Test func smallRepliesComeWhileStreamsWaitForTheirReader() async throws {
    try await TestServer.with({
      $0.streamCreditBytes = 1000
      $0.streamThreads = 1
    }) { test in
      let client = try await test.greet()
      for _ in 0..<3 { client.call("/test/Stream", Array("100x1000".utf8)) }
      _ = try await data(client)
      client.call("/test/Worker", [7])
      #expect(try await client.nextReply().reply.message == [7])
    }
  }

  @Test func aReaderThatDoesNotReadIsCutOffAndNobodyElseWaits() async throws {
    try await TestServer.with({ $0.outboundBytesMax = 4 << 20 }) { test in
      let slow = try await test.greet()
      try await slow.stopReading()
      for _ in 0..<100 { slow.call("/test/Large", Array("1000000".utf8)) }
      try await eventually("it is cut off") { test.probe.closed.count == 1 }
      #expect(test.probe.closed.first??.code == .resourceExhausted)
      let other = try await test.greet()
      other.call("/test/Echo", [1])
      #expect(try await other.nextReply().reply.message == [1])
    }
  }

  @Test func aSocketThatTakesNothingForTooLongIsCutOff() async throws {
    try await TestServer.with({ $0.outboundStallTimeout = .milliseconds(300) }) { test in
      let slow = try await test.greet()
      try await slow.stopReading()
      let id = slow.call("/test/Stream", Array("1000x100000".utf8))
      slow.send(RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: .max))))
      slow.send(RPC.Frame(body: .credit(RPC.Credit(bytes: .max))))
      try await eventually("it is cut off") { test.probe.closed.count == 1 }
      #expect(test.probe.closed.first??.message.contains("does not read") == true)
      try await eventually("its handler stops") { test.probe.cancelled.count == 1 }
    }
  }

  @Test func aClientKilledInMidStreamStopsTheWorkerThatWaits() async throws {
    try await TestServer.with({ $0.streamCreditBytes = 10 }) { test in
      let client = try await test.greet()
      client.call("/test/Stream", Array("10x100".utf8))
      _ = try await data(client)
      try await client.kill()
      try await eventually("the worker stops") { test.probe.cancelled.count == 1 }
    }
  }

  @Test func aDeadlineWakesTheWorkerThatWaitsForCredit() async throws {
    try await TestServer.with({ $0.streamCreditBytes = 10 }) { test in
      let client = try await test.greet()
      client.call("/test/Stream", Array("10x100".utf8), timeoutMs: 100)
      _ = try await data(client)
      #expect(Status.Code(number: try await client.nextReply().reply.code) == .deadlineExceeded)
      try await eventually("the worker stops") { test.probe.cancelled.map(\.code) == [.deadlineExceeded] }
    }
  }

  private func data(_ client: RawClient) async throws -> [UInt8]? {
    guard case .data(let data) = try await client.next()?.body else { return nil }
    return data.message
  }
}
