internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Carries out on a channel what ``ClientStateMachine`` decides. Lives on one event loop.
///
/// What a read, or a batch of callers' letters, causes to be written is flushed once.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: ClientConnection
  private let hello: RPC.Hello
  private var machine: ClientStateMachine<CallWaiter>
  private var decoder: FrameDecoder
  private var context: ChannelHandlerContext?
  private var alarm: Alarm?
  private var compression: FrameCompression?
  private var output = ByteBuffer()
  private var isReading = false

  init(connection: ClientConnection, hello: RPC.Hello) {
    self.connection = connection
    self.hello = hello
    let configuration = connection.configuration
    machine = ClientStateMachine(configuration: configuration, place: connection.endpoint.description, now: .now())
    decoder = FrameDecoder(
      frameBytesMax: configuration.helloBytesMax, limits: configuration.frameLimits(configuration.helloBytesMax))
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    alarm = Alarm(on: context.eventLoop) { this.value.timePassed() }
    if context.channel.isActive { greet() }
  }

  func channelActive(context: ChannelHandlerContext) {
    greet()
    context.fireChannelActive()
  }

  private func greet() {
    guard let context else { return }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    connection.onLetters { this.value.deliver() }
    machine.connected(hello)
    perform()
    flush()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    decoder.append(unwrapInboundIn(data))
    let now = MonotonicTime.now()
    do {
      while let frame = try decoder.next() {
        machine.received(frame, now: now)
        perform()
      }
    } catch {
      machine.failed(error)
      perform()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flush()
  }

  func channelInactive(context: ChannelHandlerContext) {
    lost(Status(.unavailable, english: "the connection to \(connection.endpoint) was lost"))
    connection.end()
    alarm?.clear()
    alarm = nil
    self.context = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let status = Status(
      .unavailable, english: "the connection to \(connection.endpoint) was lost: \(error)", cause: error)
    lost(error as? Status ?? status)
  }

  private func lost(_ status: Status) {
    machine.disconnected(status)
    perform()
    // Letters that were posted before anybody knew are refused by the machine.
    deliver()
  }

  // MARK: Callers

  private func deliver() {
    let letters = connection.takeLetters()
    guard !letters.isEmpty else { return }
    let now = MonotonicTime.now()
    for letter in letters {
      switch letter {
      case .call(let id, let call, let waiter, let takesData, let deadline):
        machine.open(id, call, waiter, takesData: takesData, deadline: deadline, now: now)
        if let next = alarmTime(deadline) { alarm?.set(next) }
      case .send(let id, let message): machine.send(id, message)
      case .endSending(let id): machine.endSending(id)
      case .cancel(let id): machine.cancel(id, Status(.cancelled, english: "the call was cancelled"))
      case .consumed(let id, let bytes): machine.consumed(id, bytes: bytes)
      }
      perform()
    }
    if !isReading { flush() }
  }

  /// Nil when the alarm need not ring for a stream with this deadline, since it will before.
  private func alarmTime(_ deadline: MonotonicTime) -> NIODeadline? {
    guard context != nil else { return nil }
    return min(deadline, machine.keepalive.nextDeadline).deadline
  }

  private func timePassed() {
    alarm?.clear()
    machine.timePassed(.now())
    perform()
    if context != nil, let next = machine.nextDeadline { alarm?.set(next.deadline) }
    flush()
  }

  /// What is worth compressing.
  private static let longFrames = FrameCompression(bytesMin: 4 << 10, level: 1)

  // MARK: Actions

  private func perform() {
    while let action = machine.nextAction() {
      switch action {
      case .send(let frame): if context != nil { FrameEncoder.write(frame, into: &output, compression: compression) }
      case .greeted(let terms): greeted(terms)
      case .deliver(let waiter, let message): waiter.stream?.deliver(message)
      case .accepted(let waiter): waiter.stream?.accepted()
      case .finish(let waiter, let ending): waiter.finish(ending)
      case .leave(let status): connection.leave(status)
      case .close:
        flush()
        context?.close(promise: nil)
      }
    }
  }

  private func greeted(_ terms: ServerTerms) {
    if connection.configuration.compresses, terms.hello.takesZstd { compression = Self.longFrames }
    let frameBytesMax = min(Int(terms.limits.frameBytesMax), connection.configuration.frameBytesMax)
    decoder.raise(frameBytesMax: frameBytesMax, limits: connection.configuration.frameLimits(frameBytesMax))
    connection.greeted(.success(terms))
  }

  private func flush() {
    guard let context, output.readableBytes > 0 else { return }
    let batch = exchange(&output, with: ByteBuffer())
    context.writeAndFlush(wrapOutboundOut(batch), promise: nil)
  }
}

/// Who waits for a stream.
enum CallWaiter: Sendable {
  case unary(CheckedContinuation<CallEnding, Never>)
  case stream(StreamCall)

  var stream: StreamCall? { if case .stream(let call) = self { call } else { nil } }

  /// The call has ended.
  func finish(_ ending: CallEnding) {
    switch self {
    case .unary(let continuation): continuation.resume(returning: ending)
    case .stream(let call): call.finished(ending)
    }
  }
}

extension ClientConfiguration {
  /// What unpacking one frame may cost.
  func frameLimits(_ bytesMax: Int) -> DecodeLimits {
    DecodeLimits(
      messageBytesMax: bytesMax, depthMax: 4, elementsMax: frameElementsMax, unknownFieldsMax: frameElementsMax,
      memoryBytesMax: bytesMax + (4 << 20))
  }
}
