internal import GuobanAccess
internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Carries out on a channel what ``ConnectionStateMachine`` decides. Lives on one event loop.
///
/// What a read causes to be written is collected in one buffer and flushed once, when the read is complete.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let server: ServerContext
  let peer: Peer
  private let number = ConnectionNumber.next()
  var machine: ConnectionStateMachine
  var decoder: FrameDecoder
  var output: OutboundBuffer
  var link: Link?
  var calls: [UInt32: WeakCall] = [:]
  /// Of the principal, once it is known.
  var rate: RequestRate?
  var closeReason: Status?
  var isReading = false
  var isFlushScheduled = false
  var isFlushing = false
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
    let outlet = CallOutlet(self, on: context.eventLoop, gate: gate, server: server)
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let alarm = Alarm(on: context.eventLoop) { this.value.timePassed(.now()) }
    link = Link(context: context, outlet: outlet, gate: gate, alarm: alarm)
    server.observer?.connectionOpened(peer)
    setAlarm()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard machine.phase != .closed else { return }
    isReading = true
    let bytes = unwrapInboundIn(data)
    server.observer?.bytesRead(bytes.readableBytes)
    decoder.append(bytes)
    let now = MonotonicTime.now()
    var hasFrames = false
    do {
      while machine.phase != .closed, let frame = try decoder.next() {
        hasFrames = true
        perform(machine.received(frame, now: now), now: now)
      }
      let hasPartial = decoder.bufferedBytes > 0
      perform(machine.readEnded(hasPartial: hasPartial, hasFrames: hasFrames, now: now), now: now)
      if hasPartial { setAlarm() }
    } catch {
      perform(machine.failed(error), now: now)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flush()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
  }

  private func end() {
    guard let link else { return }
    self.link = nil
    machine.close()
    link.alarm.clear()
    cancelAll(Status(.cancelled, "the connection closed"), link)
    link.outlet.close()
    server.observer?.connectionClosed(peer, reason: closeReason)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ConnectionEvent.drain: perform(machine.drain(), now: .now())
    case ConnectionEvent.sendAway(let status): perform(machine.sendAway(status), now: .now())
    case ConnectionEvent.checkAccess: checkAccess()
    default: context.fireUserInboundEventTriggered(event)
    }
    closeIfDrained()
  }

  /// Sends away a caller whose right to be here has ended.
  private func checkAccess() {
    guard let principal = machine.principal, let why = server.authenticator.ending(of: principal) else { return }
    let status = Status(.unauthenticated, why).reason("ACCESS_ENDED")
    let now = MonotonicTime.now()
    // Every call that runs hears why it ends, not only the connection.
    for (id, stream) in machine.streams where !stream.isAnswered { perform(machine.reply(id, status), now: now) }
    perform(machine.sendAway(status), now: now)
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

  private func run(_ start: CallStart, now: MonotonicTime) {
    guard let link else { return }
    if let refusal = refusal(start, now: now) { return perform(machine.refused(start, refusal), now: now) }
    if start.method.serverStreaming { link.gate.open(start.streamID) }
    let call = ServerCall(start, at: now, connection: number, peer: peer, outlet: link.outlet)
    server.observer?.callStarted(methodID: start.method.id)
    start.method.handler(call)
    // Most calls have been answered by now, and cost neither an entry nor a timer.
    guard machine.streams[start.streamID] != nil else { return }
    calls[start.streamID] = WeakCall(call: call)
    link.alarm.set(start.deadline.deadline)
  }

  /// Why the daemon as a whole cannot take the call; if it can, the call counts from now on.
  private func refusal(_ start: CallStart, now: MonotonicTime) -> Status? {
    guard !start.method.isEssential else { return nil }
    if let wait = rate?.take(now: now) {
      return Status(
        .resourceExhausted,
        "\(start.principal.name) makes more than \(server.configuration.requestsPerSecondMax) calls a second"
          + " (requests_per_second_max)"
      ).reason("REQUESTS_PER_SECOND_MAX").retry(after: wait)
    }
    return server.load.begin(start.meteredBytes)
  }

  private func refuse(_ call: RefusedCall, now: MonotonicTime) {
    let identity = CallIdentity(connection: number, stream: call.streamID, metadata: call.metadata)
    var status = call.status
    status.requestID = identity.requestID
    perform(machine.reply(call.streamID, status), now: now)
    server.observer?.callFinished(
      CallSummary(
        identity: identity, method: call.method?.name ?? "unknown", methodID: call.method?.id ?? 0, hasStarted: false,
        principal: machine.principal?.name ?? "", peer: peer, status: status, duration: elapsed(since: now),
        queueing: .zero,
        storage: nil, requestBytes: call.requestBytes, replyBytes: 0))
    closeIfDrained()
  }

  private func receive(_ stream: UInt32, _ message: [UInt8]?, isLast: Bool, now: MonotonicTime) {
    guard let refusal = calls[stream]?.call?.received(message, isLast: isLast) else { return }
    perform(machine.end(stream, refusal), now: now)
  }

  /// A handler has consumed one message of its client's.
  func consumed(_ stream: UInt32, bytes: Int) {
    perform(machine.consumed(stream, bytes: bytes), now: .now())
  }

  private func cancel(_ stream: UInt32, _ status: Status) {
    output.dropData(stream)
    calls[stream]?.call?.cancel(status)
    link?.gate.wake()
  }

  private func end(_ streams: [UInt32], _ status: Status) {
    for stream in streams {
      var named = status
      named.requestID = calls[stream]?.call?.requestID
      cancel(stream, status)
      perform(machine.reply(stream, named), now: .now())
    }
  }

  func cancelAll(_ status: Status, _ link: Link) {
    for running in calls.values { running.call?.cancel(status) }
    link.gate.wake()
  }

  // MARK: Answers

  /// A handler has answered.
  func finish(_ end: CallEnd) {
    calls[end.streamID] = nil
    if end.isStreaming { link?.gate.close(end.streamID) }
    report(end)
    perform(machine.finished(end.streamID, end.outcome), now: end.startedAt)
    closeIfDrained()
  }

  /// A handler sends one more message, for which it took room.
  func sendData(_ stream: UInt32, _ message: [UInt8]) {
    guard case .send(let frame) = machine.data(stream, message) else {
      link?.gate.dequeued([(stream, message.count)])
      return
    }
    write(frame)
  }

  private func report(_ end: CallEnd) {
    guard let observer = server.observer else { return }
    observer.callFinished(
      CallSummary(
        identity: end.identity, method: end.method, methodID: end.methodID, hasStarted: true,
        principal: machine.principal?.name ?? "", peer: peer, status: told(end),
        duration: elapsed(since: end.startedAt),
        queueing: end.queueing, storage: end.storage, requestBytes: end.requestBytes, replyBytes: end.replyBytes))
  }

  private func elapsed(since began: MonotonicTime) -> TimeAmount {
    .nanoseconds(MonotonicTime.now().nanoseconds(since: began))
  }

  /// How the call ended for the client, who may have given up, or been given up, before its handler was done.
  private func told(_ end: CallEnd) -> Status? {
    if let stream = machine.streams[end.streamID] {
      if let answer = stream.answer { return Status(answer, "the client was answered before the handler was done") }
      if stream.isCancelled { return Status(.cancelled, "the client cancelled the call") }
    }
    if case .failure(let failure) = end.outcome { return failure }
    return nil
  }

  /// The longest client name that is passed on.
  private static let clientNameMax = 128
}

/// What the server tells a connection.
enum ConnectionEvent: Sendable {
  /// Take no more calls; close when those that run are answered.
  case drain
  /// Say why, and close.
  case sendAway(Status)
  /// See whether the caller may still be here.
  case checkAccess
}
