internal import GuobanAccess
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

extension ConnectionStateMachine {
  /// The first frame must be a Hello that this server can answer.
  mutating func receivedFirst(_ frame: RPC.Frame) -> ConnectionAction {
    guard frame.streamId == 0, case .hello(let hello) = frame.body else {
      return sendAway(Status(.invalidArgument, english: "the first frame must be Hello, on stream 0"))
    }
    guard hello.protocolVersions.contains(Self.protocolVersion) else {
      return sendAway(
        Status(
          .unimplemented,
          english: "this daemon speaks protocol version \(Self.protocolVersion) only (protocol_versions)"))
    }
    return .authenticate(hello)
  }

  mutating func receivedLater(
    _ frame: RPC.Frame, arrival: MonotonicTime, now: MonotonicTime
  ) -> ConnectionAction {
    switch frame.body {
    case .call(let call): receivedCall(call, frame.streamId, arrival: arrival)
    case .cancel: receivedCancel(frame.streamId, now: now)
    case .credit(let credit): receivedCredit(credit, frame.streamId, now: now)
    case .ping(let ping): receivedPing(ping, now: now)
    case .data(let data): receivedData(data, frame.streamId, now: now)
    case .goAway: .none  // The client will go by itself.
    case .hello: sendAway(Status(.invalidArgument, english: "Hello comes once, as the first frame"))
    case .reply: sendAway(Status(.invalidArgument, english: "only the server replies"))
    case nil: sendAway(Status(.invalidArgument, english: "a frame without a body that this version knows"))
    }
  }

  private mutating func receivedCall(_ call: RPC.Call, _ id: UInt32, arrival: MonotonicTime) -> ConnectionAction {
    guard id > lastStreamID else {
      return sendAway(Status(.invalidArgument, english: "stream \(id) does not follow stream \(lastStreamID)"))
    }
    lastStreamID = id
    do {
      return .start(try admit(call, id, arrival: arrival))
    } catch {
      return .refuse(
        RefusedCall(
          streamID: id, method: try? registry.find(call.target), metadata: dictionary(call.metadata),
          requestBytes: call.message.count, status: error))
    }
  }

  /// One of its own calls may be over by then.
  private static let streamsRetryDelay = Duration.milliseconds(200)

  /// Checks everything that can be checked before the handler runs; the refusal ends this stream alone.
  private mutating func admit(_ call: RPC.Call, _ id: UInt32, arrival: MonotonicTime) throws(Status) -> CallStart {
    guard phase == .open, let principal else {
      throw .draining
    }
    guard streams.count < configuration.streamsMax else {
      throw Status(
        .resourceExhausted, "这个连接上同时进行的调用已有 \(configuration.streamsMax) 个（streams_max）",
        "\(configuration.streamsMax) calls run on this connection already (streams_max)"
      ).reason("STREAMS_MAX").retry(after: Self.streamsRetryDelay)
    }
    guard call.message.count <= configuration.messageBytesMax else {
      throw Status.tooLong(bytes: call.message.count, bytesMax: configuration.messageBytesMax)
    }
    let method = try registry.find(call.target)
    guard call.endStream || method.clientStreaming else {
      throw Status(.invalidArgument, english: "\(method.name) takes one message: set end_stream in Call")
    }
    guard principal.may(method.permission) else {
      let refusal = principal.refusal(of: method.permission, for: method.name)
      throw Status(.permissionDenied, refusal.chinese, refusal.english)
        .reason("PERMISSION_MISSING", ["permission": method.permission.rawValue])
    }
    let deadline = timeouts.callEnd(arrival, milliseconds: call.timeoutMs, isStreaming: method.isStreaming)
    var stream = Stream(deadline: deadline)
    if !call.endStream { stream.window = ReceiveWindow(credit: configuration.streamCreditBytes) }
    streams[id] = stream
    let takesMany = method.clientStreaming
    return CallStart(
      streamID: id, method: method, message: takesMany ? [] : call.message,
      firstMessage: takesMany && !call.message.isEmpty ? call.message : nil, isReceiving: !call.endStream,
      metadata: dictionary(call.metadata), principal: principal, deadline: deadline)
  }

  private func dictionary(_ metadata: [RPC.Metadata]) -> [String: String] {
    metadata.isEmpty ? [:] : Dictionary(metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }

  private mutating func receivedCancel(_ id: UInt32, now: MonotonicTime) -> ConnectionAction {
    guard controls.take(now: now) else { return tooManyControls() }
    guard id != 0, id <= lastStreamID else { return unknownStream(id) }
    // One that has ended already was cancelled a little late; that is nobody's fault.
    guard let stream = streams[id], !stream.isAnswered, !stream.isCancelled else { return .none }
    streams[id]?.isCancelled = true
    return .cancel(id, Status(.cancelled, "客户端取消了调用", "the client cancelled the call"))
  }

  private mutating func receivedCredit(_ credit: RPC.Credit, _ id: UInt32, now: MonotonicTime) -> ConnectionAction {
    if earnedCredits > 0 {
      earnedCredits -= 1
    } else {
      guard controls.take(now: now) else { return tooManyControls() }
    }
    guard id <= lastStreamID else { return unknownStream(id) }
    return .credit(id, bytes: Int(credit.bytes))
  }

  private mutating func receivedPing(_ ping: RPC.Ping, now: MonotonicTime) -> ConnectionAction {
    guard !ping.answer else { return .none }
    guard ping.payload.count <= Self.pingBytesMax else {
      return sendAway(Status(.resourceExhausted, english: "a ping carries at most \(Self.pingBytesMax) bytes"))
    }
    guard pings.take(now: now) else {
      return sendAway(
        Status(
          .resourceExhausted,
          english: "too many pings: at most one every \(configuration.pingIntervalMin.wholeMilliseconds) ms")
      )
    }
    return .send(RPC.Frame(body: .ping(RPC.Ping(payload: ping.payload, answer: true))))
  }

  private mutating func receivedData(_ data: RPC.Data, _ id: UInt32, now: MonotonicTime) -> ConnectionAction {
    guard id != 0, id <= lastStreamID else { return unknownStream(id) }
    guard !data.hasMessage || window.receive(data.message.count) else {
      return sendAway(
        Status(.resourceExhausted, english: "more Data than the connection's credit (connection_credit_bytes)")
          .reason("CREDIT_EXCEEDED"))
    }
    receivedBytes += data.message.count
    return streamReceived(data, id, now: now)
  }

  private mutating func streamReceived(_ data: RPC.Data, _ id: UInt32, now: MonotonicTime) -> ConnectionAction {
    guard var stream = streams[id], !stream.isAnswered, !stream.isCancelled else {
      // Its stream has ended: late, not wrong. But it must not go on for ever.
      return controls.take(now: now) ? .none : tooManyControls()
    }
    guard var window = stream.window else {
      return sendAway(Status(.invalidArgument, english: "Data on stream \(id), which was ended by end_stream"))
    }
    guard data.message.count <= configuration.messageBytesMax else {
      return end(id, .tooLong(bytes: data.message.count, bytesMax: configuration.messageBytesMax))
    }
    guard !data.hasMessage || window.receive(data.message.count) else {
      return end(
        id,
        Status(.resourceExhausted, english: "more Data than the stream's credit (stream_credit_bytes)").reason(
          "CREDIT_EXCEEDED")
      )
    }
    guard stream.waitingMessages < configuration.streamMessagesMax || !data.hasMessage else {
      return end(
        id,
        Status(
          .resourceExhausted,
          english: "\(configuration.streamMessagesMax) messages wait to be consumed (stream_messages_max)"
        ).reason("STREAM_MESSAGES_MAX"))
    }
    if data.hasMessage { stream.waitingMessages += 1 }
    stream.window = data.endStream ? nil : window
    streams[id] = stream
    return .receive(id, data.hasMessage ? data.message : nil, isLast: data.endStream)
  }

  private mutating func unknownStream(_ id: UInt32) -> ConnectionAction {
    sendAway(Status(.invalidArgument, english: "stream \(id) was never opened"))
  }

  private mutating func tooManyControls() -> ConnectionAction {
    sendAway(Status(.resourceExhausted, english: "too many Cancel, Credit or late Data frames"))
  }

  /// The longest ping.
  private static var pingBytesMax: Int { 1024 }
}

extension RPC.Data {
  /// A frame that is only the end carries no message and costs no credit, so that a client may always say that it is done.
  fileprivate var hasMessage: Bool { !message.isEmpty || !endStream }
}

extension Status {
  /// For calls whose client waits no more.
  static var deadlinePassed: Status {
    Status(.deadlineExceeded, "调用的时限已过（timeout_ms）", "the call's time is over (timeout_ms)")
  }

  /// For calls that come, or would wait on, while the daemon stops.
  static var draining: Status {
    Status(.unavailable, "守护进程正在停止：请重新连接", "the daemon is stopping: connect again").reason("DRAINING")
  }
}
