import GuobanMessages
import GuobanServer
import GuobanWire
import GuobanZstd
import NIOCore
import Testing

/// Frames that are unpacked beside the event loop: what comes after them waits, and others do not.
@Suite(.timeLimit(.minutes(1))) struct LongFrameTests {
  @Test(arguments: [128 << 10, 200_000, 4 << 20]) func aLongCallIsAnsweredBeforeWhatFollowsIt(bytes: Int) async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let long = Self.message(bytes)
      let ids = [client.call("/test/Echo", long), client.call("/test/Echo", [1]), client.call("/test/Echo", long)]
      for (id, message) in zip(ids, [long, [1], long]) {
        let answer = try await client.nextReply()
        #expect(answer.id == id && answer.reply.message == message)
      }
    }
  }

  @Test func anotherOnTheSameConnectionWaitsAndANewConnectionIsServed() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let long = Self.message(400_000)
      for _ in 0..<20 { client.call("/test/Echo", long) }
      let other = try await test.greet()
      other.call("/test/Echo", [9])
      #expect(try await other.nextReply().reply.message == [9])
      for _ in 0..<20 { #expect(try await client.nextReply().reply.message == long) }
    }
  }

  @Test func aFrameThatBecomesLongIsUnpackedBesideAsWell() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let zeros = [UInt8](repeating: 0, count: 1 << 20)
      let call = RPC.Call(target: .method("/test/Echo"), message: zeros, endStream: true)
      let packed = try ZstdFrame.pack(RPC.Frame(streamId: 1, body: .call(call)).packed(), level: 1)
      #expect(packed.count < 10_000)
      client.send([1] + withUnsafeBytes(of: UInt32(packed.count).bigEndian) { Array($0) } + packed)
      #expect(try await client.nextReply().reply.message == zeros)
    }
  }

  @Test(arguments: [false, true]) func aLongFrameThatIsNoneEndsTheConnection(isCompressed: Bool) async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let count = 1 << 20
      client.send([isCompressed ? 1 : 0] + withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) })
      client.send([UInt8](repeating: 0xFF, count: count))
      client.call("/test/Echo", [1])
      #expect(try await client.goAway().code == Status.Code.invalidArgument.number)
    }
  }

  @Test func whoGoesMeanwhileLeavesNothingBehind() async throws {
    try await TestServer.with { test in
      let long = Self.message(1 << 20)
      for _ in 0..<10 {
        let client = try await test.greet()
        for _ in 0..<3 { client.call("/test/Echo", long) }
        try await client.kill()
      }
      try await eventually("all are closed") { test.probe.closed.count == 10 }
      let client = try await test.greet()
      client.call("/test/Echo", [2])
      #expect(try await client.nextReply().reply.message == [2])
    }
  }

  @Test func theServerStopsWhileLongFramesCome() async throws {
    try await TestServer.with { test in
      let clients = [try await test.greet(), try await test.greet()]
      let long = Self.message(1 << 20)
      for client in clients { for _ in 0..<5 { client.call("/test/Echo", long) } }
      await test.server.drain(timeout: .zero)
      #expect(test.probe.closed.count == 2)
    }
  }

  /// Another byte in every place, so that nothing is taken for something else.
  private static func message(_ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
}
