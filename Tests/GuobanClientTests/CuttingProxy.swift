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
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 64)
      .childChannelInitializer { inner in
        open.accepted.add(1, ordering: .relaxed)
        open.list.withLock { $0.append(inner) }
        return inner.eventLoop.makeCompletedFuture {
          try inner.pipeline.syncOperations.addHandler(Front(target: target))
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

/// The client's side: connects to the server, and keeps what comes until that is done.
private final class Front: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let target: Endpoint
  private var outer: (any Channel)?
  private var early: [ByteBuffer] = []
  private var isOver = false

  init(target: Endpoint) { self.target = target }

  func channelActive(context: ChannelHandlerContext) {
    let inner = context.channel
    let bootstrap = ClientBootstrap(group: context.eventLoop).channelInitializer { outer in
      outer.eventLoop.makeCompletedFuture { try outer.pipeline.syncOperations.addHandler(Back(inner: inner)) }
    }
    let connecting =
      switch target {
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      case .tcp(let host, let port), .tls(let host, let port): bootstrap.connect(host: host, port: port)
      }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    connecting.whenComplete { this.value.connected($0, inner) }
  }

  private func connected(_ result: Result<any Channel, any Error>, _ inner: any Channel) {
    guard case .success(let outer) = result, !isOver else {
      if case .success(let outer) = result { outer.close(promise: nil) }
      return inner.close(promise: nil)
    }
    self.outer = outer
    for bytes in early { outer.writeAndFlush(bytes, promise: nil) }
    early = []
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if let outer { outer.writeAndFlush(bytes, promise: nil) } else { early.append(bytes) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    isOver = true
    outer?.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The server's side.
private final class Back: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let inner: any Channel

  init(inner: any Channel) { self.inner = inner }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inner.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { inner.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
