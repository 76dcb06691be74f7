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

  private let server: ServerContext
  private let peer: Peer
  private let number = ConnectionNumber.next()
  private var machine: ConnectionStateMachine
  private var decoder: FrameDecoder
  private var output: OutboundBuffer
  private var link: Link?
  private var calls: [UInt32: WeakCall] = [:]
  private var isReading = false
  private var isFlushScheduled = false
  private var closeReason: Status?

  /// What exists only while the channel is there.
  private struct Link {
    let context: ChannelHandlerContext
    let outlet: CallOutlet
    let gate: CreditGate
    let alarm: Alarm
  }

  /// Weak, so that a call that its handler lost is noticed.
  private struct WeakCall {
    weak var call: ServerCall?
  }

  /// `openedAt`: from when the time for Hello counts.
  init(server: ServerContext, peer: Peer, openedAt: NIODeadline = .now()) {
    self.server = server
    self.peer = peer
    let configuration = server.configuration
    machine = ConnectionStateMachine(configuration: configuration, registry: server.registry, now: openedAt)
    decoder = FrameDecoder(frameBytesMax: configuration.helloBytesMax, limits: configuration.frameLimits)
    output = OutboundBuffer(bytesMax: configuration.outboundBytesMax)
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    let configuration = server.configuration
    let gate = CreditGate(
      FlowControl(
        connectionCredit: configuration.connectionCreditBytes, streamCredit: configuration.streamCreditBytes,
        queuedBytesMax: configuration.queuedDataBytesMax))
    let outlet = CallOutlet(
      self, on: context.eventLoop, gate: gate, workers: server.workers,
      messageBytesMax: configuration.messageBytesMax)
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
    let now = NIODeadline.now()
    do {
      while machine.phase != .closed, let frame = try decoder.next() {
        perform(machine.received(frame, now: now), now: now)
      }
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

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset connection, mostly. Whatever it is, this connection cannot go on.
    context.close(promise: nil)
  }

  /// Sends away a caller whose right to be here has ended.
  private func checkAccess() {
    guard let principal = machine.principal, let why = server.authenticator.ending(of: principal) else { return }
    let status = Status(.unauthenticated, why).reason("ACCESS_ENDED")
    let now = NIODeadline.now()
    // Every call that runs hears why it ends, not only the connection.
    for (id, stream) in machine.streams where !stream.isAnswered { perform(machine.reply(id, status), now: now) }
    perform(machine.sendAway(status), now: now)
  }

  // MARK: Actions

  private func perform(_ action: ConnectionAction, now: NIODeadline) {
    switch action {
    case .none: break
    case .send(let frame): write(frame)
    case .start(let start): run(start, now: now)
    case .refuse(let refused): refuse(refused, now: now)
    case .authenticate(let hello): authenticate(hello, now: now)
    case .cancel(let stream, let status): cancel(stream, status)
    case .credit(let stream, let bytes): link?.gate.grant(bytes, stream)
    case .expire(let streams): expire(streams)
    case .sendAway(let frame, let status):
      write(frame)
      close(status)
    case .closeWithLine(let line, let status):
      output.write(line: line)
      close(status)
    }
  }

  private func authenticate(_ hello: RPC.Hello, now: NIODeadline) {
    let principal = server.authenticator.authenticate(token: hello.token, peer: peer)
    if let principal {
      decoder.raise(frameBytesMax: server.configuration.frameBytesMax, limits: server.configuration.frameLimits)
      server.observer?.connectionAdmitted(
        peer, principal: principal, clientName: String(hello.name.prefix(Self.clientNameMax)))
    } else {
      server.observer?.authenticationFailed(peer, hello.token.isEmpty ? .tokenMissing : .tokenWrong)
    }
    perform(machine.identified(principal), now: now)
    setAlarm()
  }

  private func run(_ start: CallStart, now: NIODeadline) {
    guard let link else { return }
    if start.method.serverStreaming { link.gate.open(start.streamID) }
    let call = ServerCall(start, at: now, connection: number, peer: peer, outlet: link.outlet)
    server.observer?.callStarted(methodID: start.method.id)
    start.method.handler(call)
    // Most calls have been answered by now, and cost neither an entry nor a timer.
    guard machine.streams[start.streamID] != nil else { return }
    calls[start.streamID] = WeakCall(call: call)
    link.alarm.set(start.deadline)
  }

  private func cancel(_ stream: UInt32, _ status: Status) {
    calls[stream]?.call?.cancel(status)
    link?.gate.wake()
  }

  private func expire(_ streams: [UInt32]) {
    let status = Status(.deadlineExceeded, "the call's time is over (timeout_ms)")
    for stream in streams {
      var named = status
      named.requestID = calls[stream]?.call?.requestID
      perform(machine.reply(stream, named), now: .now())
      cancel(stream, status)
    }
  }

  private func cancelAll(_ status: Status, _ link: Link) {
    for running in calls.values { running.call?.cancel(status) }
    link.gate.wake()
  }

  private func timePassed(_ now: NIODeadline) {
    guard let link else { return }
    link.alarm.clear()
    if let since = output.waitingSince, now >= since + server.configuration.outboundStallTimeout {
      return cutOff(Status(.deadlineExceeded, "the peer does not read"))
    }
    perform(machine.timePassed(now), now: now)
    setAlarm()
  }

  private func setAlarm() {
    guard let link else { return }
    if let next = machine.nextDeadline(after: .now()) { link.alarm.set(next) }
    if let since = output.waitingSince { link.alarm.set(since + server.configuration.outboundStallTimeout) }
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
      link?.gate.written(message.count)
      return
    }
    output.dataBytes += message.count
    write(frame)
  }

  private func report(_ end: CallEnd) {
    guard let observer = server.observer else { return }
    observer.callFinished(
      CallSummary(
        identity: end.identity, method: end.method, methodID: end.methodID, hasStarted: true,
        principal: machine.principal?.name ?? "", peer: peer, status: told(end), duration: .now() - end.startedAt,
        queueing: end.queueing, storage: end.storage, requestBytes: end.requestBytes, replyBytes: end.replyBytes))
  }

  /// How the call ended for the client, who may have given up, or been given up, before its handler was done.
  private func told(_ end: CallEnd) -> Status? {
    if let stream = machine.streams[end.streamID] {
      if stream.isAnswered { return Status(.deadlineExceeded, "the call's time is over (timeout_ms)") }
      if stream.isCancelled { return Status(.cancelled, "the client cancelled the call") }
    }
    if case .failure(let failure) = end.outcome { return failure }
    return nil
  }

  private func refuse(_ call: RefusedCall, now: NIODeadline) {
    let identity = CallIdentity(connection: number, stream: call.streamID, metadata: call.metadata)
    var status = call.status
    status.requestID = identity.requestID
    perform(machine.reply(call.streamID, status), now: now)
    server.observer?.callFinished(
      CallSummary(
        identity: identity, method: call.method?.name ?? "unknown", methodID: call.method?.id ?? 0, hasStarted: false,
        principal: machine.principal?.name ?? "", peer: peer, status: status, duration: .now() - now, queueing: .zero,
        storage: nil, requestBytes: call.requestBytes, replyBytes: 0))
  }

  // MARK: Writing

  private func write(_ frame: RPC.Frame) {
    guard let link else { return }
    output.write(frame)
    guard output.isWithinBound else {
      return cutOff(Status(.resourceExhausted, "the peer does not read: too many bytes wait for it"))
    }
    guard !isReading, !isFlushScheduled else { return }
    isFlushScheduled = true
    let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
    link.context.eventLoop.execute { this.value.flush() }
  }

  /// Gives what was written to the socket.
  func flush() {
    isFlushScheduled = false
    guard let link, let batch = output.takeBatch(now: .now()) else { return }
    let promise = link.context.eventLoop.makePromise(of: Void.self)
    let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
    promise.futureResult.whenComplete { _ in this.value.written(batch) }
    server.observer?.bytesWritten(batch.bytes.readableBytes)
    link.context.writeAndFlush(wrapOutboundOut(batch.bytes), promise: promise)
    if output.waitingSince != nil { setAlarm() }
  }

  private func written(_ batch: OutboundBuffer.Batch) {
    output.written(batch, now: .now())
    if batch.dataBytes > 0 { link?.gate.written(batch.dataBytes) }
  }

  // MARK: Closing

  private func closeIfDrained() {
    guard machine.isDrained else { return }
    machine.close()
    close(nil)
  }

  /// Flushes the last words, stops writing, and gives the peer a moment to read them before the socket goes: a socket
  /// closed with unread input is reset, and the peer would lose them.
  private func close(_ status: Status?) {
    guard let link else { return }
    closeReason = closeReason ?? status
    cancelAll(status ?? Status(.unavailable, "the daemon is stopping"), link)
    flush()
    link.context.close(mode: .output, promise: nil)
    let context = NIOLoopBound(link.context, eventLoop: link.context.eventLoop)
    link.context.eventLoop.scheduleTask(in: server.configuration.lingerTimeout) {
      context.value.close(promise: nil)
    }
  }

  /// The longest client name that is passed on.
  private static let clientNameMax = 128

  /// Closes at once; what waits for the peer is thrown away.
  private func cutOff(_ status: Status) {
    guard let link else { return }
    machine.close()
    closeReason = closeReason ?? status
    cancelAll(status, link)
    link.context.close(promise: nil)
  }
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
