internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// The HTTP port inside the daemon's life: on a thread of its own, so that a scrape never delays a call.
struct ObservationService: Service {
  let configuration: DaemonConfiguration.Metrics
  let figures: DaemonFigures
  let logger: Logger

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel: any Channel
    do {
      channel = try await bootstrap(group).bind(host: configuration.host, port: configuration.port).get()
    } catch {
      try? await group.shutdownGracefully()
      let place = "\(configuration.host):\(configuration.port)"
      throw DaemonError(
        .listen, "监控端口 \(place) 打不开（metrics.host、metrics.port）：\(error)",
        "the metrics port \(place) cannot be opened (metrics.host, metrics.port)", cause: error)
    }
    let port = channel.localAddress?.port ?? configuration.port
    logger.info("metrics served", metadata: ["listen": "http://\(configuration.host):\(port)/metrics"])
    try? await gracefulShutdown()
    try? await channel.close()
    try? await group.shutdownGracefully()
  }

  private func bootstrap(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    let open = OpenConnections()
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(configuration.connectionsMax))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        let count = open.count.wrappingAdd(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in open.count.wrappingSubtract(1, ordering: .relaxed) }
        // As many again are told that there is no room; more are not.
        guard count <= 2 * configuration.connectionsMax else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(RequestBytesLimit(bytesMax: configuration.requestBytesMax))
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
          try pipeline.addHandler(
            ObservationHandler(
              figures: figures, timeout: TimeAmount(configuration.requestTimeout),
              isFull: count > configuration.connectionsMax))
        }
      }
  }

  private final class OpenConnections: Sendable {
    let count = Atomic(0)
  }
}
