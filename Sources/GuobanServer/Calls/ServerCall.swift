public import GuobanAccess
public import GuobanWire
public import NIOCore
internal import Synchronization

/// One call while it runs: what was asked, by whom, until when, and the way to answer.
///
/// A handler gets it on the connection's event loop, and answers there or on any other thread with ``reply(_:)`` or
/// ``fail(_:)``; the first answer counts, later ones go nowhere, so a cancellation may race an answer. The call holds one
/// of its connection's streams until then, even when the caller has long gone: so a handler should look at
/// ``isCancelled`` and stop.
public final class ServerCall: Sendable {
  /// The request, packed; empty for a client-streaming method, whose messages all come through ``receive()`` or
  /// ``onMessage(_:)``.
  public let message: [UInt8]
  /// The method's full name.
  public var method: String { definition.name }
  /// What the client sent beside the message; of two entries with one key the last counts.
  public let metadata: [String: String]
  /// Who is calling.
  public let principal: Principal
  /// Where the call came from.
  public let peer: Peer
  /// When the caller stops waiting.
  public let deadline: MonotonicTime

  let streamID: UInt32
  let identity: CallIdentity
  let definition: MethodDefinition
  let startedAt: MonotonicTime
  let outlet: CallOutlet
  /// Of a client-streaming method.
  let inbox: CallInbox?
  /// Nil: it counts for nothing.
  private let meteredBytes: Int?
  private let state = Mutex(State())

  private struct State {
    var isFinished = false
    var cancellation: Status?
    var onCancel: [@Sendable () -> Void] = []
    var isDraining = false
    var onDrain: (@Sendable () -> Void)?
    var queueing = TimeAmount.zero
    var storage: TimeAmount?
    var streamedBytes = 0
  }

  /// The call counts in the outlet's ``LoadMeter`` already, unless it is exempt.
  init(_ start: CallStart, at now: MonotonicTime, connection: UInt64, peer: Peer, outlet: CallOutlet) {
    identity = CallIdentity(connection: connection, stream: start.streamID, metadata: start.metadata)
    message = start.message
    definition = start.method
    metadata = start.metadata
    principal = start.principal
    deadline = start.deadline
    streamID = start.streamID
    startedAt = now
    inbox =
      start.method.clientStreaming ? CallInbox(first: start.firstMessage, isEnded: !start.isReceiving) : nil
    meteredBytes = start.isExempt ? nil : start.meteredBytes
    self.peer = peer
    self.outlet = outlet
  }

  deinit {
    guard !state.withLock({ $0.isFinished }) else { return }
    let last = state.withLock { $0 }
    // Nobody can answer any more. Where somebody waits that is a bug in the handler, and must not cost him his stream.
    release()
    var status =
      last.cancellation ?? Status(.internalError, "守护进程没有应答 \(method)，这是它的缺陷", "the daemon forgot to answer \(method)")
    status.requestID = requestID
    outlet.finish(end(.failure(status), last))
  }

  /// Names the call in every log line about it: the client's `request-id` when it is fit for a log, else made here. Made
  /// anew each time.
  public var requestID: String { identity.requestID }

  /// The client's W3C Trace Context, for whoever is called on behalf of this call; nil when it sent none that is valid.
  public var traceParent: String? { identity.traceParent }

  /// The event loop of the connection.
  public var eventLoop: any EventLoop { outlet.eventLoop }

  /// Whether nobody waits for the answer any more: cancelled, disconnected, past the deadline, drained.
  public var isCancelled: Bool { state.withLock { $0.cancellation != nil } }

  /// Throws the reason when nobody waits for the answer any more.
  public func checkCancellation() throws(Status) {
    if let status = state.withLock({ $0.cancellation }) { throw status }
  }

  /// Has `body` called once when nobody waits any more; at once when that is so already; never after the answer.
  ///
  /// It runs on the event loop, or on this thread, and must not block.
  public func onCancel(_ body: @escaping @Sendable () -> Void) {
    let runNow = state.withLock { state in
      if state.cancellation == nil, !state.isFinished { state.onCancel.append(body) }
      return state.cancellation != nil && !state.isFinished
    }
    if runNow { body() }
  }

  /// Answers. Any thread; on the event loop the answer is written straight into the connection's buffer.
  public func reply(_ message: [UInt8]) { reply(message, inBatch: false) }

  /// Ends the call with an error. Any thread.
  public func fail(_ status: Status) { fail(status, inBatch: false) }

  /// - Parameter inBatch: somebody will have the outlet's ``CallOutlet/batch`` deliver the answer.
  func reply(_ message: [UInt8], inBatch: Bool) {
    do throws(Status) {
      try outlet.checkSize(message.count)
      finish(.success(message), inBatch: inBatch)
    } catch {
      fail(error, inBatch: inBatch)
    }
  }

  /// See ``reply(_:inBatch:)``.
  func fail(_ status: Status, inBatch: Bool) {
    var status = status
    status.requestID = requestID
    finish(.failure(status), inBatch: inBatch)
  }

  /// Adds to the time that this call has spent in storage, for the slow-call log.
  func spent(storage time: TimeAmount) {
    state.withLock { $0.storage = ($0.storage ?? .zero) + time }
  }

  /// Counts a message of a stream.
  func streamed(_ bytes: Int) { state.withLock { $0.streamedBytes += bytes } }

  /// Has `body` called once when the daemon stops while this call runs; at once when it is stopping already. A call that
  /// waits for something to happen, such as a watch, ends itself there, so that nobody has to wait for it. On the event
  /// loop, or on this thread; a newer one replaces it.
  public func onDrain(_ body: @escaping @Sendable () -> Void) {
    let runNow = state.withLock { state in
      if !state.isDraining, !state.isFinished { state.onDrain = body }
      return state.isDraining && !state.isFinished
    }
    if runNow { body() }
  }

  /// Does the blocking part of a call on the bounded worker pool. What `body` throws becomes the call's status; a full or
  /// slow queue is RESOURCE_EXHAUSTED or UNAVAILABLE at once. `body` may leave the answer to somebody else and return.
  public func onWorker(_ body: @escaping @Sendable (ServerCall) throws -> Void) {
    run(
      on: outlet.workers.pool(isStreaming: definition.isStreaming, isEssential: definition.isEssential), body)
  }

  /// Does `body` on one of the pool's threads.
  func run(on pool: WorkerPool, _ body: @escaping @Sendable (ServerCall) throws -> Void) {
    let submitted = NIODeadline.now()
    let refusal = pool.submit(before: deadline) { [self] refusal in
      state.withLock { $0.queueing = $0.queueing + (.now() - submitted) }
      do {
        try checkCancellation()
        if let refusal { throw refusal }
        try body(self)
      } catch {
        fail(Status(ending: error))
      }
    }
    if let refusal { fail(refusal) }
  }

  /// Runs `body` on the event loop, soon; not at all when the connection has ended by then.
  func onEventLoop(_ body: @escaping @Sendable () -> Void) { outlet.run(body) }

  /// Tells the handler that the daemon is stopping.
  func drain() {
    let listener = state.withLock { state in
      state.isDraining = true
      return exchange(&state.onDrain, with: nil)
    }
    listener?()
  }

  /// Tells the handler that nobody waits any more. The first reason counts.
  func cancel(_ reason: Status) {
    let listeners = state.withLock { state in
      guard state.cancellation == nil, !state.isFinished else { return [@Sendable () -> Void]() }
      state.cancellation = reason
      return exchange(&state.onCancel, with: [])
    }
    inbox?.wake()
    for listener in listeners { listener() }
  }

  private func finish(_ outcome: CallOutcome, inBatch: Bool) {
    let last: State? = state.withLock { state in
      guard !state.isFinished else { return nil }
      state.isFinished = true
      defer {
        state.onCancel = []
        state.onDrain = nil
      }
      return state
    }
    // The listeners are let go outside the lock: they may own the last reference to anything.
    guard let last else { return }
    release()
    outlet.finish(end(outcome, last), inBatch: inBatch)
  }

  /// Gives back what the call counted for. Not when its connection ends but here, when its handler is done.
  private func release() {
    if let inbox { outlet.load.release(inbox.close()) }
    if let meteredBytes { outlet.load.end(meteredBytes) }
  }

  private func end(_ outcome: CallOutcome, _ last: State) -> CallEnd {
    let lastBytes = if case .success(let message) = outcome { message.count } else { 0 }
    return CallEnd(
      streamID: streamID, isStreaming: definition.serverStreaming, method: method, startedAt: startedAt,
      outcome: outcome, identity: identity, methodID: definition.id, queueing: last.queueing, storage: last.storage,
      requestBytes: message.count, replyBytes: last.streamedBytes + lastBytes)
  }
}
