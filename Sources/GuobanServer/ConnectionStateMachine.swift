internal import GuobanAccess
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire
internal import NIOCore

/// The rules of one connection, without a socket or a clock: frames, answers and times go in, actions come out.
///
/// A stream is open from its Call until its handler has answered, even when the client cancelled it or its deadline
/// passed long before: so opening and cancelling fast wins nothing (CVE-2023-44487).
struct ConnectionStateMachine {
  let configuration: ServerConfiguration
  let registry: MethodRegistry
  private(set) var phase = Phase.awaitingHello
  private(set) var principal: Principal?
  private(set) var streams: [UInt32: Stream] = [:]
  var lastStreamID: UInt32 = 0
  var pings: TokenBucket
  var controls: TokenBucket
  private let openedAt: NIODeadline
  private var activeAt: NIODeadline

  enum Phase {
    case awaitingHello, open, draining, closed
  }

  struct Stream {
    var deadline: NIODeadline
    var isStreaming: Bool
    /// The client has its reply, or does not want one; only the handler is not done.
    var isAnswered = false
    /// The client cancelled; the reply goes out when the handler is done.
    var isCancelled = false
  }

  init(configuration: ServerConfiguration, registry: MethodRegistry, now: NIODeadline) {
    self.configuration = configuration
    self.registry = registry
    openedAt = now
    activeAt = now
    pings = TokenBucket(
      capacity: configuration.pingBurstMax, interval: configuration.pingIntervalMin, now: now)
    controls = TokenBucket(
      capacity: configuration.controlBurstMax,
      interval: .nanoseconds(1_000_000_000 / Int64(max(1, configuration.controlBurstMax))), now: now)
  }

  /// A frame arrived.
  mutating func received(_ frame: RPC.Frame, now: NIODeadline) -> ConnectionAction {
    activeAt = now
    switch phase {
    case .closed: return .none
    case .awaitingHello: return receivedFirst(frame)
    case .open, .draining: return receivedLater(frame, now: now)
    }
  }

  /// Who the peer is, in answer to `authenticate`; nil sends it away.
  mutating func identified(_ principal: Principal?) -> ConnectionAction {
    guard phase == .awaitingHello else { return .none }
    guard let principal else {
      return sendAway(
        Status(
          .unauthenticated,
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

  /// A handler is done with its call; its slot is free.
  mutating func finished(_ id: UInt32, _ outcome: CallOutcome) -> ConnectionAction {
    guard let stream = streams.removeValue(forKey: id), phase != .closed, !stream.isAnswered else { return .none }
    if stream.isCancelled { return reply(id, Status(.cancelled, "the client cancelled the call")) }
    switch outcome {
    case .success(let message) where message.count <= configuration.messageBytesMax:
      return .send(RPC.Frame(streamId: id, body: .reply(RPC.Reply(message: message))))
    case .success(let message):
      return reply(id, .tooLong(bytes: message.count, bytesMax: configuration.messageBytesMax))
    case .failure(let status):
      return reply(id, status)
    }
  }

  /// A handler sends one more message.
  func data(_ id: UInt32, _ message: [UInt8]) -> ConnectionAction {
    guard phase != .closed, let stream = streams[id], !stream.isAnswered, !stream.isCancelled else { return .none }
    return .send(RPC.Frame(streamId: id, body: .data(RPC.Data(message: message))))
  }

  /// Stops taking calls; those that run may end.
  mutating func drain() -> ConnectionAction {
    switch phase {
    case .awaitingHello: return sendAway(Status(.unavailable, "the daemon is stopping"))
    case .open:
      phase = .draining
      return .send(goAway(Status(.ok, "the daemon is stopping"), grace: configuration.drainTimeout))
    case .draining, .closed: return .none
    }
  }

  /// Whether a drain has nothing left to wait for.
  var isDrained: Bool { phase == .draining && streams.isEmpty }

  /// Time has passed.
  mutating func timePassed(_ now: NIODeadline) -> ConnectionAction {
    switch phase {
    case .closed: return .none
    case .awaitingHello:
      guard now >= openedAt + configuration.handshakeTimeout else { return .none }
      return sendAway(
        Status(.deadlineExceeded, "no Hello within \(configuration.handshakeTimeout.wholeMilliseconds) ms"))
    case .open, .draining:
      if !streams.isEmpty { activeAt = now }
      if now >= activeAt + configuration.idleTimeout {
        return sendAway(Status(.ok, "the connection was idle"))
      }
      let expired = streams.filter { !$0.value.isAnswered && $0.value.deadline <= now }.keys.sorted()
      for id in expired { streams[id]?.isAnswered = true }
      return expired.isEmpty ? .none : .expire(expired)
    }
  }

  /// When to look at the time again.
  func nextDeadline(after now: NIODeadline) -> NIODeadline? {
    switch phase {
    case .closed: nil
    case .awaitingHello: openedAt + configuration.handshakeTimeout
    case .open, .draining:
      streams.values.filter { !$0.isAnswered }.map(\.deadline).min()
        ?? (streams.isEmpty ? activeAt : now) + configuration.idleTimeout
    }
  }

  /// Says why, and takes nothing more.
  mutating func sendAway(_ status: Status) -> ConnectionAction {
    guard phase != .closed else { return .none }
    phase = .closed
    return .sendAway(goAway(status, grace: .zero), status)
  }

  /// The connection is no more; late answers go nowhere.
  mutating func close() { phase = .closed }

  mutating func open(_ id: UInt32, deadline: NIODeadline, isStreaming: Bool) {
    streams[id] = Stream(deadline: deadline, isStreaming: isStreaming)
  }

  mutating func markCancelled(_ id: UInt32) { streams[id]?.isCancelled = true }

  func reply(_ id: UInt32, _ status: Status) -> ConnectionAction {
    .send(RPC.Frame(streamId: id, body: .reply(status.reply(messageBytesMax: configuration.messageBytesMax))))
  }

  private func goAway(_ status: Status, grace: TimeAmount) -> RPC.Frame {
    RPC.Frame(
      body: .goAway(
        RPC.GoAway(
          lastStreamId: lastStreamID, code: status.code.number, reason: status.message,
          graceMs: grace.wholeMilliseconds)))
  }

  private func serverHello(_ principal: Principal) -> RPC.Frame {
    RPC.Frame(
      body: .hello(
        RPC.Hello(
          protocolVersions: [Self.protocolVersion], name: configuration.name, methods: registry.table.entries,
          limits: configuration.limits, pingIntervalMinMs: configuration.pingIntervalMin.wholeMilliseconds,
          permissions: principal.permissions.permissions.map(\.rawValue).sorted(), principal: principal.name)))
  }

  /// The one version there is.
  static let protocolVersion: UInt32 = 1
}
