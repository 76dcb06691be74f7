import GuobanWire
import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes on between clients and a server, until it is told to cut all that it has.
final class CuttingProxy: Sendable {
  let endpoint: Endpoint
  private let listener: any Channel
  private let open: Connections

  private final class Connections: Sendable {
    let list = Mutex<[any Channel]>([])
    let accepted = Atomic<Int>(0)
  }

  init(to target: Endpoint) async throws {
    let open = Connections()
    let group = MultiThreadedEventLoopGroup.singleton
    listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { inner in
        open.accepted.add(1, ordering: .relaxed)
        open.list.withLock { $0.append(inner) }
        let bootstrap = ClientBootstrap(group: inner.eventLoop).channelOption(.autoRead, value: false)
        let connected =
          switch target {
          case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
          case .tcp(let host, let port), .tls(let host, let port): bootstrap.connect(host: host, port: port)
          }
        return connected.flatMapThrowing { outer in
          try inner.pipeline.syncOperations.addHandler(PassOn(to: outer))
          try outer.pipeline.syncOperations.addHandler(PassOn(to: inner))
          inner.setOption(.autoRead, value: true).whenComplete { _ in inner.read() }
          outer.setOption(.autoRead, value: true).whenComplete { _ in outer.read() }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.open = open
    endpoint = .tcp(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
  }

  /// Connections that there have been.
  var accepted: Int { open.accepted.load(ordering: .relaxed) }

  /// Ends every connection in the middle of whatever it does.
  func cut() {
    for channel in open.list.withLock({ exchange(&$0, with: []) }) { channel.close(promise: nil) }
  }

  func stop() async throws {
    try await listener.close()
    cut()
  }
}

private final class PassOn: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel

  init(to other: any Channel) { self.other = other }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
