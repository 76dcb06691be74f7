internal import GuobanMessages
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// The way from callers, on whatever thread, to one connection's event loop.
///
/// Stream ids are given under the lock that also orders the letters, so they reach the wire strictly increasing. The first
/// letter wakes the event loop; those after it ride along in the same write.
final class ClientConnection: Sendable {
  let endpoint: Endpoint
  let eventLoop: any EventLoop
  let configuration: ClientConfiguration
  private let outbox = Mutex(Outbox())
  private let greeting: EventLoopPromise<Result<ServerTerms, Status>>

  /// Something that the event loop is to do.
  enum Letter: Sendable {
    case call(UInt32, RPC.Call, CallWaiter, takesData: Bool, deadline: MonotonicTime)
    case send(UInt32, [UInt8])
    case endSending(UInt32)
    case cancel(UInt32)
    case consumed(UInt32, bytes: Int)
  }

  private struct Outbox {
    var lastStreamID: UInt32 = 0
    var letters: [Letter] = []
    var channel: (any Channel)?
    var wake: (@Sendable () -> Void)?
    /// Why there are no new calls any more.
    var ending: Status?
    var onLeave: (@Sendable (Status) -> Void)?
    /// Nobody reads letters any more.
    var isOver = false

    mutating func add(_ letter: Letter) -> (@Sendable () -> Void)? {
      guard !isOver else { return nil }
      letters.append(letter)
      return letters.count == 1 ? wake : nil
    }
  }

  init(endpoint: Endpoint, eventLoop: any EventLoop, configuration: ClientConfiguration) {
    self.endpoint = endpoint
    self.eventLoop = eventLoop
    self.configuration = configuration
    greeting = eventLoop.makePromise()
  }

  deinit {
    // A promise that was kept long ago does not mind.
    greeting.succeed(.failure(Status(.unavailable, english: "the client was dropped")))
  }

  // MARK: Callers

  /// A call with one message each way. Cancelling the task cancels the call.
  func call(_ request: RPC.Call, deadline: MonotonicTime) async -> CallEnding {
    let cancellation = CancellationBox()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let id = open(request, .unary(continuation), takesData: false, deadline: deadline)
        if let id, cancellation.started(id) { cancel(id) }
      }
    } onCancel: {
      if let id = cancellation.cancel() { cancel(id) }
    }
  }

  /// Opens a stream and gives its id. Nil when the connection takes no calls any more; then the waiter has been told.
  func open(_ request: RPC.Call, _ waiter: CallWaiter, takesData: Bool, deadline: MonotonicTime) -> UInt32? {
    let (id, wake, ending) = outbox.withLock { outbox -> (UInt32?, (@Sendable () -> Void)?, Status?) in
      if let ending = outbox.ending { return (nil, nil, ending) }
      outbox.lastStreamID += 1
      let id = outbox.lastStreamID
      return (id, outbox.add(.call(id, request, waiter, takesData: takesData, deadline: deadline)), nil)
    }
    if let wake { eventLoop.execute(wake) }
    if let ending {
      let status = ending.asUnavailable
      waiter.finish(.failure(CallFailure(status: status, isNotRun: true)))
    }
    return id
  }

  func send(_ id: UInt32, _ message: [UInt8]) { post(.send(id, message)) }

  func endSending(_ id: UInt32) { post(.endSending(id)) }

  func cancel(_ id: UInt32) { post(.cancel(id)) }

  func consumed(_ id: UInt32, bytes: Int) { post(.consumed(id, bytes: bytes)) }

  /// Letters about streams are taken until the connection is gone, also when it takes no new calls.
  private func post(_ letter: Letter) {
    let wake = outbox.withLock { $0.add(letter) }
    if let wake { eventLoop.execute(wake) }
  }

  // MARK: The event loop

  /// Has `wake` called on the event loop when there are letters.
  func onLetters(_ wake: @escaping @Sendable () -> Void) { outbox.withLock { $0.wake = wake } }

  /// Takes what callers left.
  func takeLetters() -> [Letter] {
    outbox.withLock { outbox in
      outbox.letters.isEmpty ? [] : exchange(&outbox.letters, with: [])
    }
  }

  /// No new calls from now on.
  func leave(_ status: Status) {
    let onLeave = outbox.withLock { outbox in
      outbox.ending = outbox.ending ?? status
      return exchange(&outbox.onLeave, with: nil)
    }
    greeted(.failure(status))
    onLeave?(status)
  }

  /// The connection is gone, and its streams with it.
  func end() {
    let wake = outbox.withLock { outbox in
      outbox.isOver = true
      outbox.letters = []
      return exchange(&outbox.wake, with: nil)
    }
    // Let go of outside the lock: it owns the handler.
    _ = wake
  }

  func greeted(_ result: Result<ServerTerms, Status>) { greeting.succeed(result) }

  // MARK: Whoever opened it

  /// Has `body` called once when the connection takes no calls any more; at once when that is so already.
  func onLeave(_ body: @escaping @Sendable (Status) -> Void) {
    let ending = outbox.withLock { outbox in
      if outbox.ending == nil { outbox.onLeave = body }
      return outbox.ending
    }
    if let ending { body(ending) }
  }

  func opened(_ channel: any Channel) { outbox.withLock { $0.channel = channel } }

  /// What the server's Hello said.
  func handshake(timeout: TimeAmount) async throws(Status) -> ServerTerms {
    let late = Status(.deadlineExceeded, english: "\(endpoint) accepted the connection and then said nothing")
    let timer = eventLoop.scheduleTask(in: timeout) { self.greeted(.failure(late)) }
    let result = (try? await greeting.futureResult.get()) ?? .failure(late)
    timer.cancel()
    do {
      return try result.get()
    } catch {
      await close()
      throw error
    }
  }

  /// Closes the connection. Calls that still run fail with UNAVAILABLE.
  func close() async {
    guard let channel = outbox.withLock({ $0.channel }) else { return }
    try? await channel.close()
  }

  /// The same without waiting for it.
  func drop() { outbox.withLock { $0.channel }?.close(promise: nil) }
}

/// Whether a task was cancelled before or after its call got a stream.
private final class CancellationBox: Sendable {
  private let state = Mutex<(id: UInt32?, isCancelled: Bool)>((nil, false))

  /// True when the call was cancelled already.
  func started(_ id: UInt32) -> Bool {
    state.withLock { state in
      state.id = id
      return state.isCancelled
    }
  }

  /// The stream to cancel, when there is one.
  func cancel() -> UInt32? {
    state.withLock { state in
      state.isCancelled = true
      return state.id
    }
  }
}
