import Dispatch
import GuobanMessages
import GuobanWire
import GuobanZstd
import NIOCore
import Testing

@testable import GuobanServer

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

  @Test(arguments: [false, true]) func onlyWhoSentALongFrameWaitsForIt(isCompressed: Bool) async throws {
    try await TestServer.with({ $0.eventLoopThreads = 1 }) { test in
      let client = try await test.greet()
      let other = try await test.greet()
      let release = try await Self.hold(test.server.context.workers.unpacking)
      let long = isCompressed ? [UInt8](repeating: 0, count: 1 << 20) : Self.message(1 << 20)
      let frame = RPC.Frame(
        streamId: 1, body: .call(.init(target: .method("/test/Echo"), message: long, endStream: true)))
      if isCompressed { client.send(try Self.zstdFrame(frame)) } else { client.send(frame) }
      client.call("/test/Echo", [1], stream: 2)
      other.call("/test/Echo", [9])
      #expect(try await other.nextReply().reply.message == [9])
      try await Task.sleep(for: .milliseconds(100))
      #expect(test.probe.finished.count == 1, "the long call, and what follows it, wait")
      release.signal()
      for message in [long, [1]] { #expect(try await client.nextReply().reply.message == message) }
    }
  }

  @Test func aDeadlineRunsFromWhenTheFrameCame() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let release = try await Self.hold(test.server.context.workers.unpacking)
      client.call("/test/Echo", Self.message(1 << 20), timeoutMs: 200)
      try await Task.sleep(for: .milliseconds(400))
      let began = ContinuousClock.now
      release.signal()
      #expect(try await client.nextReply().reply.code == Status.Code.deadlineExceeded.number)
      #expect(ContinuousClock.now - began < .milliseconds(200), "it has no time left")
    }
  }

  @Test func manyEmptyZstdBlocksCountAsWhatTheyAre() throws {
    // One frame of 16 bytes at most, made of empty raw blocks: magic, descriptor with a size, the size, the blocks, the last.
    let blocks = [UInt8](repeating: 0, count: 3 * 100_000)
    let body = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0] + blocks + [1, 0, 0]
    #expect(try Self.packed([1] + Self.length(body.count) + body).unpackedBytes == body.count)
  }

  @Test func whatAFrameSaysOfItselfCountsOnlyUpToTheLimit() throws {
    let frame = RPC.Frame(body: .ping(.init(payload: [UInt8](repeating: 0, count: 500_000))))
    #expect(try (500_000...500_100).contains(Self.packed(Self.zstdFrame(frame)).unpackedBytes))
    let bomb: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]
    #expect(try Self.packed([1] + Self.length(bomb.count) + bomb).unpackedBytes == 1 << 20)
  }

  @Test(arguments: [false, true]) func aLongFrameThatIsNoneEndsTheConnection(isCompressed: Bool) async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      let count = 1 << 20
      client.send([isCompressed ? 1 : 0] + Self.length(count))
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
      let release = try await Self.hold(test.server.context.workers.unpacking)
      for client in clients { for _ in 0..<5 { client.call("/test/Echo", long) } }
      try await Task.sleep(for: .milliseconds(100))
      Task.detached {
        try? await Task.sleep(for: .milliseconds(100))
        release.signal()
      }
      await test.server.drain(timeout: .zero)
      #expect(test.probe.closed.count == 2)
    }
  }

  /// Keeps the thread busy until it is told.
  private static func hold(_ thread: UnpackThread) async throws -> DispatchSemaphore {
    let release = DispatchSemaphore(value: 0)
    var ping = ByteBuffer()
    FrameEncoder.write(RPC.Frame(body: .ping(.init(payload: [1]))), into: &ping)
    let frame = try packed(Array(ping.readableBytesView))
    await withCheckedContinuation { continuation in
      thread.unpack(frame) { _ in
        continuation.resume()
        release.wait()
      }
    }
    return release
  }

  private static func packed(_ bytes: [UInt8]) throws -> PackedFrame {
    var decoder = FrameDecoder(frameBytesMax: 1 << 20, limits: RawClient.limits)
    decoder.append(ByteBuffer(bytes: bytes))
    return try #require(try decoder.take())
  }

  private static func zstdFrame(_ frame: RPC.Frame) throws -> [UInt8] {
    let body = try ZstdFrame.pack(frame.packed(), level: 1)
    return [1] + length(body.count) + body
  }

  private static func length(_ count: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) } }

  /// Another byte in every place, so that nothing is taken for something else.
  private static func message(_ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
}
