internal import GuobanMessages
internal import GuobanWire

extension ClientStateMachine {
  /// A frame arrived.
  mutating func received(_ frame: RPC.Frame, now: MonotonicTime) {
    keepalive.heard(now)
    switch phase {
    case .closed: break
    case .awaitingHello: receivedFirst(frame)
    case .open, .leaving: receivedLater(frame)
    }
  }

  /// What the server sent is no frame.
  mutating func failed(_ error: FrameError) {
    disconnected(
      Status(
        .unavailable, english: "\(place) does not answer as a Guoban daemon would: \(error.status.message)",
        cause: error))
  }

  private mutating func receivedFirst(_ frame: RPC.Frame) {
    switch frame.body {
    case .goAway(let goAway) where frame.streamId == 0: receivedGoAway(goAway)
    case .hello(let hello) where frame.streamId == 0:
      do throws(Status) { greeted(try ServerTerms(hello)) } catch { disconnected(error) }
    default: broken("its first frame is not Hello")
    }
  }

  private mutating func receivedLater(_ frame: RPC.Frame) {
    let id = frame.streamId
    switch frame.body {
    case .reply(let reply): receivedReply(reply, id)
    case .data(let data): receivedData(data, id)
    case .credit(let credit): receivedCredit(Int(credit.bytes), id)
    case .ping(let ping): receivedPing(ping)
    case .goAway(let goAway): receivedGoAway(goAway)
    case .hello: broken("a second Hello")
    case .call: broken("a Call, which only clients send")
    case .cancel: broken("a Cancel, which only clients send")
    // A newer server may have more to say than this version understands.
    case nil: break
    }
  }

  private mutating func receivedReply(_ reply: RPC.Reply, _ id: UInt32) {
    guard isKnown(id) else { return }
    guard let status = Status(reply, limits: configuration.decodeLimits) else {
      return finish(id, .success(reply.message))
    }
    let limits = configuration.decodeLimits
    let failure = CallFailure(
      status: status, isNotRun: status.saysNotRun(limits: limits), retryAfter: status.retryDelay(limits: limits))
    finish(id, .failure(failure))
  }

  private mutating func receivedData(_ data: RPC.Data, _ id: UInt32) {
    guard isKnown(id) else { return }
    guard receiveWindow.isOpen else { return broken("more Data than the connection's credit") }
    receiveWindow.take(data.message.count)
    // The connection's credit comes back at once, so that a stream nobody consumes cannot hold up the others; the
    // stream's own credit comes back as its messages are consumed.
    if let bytes = receiveCredit.add(data.message.count) {
      receiveWindow.grant(bytes)
      act(.send(.credit(bytes, stream: 0)))
    }
    // Data of a call that has ended here was under way.
    guard let stream = streams[id] else { return }
    guard let window = stream.receiveWindow else {
      return cancel(id, Status(.internalError, english: "\(place) answers this method with many messages"))
    }
    guard window.isOpen else {
      return cancel(id, Status(.internalError, english: "\(place) sent more Data than the stream's credit"))
    }
    streams[id]?.receiveWindow?.take(data.message.count)
    act(.deliver(stream.waiter, data.message))
  }

  private mutating func receivedPing(_ ping: RPC.Ping) {
    guard !ping.answer else { return }
    act(.send(RPC.Frame(body: .ping(RPC.Ping(payload: ping.payload, answer: true)))))
  }

  private mutating func receivedGoAway(_ goAway: RPC.GoAway) {
    let code = Status.Code(number: goAway.code)
    let status = Status(code == .ok ? .unavailable : code, english: "\(place): \(goAway.reason)")
    let delay = Duration.milliseconds(Int64(goAway.retryAfterMs))
    leave(delay > .zero ? status.retry(after: delay) : status, lastServed: goAway.lastStreamId)
  }

  /// Whether the stream was ever opened; a frame for another one ends the connection.
  mutating func isKnown(_ id: UInt32) -> Bool {
    if id != 0, id <= lastStreamID { return true }
    broken("a frame for stream \(id), which was never opened")
    return false
  }

  /// The server broke the protocol.
  mutating func broken(_ what: String) {
    disconnected(Status(.unavailable, english: "\(place) does not answer as a Guoban daemon would: \(what)"))
  }
}

extension RPC.Frame {
  /// Gives credit for a stream; 0 is the whole connection.
  static func credit(_ bytes: Int, stream: UInt32) -> RPC.Frame {
    RPC.Frame(streamId: stream, body: .credit(RPC.Credit(bytes: UInt32(clamping: bytes))))
  }
}
