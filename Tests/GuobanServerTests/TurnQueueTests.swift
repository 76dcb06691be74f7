import GuobanWire
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GuobanServer

@Suite(.timeLimit(.minutes(1))) struct TurnQueueTests {
  @Test func theSocketsAreHeardBetweenTurns() async throws {
    let (group, queues) = try await Self.group()
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
      let queue = queues.queue(of: loop)
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
    let (group, queues) = try await Self.group()
    let loop = group.next()
    let done = loop.makePromise(of: [Int].self)
    loop.execute {
      let queue = queues.queue(of: loop)
      let seen = NIOLoopBoundBox<[Int]>([], eventLoop: loop)
      for number in 0..<5 {
        queue.add(.patient) { _ in
          seen.value.append(number)
          // One asked for during a turn comes after those that wait.
          if number < 2 { queue.add(.patient) { _ in seen.value.append(number + 5) } }
          if seen.value.count == 6 { queue.add(.patient) { _ in done.succeed(seen.value) } }
        }
      }
      queue.add(.prompt) { _ in seen.value.append(9) }
    }
    #expect(try await done.futureResult.get() == [9, 0, 1, 2, 3, 4, 5, 6])
    try await group.shutdownGracefully()
  }

  @Test func aRoundLastsFromItsFirstTurnToTheNextLookAtTheSockets() async throws {
    let (group, queues) = try await Self.group()
    let loop = group.next()
    try await loop.submit {
      let queue = queues.queue(of: loop)
      let start = MonotonicTime.now()
      let end = try #require(queue.beginIfThereIsTime(start))
      #expect(end.nanoseconds(since: start) == TurnQueue.roundNanosecondsMax)
      // Known clients begin at any time, and where many come together their turns are longer.
      for (microseconds, expected): (Int64, Int64) in [(10, 100), (150, 150), (500, 200)] {
        let now = start.advanced(byNanoseconds: microseconds * 1000)
        #expect(queue.begin(now).nanoseconds(since: now) == expected * 1000)
      }
      let last = start.advanced(byNanoseconds: TurnQueue.roundNanosecondsMax - 1)
      #expect(queue.beginIfThereIsTime(last) != nil)
      #expect(queue.beginIfThereIsTime(last + .nanoseconds(1)) == nil)
    }.get()
    // A task that waits comes after a look.
    let hasTime = try await loop.scheduleTask(in: .milliseconds(5)) {
      queues.queue(of: loop).beginIfThereIsTime(.now() + .seconds(1)) != nil
    }.futureResult.get()
    #expect(hasTime)
    try await group.shutdownGracefully()
  }

  /// Whoever has had a turn waits, but not for ever.
  @Test func thePatientHaveATurnInEveryRound() async throws {
    let (group, queues) = try await Self.group()
    let loop = group.next()
    let heard = Heard()
    let end = MonotonicTime.now() + .seconds(20)
    try await loop.submit {
      let queue = queues.queue(of: loop)
      // Prompt ones that take all there is.
      for _ in 0..<3 { Self.work(queue, .prompt, until: end, heard) }
      queue.add(.patient) { _ in
        queue.add(.patient) { _ in heard.isHeard.store(true, ordering: .relaxed) }
      }
    }.get()
    while !heard.isHeard.load(ordering: .relaxed), MonotonicTime.now() < end {
      try await Task.sleep(for: .milliseconds(1))
    }
    let turns = heard.turns.load(ordering: .relaxed)
    #expect(turns <= 9, "the patient one waited for \(turns) turns of the others")
    heard.isHeard.store(true, ordering: .relaxed)
    try await group.shutdownGracefully()
  }

  /// A crowd that leaves in one go has some of every round, and those who stay have theirs in between.
  @Test func theLeavingHaveLittleOfARound() async throws {
    let (group, queues) = try await Self.group()
    let loop = group.next()
    let crowd = Crowd()
    try await loop.submit {
      let queue = queues.queue(of: loop)
      // Each of them takes longer than they have together.
      for _ in 0..<Crowd.size {
        queue.add(.leaving) { _ in
          crowd.left.add(1, ordering: .relaxed)
          Self.spend(.microseconds(60))
        }
      }
      Self.stay(queue, crowd)
    }.get()
    while crowd.left.load(ordering: .relaxed) < Crowd.size { try await Task.sleep(for: .milliseconds(1)) }
    #expect(crowd.seen.withLock { Array($0.prefix(Crowd.size)) } == Array(0..<Crowd.size))
    try await group.shutdownGracefully()
  }

  private final class Crowd: Sendable {
    static let size = 20
    let left = Atomic(0)
    /// How many had left at each turn of one who stays.
    let seen = Mutex<[Int]>([])
  }

  private static func stay(_ queue: TurnQueue, _ crowd: Crowd) {
    queue.add(.patient) { _ in
      let left = crowd.left.load(ordering: .relaxed)
      crowd.seen.withLock { $0.append(left) }
      if left < Crowd.size { stay(queue, crowd) }
    }
  }

  private static func spend(_ duration: Duration) {
    let end = MonotonicTime.now() + duration
    while MonotonicTime.now() < end {}
  }

  private static func group() async throws -> (MultiThreadedEventLoopGroup, TurnQueues) {
    let queues = TurnQueues()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: queues)
    try await queues.serve(group)
    return (group, queues)
  }

  private static func work(
    _ queue: TurnQueue, _ kind: TurnQueue.Kind = .patient, until end: MonotonicTime, _ heard: Heard
  ) {
    queue.add(kind) { _ in
      heard.turns.add(1, ordering: .relaxed)
      spend(.microseconds(200))
      if !heard.isHeard.load(ordering: .relaxed), MonotonicTime.now() < end { work(queue, kind, until: end, heard) }
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
