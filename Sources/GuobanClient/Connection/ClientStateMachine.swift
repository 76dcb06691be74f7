internal import GuobanMessages
internal import GuobanWire

/// The rules of a connection's client end, without a socket or a clock: frames, callers' wishes and times go in, and
/// ``nextAction()`` tells what to do.
///
/// `Waiter` is whoever is told what becomes of a call. Every call that was opened is finished exactly once.
struct ClientStateMachine<Waiter> {
  let configuration: ClientConfiguration
  /// Where the server is, for messages.
  let place: String
  private(set) var phase = Phase.awaitingHello
  var streams: [UInt32: Stream] = [:]
  private(set) var lastStreamID: UInt32 = 0
  /// Credit that the server has given this end for all streams together.
  var sendCredit = CreditWindow(0)
  /// Credit that this end has given the server for all streams together, and what it is to be given back.
  var receiveWindow = CreditWindow(0)
  var receiveCredit = ReceiveCredit(batchBytes: .max)
  /// Streams with messages that the credit of their own would allow, the one to go first first.
  var sendTurns: [UInt32] = []
  var keepalive: Keepalive
  private(set) var terms: ServerTerms?
  private var actions: [ClientAction<Waiter>] = []
  private var nextActionIndex = 0

  enum Phase: Equatable {
    case awaitingHello
    case open
    /// The server will take no more calls; those that run may end.
    case leaving(Status)
    case closed(Status)
  }

  struct Stream {
    let waiter: Waiter
    let deadline: MonotonicTime
    /// Nil when the method answers with one message.
    var receiveWindow: CreditWindow?
    /// Nil when everything was sent.
    var outgoing: Outgoing?
  }

  init(configuration: ClientConfiguration, place: String, now: MonotonicTime) {
    self.configuration = configuration
    self.place = place
    keepalive = Keepalive(configuration, now: now)
  }

  /// What to do next; nil when there is nothing more to do until something else happens.
  mutating func nextAction() -> ClientAction<Waiter>? {
    guard nextActionIndex < actions.count else {
      actions.removeAll(keepingCapacity: true)
      nextActionIndex = 0
      return nil
    }
    defer { nextActionIndex += 1 }
    return actions[nextActionIndex]
  }

  /// The connection is there.
  mutating func connected(_ hello: RPC.Hello) { act(.send(RPC.Frame(body: .hello(hello)))) }

  /// A caller opens a stream; its id must be higher than any before.
  mutating func open(
    _ id: UInt32, _ call: RPC.Call, _ waiter: Waiter, takesData: Bool, deadline: MonotonicTime, now: MonotonicTime
  ) {
    precondition(id > lastStreamID, "stream \(id) does not follow stream \(lastStreamID)")
    lastStreamID = id
    guard case .open = phase, let limits = terms?.limits else {
      return act(.finish(waiter, .failure(CallFailure(status: refusal, isNotRun: true))))
    }
    if streams.isEmpty { keepalive.heard(now) }
    streams[id] = Stream(
      waiter: waiter, deadline: deadline, receiveWindow: takesData ? CreditWindow(limits.streamCreditBytes) : nil,
      outgoing: call.endStream ? nil : Outgoing(credit: CreditWindow(limits.streamCreditBytes)))
    act(.send(RPC.Frame(streamId: id, body: .call(call))))
  }

  /// A caller does not wait any longer.
  mutating func cancel(_ id: UInt32, _ status: Status) {
    guard streams[id] != nil else { return }
    act(.send(RPC.Frame(streamId: id, body: .cancel(RPC.Cancel()))))
    finish(id, .failure(CallFailure(status: status)))
  }

  /// Time has passed.
  mutating func timePassed(_ now: MonotonicTime) {
    for id in streams.filter({ $0.value.deadline <= now }).keys.sorted() {
      cancel(id, Status(.deadlineExceeded, english: "no answer from \(place) in time"))
    }
    guard !streams.isEmpty, isUsable else { return }
    switch keepalive.timePassed(now) {
    case .nothing: break
    case .ping: act(.send(RPC.Frame(body: .ping(RPC.Ping()))))
    case .lost: disconnected(Status(.unavailable, english: "\(place) has gone silent"))
    }
  }

  /// When to look at the time again; nil when there is nothing to wait for.
  var nextDeadline: MonotonicTime? {
    guard let first = streams.values.map(\.deadline).min() else { return nil }
    return isUsable ? min(first, keepalive.nextDeadline) : first
  }

  /// The connection is no more, or no more of use. Every call that runs ends; the first reason counts.
  mutating func disconnected(_ status: Status) {
    if case .closed = phase { return }
    let first: Status? = if case .leaving(let first) = phase { first } else { nil }
    let reason = (first ?? status).asUnavailable
    phase = .closed(first ?? status)
    if first == nil { act(.leave(status)) }
    for id in streams.keys.sorted() { finish(id, .failure(CallFailure(status: reason))) }
    act(.close)
  }

  /// The server takes no more calls, and has not begun with any after `lastServed`.
  mutating func leave(_ status: Status, lastServed: UInt32) {
    guard isUsable else { return }
    if case .leaving = phase {
    } else {
      phase = .leaving(status)
      act(.leave(status))
    }
    let notRun = Status(.unavailable, status.message, status.englishMessage)
    for id in streams.keys.filter({ $0 > lastServed }).sorted() {
      finish(id, .failure(CallFailure(status: notRun, isNotRun: true)))
    }
    closeIfLeft()
  }

  mutating func greeted(_ terms: ServerTerms) {
    self.terms = terms
    phase = .open
    sendCredit = CreditWindow(terms.limits.connectionCreditBytes)
    receiveWindow = CreditWindow(terms.limits.connectionCreditBytes)
    receiveCredit = ReceiveCredit(batchBytes: Int(terms.limits.connectionCreditBytes) / 2)
    keepalive.raise(intervalMin: .milliseconds(Int64(terms.hello.pingIntervalMinMs)))
    act(.greeted(terms))
  }

  /// The call is over: its waiter hears it, and nothing of it is left here.
  mutating func finish(_ id: UInt32, _ ending: CallEnding) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    if stream.outgoing != nil { sendTurns.removeAll { $0 == id } }
    act(.finish(stream.waiter, ending))
    closeIfLeft()
  }

  mutating func act(_ action: ClientAction<Waiter>) { actions.append(action) }

  private var isUsable: Bool { if case .closed = phase { false } else { true } }

  /// Why no call can be opened now.
  private var refusal: Status {
    switch phase {
    case .leaving(let status), .closed(let status): status.asUnavailable
    case .awaitingHello, .open: Status(.unavailable, english: "\(place) has not said Hello yet")
    }
  }

  /// A connection that was sent away has no purpose after its last call.
  private mutating func closeIfLeft() {
    guard case .leaving(let status) = phase, streams.isEmpty else { return }
    phase = .closed(status)
    act(.close)
  }
}
