import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GuobanServer

@Suite(.timeLimit(.minutes(1))) struct ArrivalHandlerTests {
  /// While an event loop is busy, nobody else is accepted for it; nobody is forgotten.
  @Test func theNextIsAcceptedWhenTheOneBeforeIsIn() async throws {
    let queues = TurnQueues()
    let inside = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: queues)
    try await queues.serve(inside)
    let door = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let arrived = Arrived()
    let listener = try await ServerBootstrap(group: door, childGroup: inside)
      .serverChannelOption(.maxMessagesPerRead, value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([ArrivalHandler(queues), Counting(arrived)])
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let busy = DispatchSemaphore(value: 0)
    inside.next().execute { busy.wait() }
    let address = try #require(listener.localAddress)
    var clients: [any Channel] = []
    for _ in 0..<Self.crowd {
      clients.append(try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get())
    }
    while arrived.count.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(1)) }
    try await Task.sleep(for: .milliseconds(100))
    let before = arrived.count.load(ordering: .relaxed)
    #expect(before == 1)
    busy.signal()
    while arrived.count.load(ordering: .relaxed) < Self.crowd { try await Task.sleep(for: .milliseconds(1)) }
    for client in clients { try await client.close() }
    try await listener.close()
    try await inside.shutdownGracefully()
    try await door.shutdownGracefully()
  }

  private static let crowd = 10

  private final class Arrived: Sendable {
    let count = Atomic(0)
  }

  private final class Counting: ChannelInboundHandler, Sendable {
    typealias InboundIn = any Channel
    private let arrived: Arrived

    init(_ arrived: Arrived) {
      self.arrived = arrived
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      arrived.count.add(1, ordering: .relaxed)
      context.fireChannelRead(data)
    }
  }
}
