internal import GuobanAccess
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

/// The rules of one connection, without a socket or a clock: frames, answers and times go in, actions come out.
///
/// A stream is open from its Call until its handler has answered, even when the client cancelled it or its deadline
/// passed long before: so opening and cancelling fast wins nothing (CVE-2023-44487).
///
/// Credit for what the client sends is kept here (``ReceiveWindow``); credit for what the server sends is in
/// ``FlowControl``, which threads that wait for it share.
struct ConnectionStateMachine {
  let configuration: ServerConfiguration
  let registry: MethodRegistry
  let timeouts: Timeouts
  private(set) var phase = Phase.awaitingHello
  private(set) var principal: Principal?
  var streams: [UInt32: Stream] = [:]
  var lastStreamID: UInt32 = 0
  /// Credit of all streams together, and what came of it in this read.
  var window: ReceiveWindow
  var receivedBytes = 0
  var pings: TokenBucket
  var controls: TokenBucket
  /// Data frames sent that no Credit has answered yet.
  var earnedCredits = 0
  private let openedAt: MonotonicTime
  private var activeAt: MonotonicTime
  private var frameBeganAt: MonotonicTime?

  enum Phase {
    case awaitingHello, open, draining, closed
  }

  struct Stream {
    var deadline: MonotonicTime
    /// Credit of the client's messages; nil once it has sent the last.
    var window: ReceiveWindow?
    /// Messages that the handler has not consumed yet.
    var waitingMessages = 0
    /// What the client was told although the handler was not done.
    var answer: Status.Code?
    /// The client cancelled; the reply goes out when the handler is done.
    var isCancelled = false

    var isAnswered: Bool { answer != nil }
  }

  init(configuration: ServerConfiguration, registry: MethodRegistry, now: MonotonicTime) {
    self.configuration = configuration
    self.registry = registry
    timeouts = Timeouts(configuration)
    openedAt = now
    activeAt = now
    window = ReceiveWindow(credit: configuration.connectionCreditBytes)
    pings = TokenBucket(capacity: configuration.pingBurstMax, interval: configuration.pingIntervalMin, now: now)
    controls = TokenBucket(
      capacity: configuration.controlBurstMax,
      interval: .nanoseconds(1_000_000_000 / Int64(max(1, configuration.controlBurstMax))), now: now)
  }

  /// A frame arrived. `arrival` is when, where it has waited since: time runs for a call from then.
  mutating func received(
    _ frame: RPC.Frame, arrival: MonotonicTime? = nil, now: MonotonicTime
  ) -> ConnectionAction {
    activeAt = now
    switch phase {
    case .closed: return .none
    case .awaitingHello: return receivedFirst(frame)
    case .open, .draining: return receivedLater(frame, arrival: arrival ?? now, now: now)
    }
  }

  /// What is left of a read waits for its turn: it has come in time.
  mutating func rested() { frameBeganAt = nil }

  /// A read is done. `hasPartial`: bytes of a frame are left that is not complete; `hasFrames`: the read completed some.
  ///
  /// The connection's credit comes back now, whether the messages are consumed or not, so that a handler that does not
  /// consume cannot hold up the others; a stream's own credit comes back as its messages are consumed.
  mutating func readEnded(hasPartial: Bool, hasFrames: Bool, now: MonotonicTime) -> ConnectionAction {
    if !hasPartial { frameBeganAt = nil } else if hasFrames || frameBeganAt == nil { frameBeganAt = now }
    guard receivedBytes > 0, phase != .closed else { return .none }
    guard let credit = window.giveBack(exchange(&receivedBytes, with: 0)) else { return .none }
    return .send(creditFrame(credit, 0))
  }

  /// Who the peer is, in answer to `authenticate`; nil sends it away.
  mutating func identified(_ principal: Principal?) -> ConnectionAction {
    guard phase == .awaitingHello else { return .none }
    guard let principal else {
      return sendAway(
        Status(
          .unauthenticated,
          english:
            "no access with this token: send the one in the daemon's token file (guobanctl finds it in the data directory)"
        ))
    }
    self.principal = principal
    phase = .open
    return .send(serverHello(principal))
  }

  /// What the peer sent is no frame.
  mutating func failed(_ error: FrameError) -> ConnectionAction {
    if case .notThisProtocol = error, phase == .awaitingHello {
      phase = .closed
      return .closeWithLine(error.line, error.status)
    }
    return sendAway(error.status)
  }

  /// Stops taking calls; those that run may end.
  mutating func drain() -> ConnectionAction {
    switch phase {
    case .awaitingHello: return sendAway(Status(.unavailable, english: "the daemon is stopping"))
    case .open:
      phase = .draining
      return .drain(
        .goAway(Status(.ok, english: "the daemon is stopping"), after: lastStreamID, grace: configuration.drainTimeout))
    case .draining, .closed: return .none
    }
  }

  /// Whether a drain has nothing left to wait for.
  var isDrained: Bool { phase == .draining && streams.isEmpty }

  /// Time has passed.
  mutating func timePassed(_ now: MonotonicTime) -> ConnectionAction {
    switch phase {
    case .closed: return .none
    case .awaitingHello:
      guard now >= timeouts.handshakeEnd(openedAt) else { return .none }
      return sendAway(
        Status(.deadlineExceeded, english: "no Hello within \(configuration.handshakeTimeout.wholeMilliseconds) ms"))
    case .open, .draining:
      if let frameBeganAt, now >= timeouts.frameEnd(frameBeganAt) {
        return sendAway(
          Status(
            .deadlineExceeded,
            english:
              "a frame was not complete \(configuration.frameTimeout.wholeMilliseconds) ms after it began (frame_timeout)"
          ))
      }
      if !streams.isEmpty { activeAt = now }
      if now >= timeouts.idleEnd(activeAt) { return sendAway(Status(.ok, english: "the connection was idle")) }
      let expired = streams.filter { !$0.value.isAnswered && $0.value.deadline <= now }.keys.sorted()
      for id in expired { streams[id]?.answer = .deadlineExceeded }
      return expired.isEmpty
        ? .none : .end(expired, .deadlinePassed)
    }
  }

  /// When to look at the time again.
  func nextDeadline(after now: MonotonicTime) -> MonotonicTime? {
    switch phase {
    case .closed: return nil
    case .awaitingHello: return timeouts.handshakeEnd(openedAt)
    case .open, .draining:
      let calls = streams.values.lazy.filter { !$0.isAnswered }.map(\.deadline).min()
      let next = calls ?? timeouts.idleEnd(streams.isEmpty ? activeAt : now)
      return frameBeganAt.map { min(next, timeouts.frameEnd($0)) } ?? next
    }
  }

  /// Says why, and takes nothing more.
  mutating func sendAway(_ status: Status) -> ConnectionAction {
    guard phase != .closed else { return .none }
    phase = .closed
    return .sendAway(.goAway(status, after: lastStreamID), status)
  }

  /// The connection is no more; late answers go nowhere.
  mutating func close() { phase = .closed }

  func reply(_ id: UInt32, _ status: Status) -> ConnectionAction {
    .send(RPC.Frame(streamId: id, body: .reply(status.reply(messageBytesMax: configuration.messageBytesMax))))
  }

  func creditFrame(_ bytes: Int, _ id: UInt32) -> RPC.Frame {
    RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: UInt32(clamping: bytes))))
  }

  private func serverHello(_ principal: Principal) -> RPC.Frame {
    RPC.Frame(
      body: .hello(
        RPC.Hello(
          protocolVersions: [Self.protocolVersion], name: configuration.name, methods: registry.table.entries,
          limits: configuration.limits, pingIntervalMinMs: configuration.pingIntervalMin.wholeMilliseconds,
          permissions: principal.permissions.permissions.map(\.rawValue).sorted(), principal: principal.name,
          takesZstd: true)))
  }

  /// The one version there is.
  static let protocolVersion: UInt32 = 1
}

extension RPC.Frame {
  /// The last words to a peer, of which no later stream is served than that of number `lastStreamID`. They have room for
  /// one language, and are in English.
  static func goAway(_ status: Status, after lastStreamID: UInt32, grace: Duration = .zero) -> RPC.Frame {
    RPC.Frame(
      body: .goAway(
        RPC.GoAway(
          lastStreamId: lastStreamID, code: status.code.number, reason: status.englishMessage,
          graceMs: grace.wholeMilliseconds,
          retryAfterMs: status.retryDelay(limits: .standard)?.wholeMilliseconds ?? 0)))
  }
}
