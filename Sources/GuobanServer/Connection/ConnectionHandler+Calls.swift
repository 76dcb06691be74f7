internal import GuobanAccess
internal import GuobanWire
internal import NIOCore

/// The calls of a connection, from their start to their answer.
extension ConnectionHandler {
  func run(_ start: CallStart, now: MonotonicTime) {
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
    guard start.deadline > now else { return .deadlinePassed }
    guard !start.isExempt else { return nil }
    if let wait = rate?.take(now: now) {
      return Status(
        .resourceExhausted,
        "\(start.principal.name) 每秒的调用超过 \(server.configuration.requestsPerSecondMax) 次（requests_per_second_max）",
        "\(start.principal.name) makes more than \(server.configuration.requestsPerSecondMax) calls a second"
          + " (requests_per_second_max)"
      ).reason("REQUESTS_PER_SECOND_MAX").retry(after: wait)
    }
    return server.load.begin(start.meteredBytes)
  }

  func refuse(_ call: RefusedCall, now: MonotonicTime) {
    let identity = CallIdentity(connection: number, stream: call.streamID, metadata: call.metadata)
    var status = call.status
    status.requestID = identity.requestID
    perform(machine.reply(call.streamID, status), now: now)
    server.observer?.callFinished(
      CallSummary(
        identity: identity, method: call.method?.name ?? "unknown", methodID: call.method?.id ?? 0, hasStarted: false,
        principal: machine.principal?.name ?? "", peer: peer, status: status, duration: .since(now),
        queueing: .zero, storage: nil, requestBytes: call.requestBytes, replyBytes: 0))
    closeIfDrained()
  }

  func receive(_ stream: UInt32, _ message: [UInt8]?, isLast: Bool, now: MonotonicTime) {
    guard let refusal = calls[stream]?.call?.received(message, isLast: isLast) else { return }
    perform(machine.end(stream, refusal), now: now)
  }

  /// A handler has consumed one message of its client's.
  func consumed(_ stream: UInt32, bytes: Int) {
    perform(machine.consumed(stream, bytes: bytes), now: .now())
  }

  func cancel(_ stream: UInt32, _ status: Status) {
    output.dropData(stream)
    calls[stream]?.call?.cancel(status)
    link?.gate.wake(stream)
  }

  func end(_ streams: [UInt32], _ status: Status) {
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

  // MARK: The observer

  private func report(_ end: CallEnd) {
    guard let observer = server.observer else { return }
    observer.callFinished(
      CallSummary(end, principal: machine.principal?.name ?? "", peer: peer, status: told(end)))
  }

  /// Reports calls whose handlers answer after the connection is gone, so that every call is reported.
  func reportLate() -> @Sendable (CallEnd) -> Void {
    { [observer = server.observer, principal = machine.principal?.name ?? "", peer] end in
      var status = Status(.cancelled, "调用还没有办完，连接已断开", "the connection closed before the call was done")
      if case .failure(let failure) = end.outcome { status = failure }
      observer?.callFinished(CallSummary(end, principal: principal, peer: peer, status: status))
    }
  }

  /// How the call ended for the client, who may have given up, or been given up, before its handler was done.
  private func told(_ end: CallEnd) -> Status? {
    if let stream = machine.streams[end.streamID] {
      if let answer = stream.answer {
        return Status(answer, "客户端已得到应答，而处理还没有结束", "the client was answered before the handler was done")
      }
      if stream.isCancelled { return Status(.cancelled, "客户端取消了调用", "the client cancelled the call") }
    }
    if case .failure(let failure) = end.outcome { return failure }
    return nil
  }
}

extension CallSummary {
  fileprivate init(_ end: CallEnd, principal: String, peer: Peer, status: Status?) {
    self.init(
      identity: end.identity, method: end.method, methodID: end.methodID, hasStarted: true, principal: principal,
      peer: peer, status: status, duration: .since(end.startedAt), queueing: end.queueing, storage: end.storage,
      requestBytes: end.requestBytes, replyBytes: end.replyBytes)
  }
}

extension TimeAmount {
  fileprivate static func since(_ began: MonotonicTime) -> TimeAmount {
    .nanoseconds(MonotonicTime.now().nanoseconds(since: began))
  }
}
