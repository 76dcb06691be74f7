internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Looks at the first byte on a TLS socket, and tells somebody who speaks in plain what to do instead.
///
/// A plain Guoban client gets a GoAway it can read, everybody else a line.
final class TLSFirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let lingerTimeout: TimeAmount
  private var isRefused = false

  init(lingerTimeout: TimeAmount) {
    self.lingerTimeout = lingerTimeout
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused, let first = unwrapInboundIn(data).readableBytesView.first else { return }
    if first == Self.handshakeRecord {
      context.fireChannelRead(data)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } else {
      refuse(context, first)
    }
  }

  private func refuse(_ context: ChannelHandlerContext, _ first: UInt8) {
    isRefused = true
    let status = Status(.invalidArgument, english: Self.line)
    // Remembered, so that the log has the reason and not only the end.
    context.fireUserInboundEventTriggered(ConnectionEvent.sendAway(status))
    var bytes = ByteBuffer()
    if first & ~Self.frameFlags == 0 {
      let goAway = RPC.GoAway(code: status.code.number, reason: status.message)
      FrameEncoder.write(RPC.Frame(body: .goAway(goAway)), into: &bytes)
    } else {
      bytes.writeString(Self.line + "\n")
    }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    // A socket closed with unread input is reset, and these words would be lost.
    context.close(mode: .output, promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: lingerTimeout) { bound.value.close(promise: nil) }
  }

  /// Every TLS client begins with a handshake record.
  private static let handshakeRecord: UInt8 = 0x16
  /// What the first byte of a plain frame may have set.
  private static let frameFlags: UInt8 = 1
  private static let line =
    "guoband: this port speaks Guoban RPC over TLS, and this connection began in plain: use the address tls://HOST:PORT"
}
