import GuobanMessages
import GuobanWire
import Testing

@testable import GuobanServer

/// What a commit group's calls answer, from the thread that writes.
@Suite(.timeLimit(.minutes(1))) struct LetterBatchTests {
  @Test func answersOfAllConnectionsComeWithTheirBatch() async throws {
    try await TestServer.with({ $0.eventLoopThreads = 1 }) { test in
      let first = try await test.greet()
      let second = try await test.greet()
      let gone = try await test.greet()
      for (client, message) in [(first, 1), (second, 2), (gone, 3)] as [(RawClient, UInt8)] {
        client.call("/test/Hold", [message])
      }
      try await eventually("they run") { test.probe.held.count == 3 }
      let held = test.probe.held
      for call in held { call.reply(call.message, inBatch: true) }
      // One behind it that is in no batch rides along.
      first.call("/test/Hold", [4])
      try await eventually("it runs") { test.probe.held.count == 4 }
      try #require(test.probe.held.last).reply([4])
      try await gone.kill()
      try await eventually("it is gone") { test.probe.closed.count == 1 }
      #expect(test.probe.finished.count == 1, "its answer is counted though nobody reads it")

      // An event loop that nobody has told goes on with what it hears itself.
      for client in [first, second] {
        client.call("/test/Echo", [9])
        #expect(try await client.nextReply().reply.message == [9])
      }
      held[0].outlet.batch.deliver()
      #expect(try await first.nextReply().reply.message == [1])
      #expect(try await first.nextReply().reply.message == [4])
      #expect(try await second.nextReply().reply.message == [2])
    }
  }
}
