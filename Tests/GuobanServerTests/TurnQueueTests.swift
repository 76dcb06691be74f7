import GuobanWire
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GuobanServer

@Suite(.timeLimit(.minutes(1))) struct TurnQueueTests {
  @Test func theSocketsAreHeardBetweenTurns() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let heard = Heard()
    let listener = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Listening(heard))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let sender = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(to: try #require(listener.localAddress)).get()
    let loop = group.next()
    // Two connections that always have more to do, each for longer than the pause.
    let end = MonotonicTime.now() + .seconds(20)
    try await loop.submit {
      let queue = TurnQueue(loop)
      for _ in 0..<2 { Self.work(queue, until: end, heard) }
    }.get()
    while heard.turns.load(ordering: .relaxed) < 20 { try await Task.sleep(for: .milliseconds(1)) }
    try await sender.writeAndFlush(ByteBuffer(bytes: [1])).get()
    while !heard.isHeard.load(ordering: .relaxed), MonotonicTime.now() < end {
      try await Task.sleep(for: .milliseconds(1))
    }
    let isHeard = heard.isHeard.load(ordering: .relaxed)
    #expect(isHeard)
    heard.isHeard.store(true, ordering: .relaxed)
    try await sender.close()
    try await group.shutdownGracefully()
  }

  @Test func turnsComeInTheOrderTheyWereAskedFor() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let done = loop.makePromise(of: [Int].self)
    loop.execute {
      let queue = TurnQueue(loop)
      let seen = NIOLoopBoundBox<[Int]>([], eventLoop: loop)
      for number in 0..<5 {
        queue.add {
          seen.value.append(number)
          // One asked for during a turn comes after those that wait.
          if number < 2 { queue.add { seen.value.append(number + 5) } }
          if seen.value.count == 5 { queue.add { done.succeed(seen.value) } }
        }
      }
    }
    #expect(try await done.futureResult.get() == [0, 1, 2, 3, 4, 5, 6])
    try await group.shutdownGracefully()
  }

  private static func work(_ queue: TurnQueue, until end: MonotonicTime, _ heard: Heard) {
    queue.add {
      heard.turns.add(1, ordering: .relaxed)
      let pause = MonotonicTime.now() + .microseconds(200)
      while MonotonicTime.now() < pause {}
      if !heard.isHeard.load(ordering: .relaxed), pause < end { work(queue, until: end, heard) }
    }
  }

  private final class Heard: Sendable {
    let isHeard = Atomic(false)
    let turns = Atomic(0)
  }

  private final class Listening: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let heard: Heard

    init(_ heard: Heard) {
      self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      heard.isHeard.store(true, ordering: .relaxed)
    }
  }
}
