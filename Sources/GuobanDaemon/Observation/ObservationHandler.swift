internal import NIOCore
internal import NIOHTTP1

/// One request, one answer, and the connection is closed: nothing to keep open, nothing to wait for.
final class ObservationHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let figures: DaemonFigures
  private let timeout: TimeAmount
  private let isFull: Bool
  private var head: HTTPRequestHead?
  private var isAnswered = false
  private var timer: Scheduled<Void>?

  /// `isFull`: say no, whatever is asked.
  init(figures: DaemonFigures, timeout: TimeAmount, isFull: Bool) {
    self.figures = figures
    self.timeout = timeout
    self.isFull = isFull
  }

  func channelActive(context: ChannelHandlerContext) {
    schedule(context) { $0.answer(.late, $1) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: answer(.hasBody, context)
    case .end:
      guard let head, !isAnswered else { return }
      answer(isFull ? .full : ObservationAnswer(head.method, head.uri, figures: figures), context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is RequestBytesLimit.Exceeded { answer(.tooLong, context) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is HTTPParserError { answer(.noHTTP, context) } else { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  private func answer(_ answer: ObservationAnswer, _ context: ChannelHandlerContext) {
    guard !isAnswered else { return }
    isAnswered = true
    let body = ByteBuffer(string: answer.body)
    var headers: HTTPHeaders = [
      "content-type": answer.contentType, "content-length": "\(body.readableBytes)", "connection": "close",
      "cache-control": "no-store",
    ]
    if let allow = answer.allow { headers.add(name: "allow", value: allow) }
    context.write(
      wrapOutboundOut(.head(.init(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
    if head?.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    let context = NIOLoopBound(context, eventLoop: context.eventLoop)
    let done = context.value.eventLoop.makePromise(of: Void.self)
    context.value.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
    // The client closes when it has read the end. A socket closed with unread input would be reset under its answer.
    done.futureResult.whenComplete { _ in context.value.close(mode: .output, promise: nil) }
    schedule(context.value) { _, context in context.close(promise: nil) }
  }

  private func schedule(
    _ context: ChannelHandlerContext, _ body: @escaping @Sendable (ObservationHandler, ChannelHandlerContext) -> Void
  ) {
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: timeout) { body(bound.value.0, bound.value.1) }
  }
}

/// Counts a connection's bytes before they are parsed, and lets no more than the limit through.
final class RequestBytesLimit: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// The peer sent too much.
  struct Exceeded: Sendable {}

  private let bytesMax: Int
  private var bytes = 0

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard bytes <= bytesMax else { return }
    bytes += unwrapInboundIn(data).readableBytes
    guard bytes <= bytesMax else { return context.fireUserInboundEventTriggered(Exceeded()) }
    context.fireChannelRead(data)
  }
}
