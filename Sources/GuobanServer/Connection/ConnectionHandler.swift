internal import DequeModule
internal import GuobanAccess
internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Carries out on a channel what ``ConnectionStateMachine`` decides. Lives on one event loop.
///
/// What a read causes to be written is collected in one buffer and flushed once, when the read is complete.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  let server: ServerContext
  let peer: Peer
  let number = ConnectionNumber.next()
  var machine: ConnectionStateMachine
  var decoder: FrameDecoder
  var output: OutboundBuffer
  var link: Link?
  var calls: [UInt32: WeakCall] = [:]
  /// What calls have left from other threads, and is not dealt with yet.
  var letters = Deque<CallOutlet.Letter>()
  /// Letters wait for this connection's next turn.
  var isDeliveryWaiting = false
  /// Of the principal, once it is known.
  var rate: RequestRate?
  var closeReason: Status?
  var allowance = TurnAllowance()
  /// When it must rest that reads.
  var turnEnd: MonotonicTime?
  /// What is written now is flushed together with what follows it.
  var isCollecting = false
  /// Whole frames may be left that wait for this connection's next turn.
  var isResting = false
  /// Of a long frame that is not complete, as far as they count among the bytes of requests.
  var partialBytes = 0
  /// From when what is left has been here.
  var restingSince: MonotonicTime?
  /// The channel wants to be read from once this connection has caught up.
  var isReadHeld = false
  var isFlushScheduled = false
  var isFlushing = false
  /// The rest of what is to be flushed waits for this connection's next turn.
  var isFlushWaiting = false
  /// The last words are written; when they are with the socket, nothing more is.
  var isClosing = false
  /// What the socket had not taken when it was last looked at because it seemed to take nothing.
  var stalledBytes = Int.max

  /// What exists only while the channel is there.
  struct Link {
    let context: ChannelHandlerContext
    let outlet: CallOutlet
    let gate: CreditGate
    let alarm: Alarm
    let turns: TurnQueue
  }

  /// Weak, so that a call that its handler lost is noticed.
  struct WeakCall {
    weak var call: ServerCall?
  }

  /// `openedAt`: from when the time for Hello counts.
  init(server: ServerContext, peer: Peer, openedAt: MonotonicTime = .now()) {
    self.server = server
    self.peer = peer
    let configuration = server.configuration
    machine = ConnectionStateMachine(configuration: configuration, registry: server.registry, now: openedAt)
    decoder = FrameDecoder(frameBytesMax: configuration.helloBytesMax, limits: configuration.frameLimits)
    output = OutboundBuffer(
      bytesMax: configuration.outboundBytesMax, socketBytesMax: configuration.socketBytesMax,
      smallBytesMax: configuration.smallMessageBytesMax)
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    let configuration = server.configuration
    let gate = CreditGate(
      FlowControl(configuration.sendLimits), stallTimeout: configuration.streamStallTimeout)
    let turns = server.turns.queue(of: context.eventLoop)
    let outlet = CallOutlet(self, on: context.eventLoop, gate: gate, batch: turns.batch, server: server)
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let alarm = Alarm(on: context.eventLoop) {
      this.value.link?.turns.add(.patient) { _ in this.value.timePassed(.now()) }
    }
    link = Link(context: context, outlet: outlet, gate: gate, alarm: alarm, turns: turns)
    server.observer?.connectionOpened(peer)
    setAlarm()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard machine.phase != .closed, let link else { return }
    let bytes = unwrapInboundIn(data)
    server.observer?.bytesRead(bytes.readableBytes)
    decoder.append(bytes)
    isCollecting = true
    guard !isResting else { return }
    let now = MonotonicTime.now()
    turnEnd = machine.principal != nil ? link.turns.begin(now) : link.turns.beginIfThereIsTime(now)
    if let turnEnd { takeFrames(now: now, until: allowance.end(from: now, atMost: turnEnd)) } else { rest(now) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // The peer's end comes this way too, and nothing was read: a write that fails would close the channel in the middle of
    // what NIO does about it. What waits to be written has its own turn.
    guard isCollecting else { return }
    isCollecting = false
    flush(until: turnEnd)
  }

  func read(context: ChannelHandlerContext) {
    if isResting { isReadHeld = true } else { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    ended()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    ended()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ConnectionEvent.drain: perform(machine.drain(), now: .now())
    case ConnectionEvent.sendAway(let status): perform(machine.sendAway(status), now: .now())
    case ConnectionEvent.checkAccess: checkAccess()
    // NIOSSL's: the peer's close_notify.
    case ChannelEvent.inputClosed: link?.turns.add(.leaving) { _ in context.close(promise: nil) }
    default: context.fireUserInboundEventTriggered(event)
    }
    closeIfDrained()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset connection, mostly. Whatever it is, this connection cannot go on.
    context.close(promise: nil)
  }

  // MARK: Actions

  func perform(_ action: ConnectionAction, now: MonotonicTime) {
    switch action {
    case .none: break
    case .send(let frame): write(frame)
    case .start(let start): run(start, now: now)
    case .refuse(let refused): refuse(refused, now: now)
    case .receive(let stream, let message, let isLast): receive(stream, message, isLast: isLast, now: now)
    case .authenticate(let hello): authenticate(hello, now: now)
    case .cancel(let stream, let status): cancel(stream, status)
    case .credit(let stream, let bytes): link?.gate.grant(bytes, stream)
    case .end(let streams, let status): end(streams, status)
    case .drain(let frame):
      write(frame)
      for running in calls.values { running.call?.drain() }
    case .sendAway(let frame, let status):
      write(frame)
      close(status)
    case .closeWithLine(let line, let status):
      output.write(line: line)
      close(status)
    }
  }

  private func authenticate(_ hello: RPC.Hello, now: MonotonicTime) {
    let principal = server.authenticator.authenticate(token: hello.token, peer: peer)
    if let principal {
      decoder.raise(frameBytesMax: server.configuration.frameBytesMax, limits: server.configuration.frameLimits)
      if hello.takesZstd { output.compression = server.configuration.compression }
      rate = server.rates.rate(of: principal.name, now: now)
      if let link { server.register.greeted(link.context.channel) }
      server.observer?.connectionAdmitted(
        peer, principal: principal, clientName: String(hello.name.prefix(Self.clientNameMax)))
    } else {
      server.observer?.authenticationFailed(peer, hello.token.isEmpty ? .tokenMissing : .tokenWrong)
    }
    perform(machine.identified(principal), now: now)
    setAlarm()
  }

  /// The longest client name that is passed on.
  private static let clientNameMax = 128
}
