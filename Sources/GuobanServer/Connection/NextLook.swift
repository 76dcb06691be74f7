internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Tells when an event loop has looked at its sockets once more and heard all of them.
///
/// A task that is due runs before the loop looks, and one that is due a little later costs a timer, which a virtual machine
/// has to ask its host for. So this is a pair of sockets among the others, of which a look finds one readable.
final class NextLook: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let heard: () -> Void
  /// The end that is written to. Nil before it is open, and when the loop ends.
  private var end: CInt?

  /// `heard` is called once for one or more ``ask()``.
  init(_ heard: @escaping () -> Void) {
    self.heard = heard
  }

  /// On the event loop; ``ask()`` has an effect from then on.
  func open(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
    var ends: [CInt] = [-1, -1]
    let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    guard socketpair(AF_UNIX, CInt(kind), 0, &ends) == 0 else {
      return eventLoop.makeFailedFuture(IOError(errnoCode: errno, reason: "socketpair"))
    }
    let (read, write) = (ends[0], ends[1])
    end = write
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    return NIOPipeBootstrap(group: eventLoop)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(this.value) }
      }
      .takingOwnershipOfDescriptor(input: read)
      .flatMapErrorThrowing { error in
        close(read)
        this.value.closeEnd()
        throw error
      }
      .map { _ in }
  }

  /// More than there ever is at once, so that NIO does not ask for another read.
  private static let readBytes = 16

  func ask() {
    // One that is full is readable, too.
    if let end { write(end, [1], 1) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Behind the sockets that this look has found, and what they ask for.
    context.eventLoop.assumeIsolated().execute(heard)
  }

  func channelInactive(context: ChannelHandlerContext) {
    closeEnd()
    context.fireChannelInactive()
  }

  private func closeEnd() {
    if let end { close(end) }
    end = nil
  }
}
