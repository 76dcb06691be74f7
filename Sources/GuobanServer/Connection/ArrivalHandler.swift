internal import NIOCore

/// On a listening socket: takes in one connection after the other, so that a crowd at the door does not keep those inside
/// waiting.
///
/// The next is accepted once the event loop of the one before has taken it in and looked at its sockets since.
final class ArrivalHandler: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias OutboundIn = Never

  private let turns: TurnQueues
  private var isBusy = false
  /// The listening socket wants to accept.
  private var isReadHeld = false

  init(_ turns: TurnQueues) {
    self.turns = turns
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isBusy = true
    let arriving = unwrapInboundIn(data).eventLoop
    context.fireChannelRead(data)
    let turns = turns
    let goOn = NIOLoopBound({ self.goOn(context) }, eventLoop: context.eventLoop)
    // Behind what the line before has left for that loop.
    arriving.execute { [eventLoop = context.eventLoop] in
      turns.queue(of: arriving).add(.prompt) { _ in eventLoop.execute { goOn.value() } }
    }
  }

  func read(context: ChannelHandlerContext) {
    if isBusy { isReadHeld = true } else { context.read() }
  }

  private func goOn(_ context: ChannelHandlerContext) {
    isBusy = false
    if isReadHeld {
      isReadHeld = false
      context.read()
    }
  }
}

/// Closes a connection that its peer has closed, when it is its turn: thousands may leave at once.
final class DepartureHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let turns: TurnQueues

  init(_ turns: TurnQueues) {
    self.turns = turns
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
    turns.queue(of: context.eventLoop).add(.leaving) { _ in context.close(promise: nil) }
  }
}
