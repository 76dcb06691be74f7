internal import GuobanMessages
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// The way from callers, on whatever thread, to the connection's event loop.
///
/// Stream ids are given under the lock that also orders the letters, so they reach the wire strictly increasing. The first
/// letter wakes the event loop; those after it ride along in the same write.
final class ClientConnection: Sendable {
  let endpoint: Endpoint
  let eventLoop: any EventLoop
  let configuration: ClientConfiguration
  private let outbox = Mutex(Outbox())
  private let helloPromise: EventLoopPromise<Result<RPC.Hello, Status>>

  /// Something that the event loop is to do.
  enum Letter: Sendable {
    case call(UInt32, RPC.Call, Waiter, deadline: NIODeadline)
    case cancel(UInt32)
    case credit(UInt32, bytes: Int)
  }

  /// Who waits for a stream.
  enum Waiter: Sendable {
    case unary(CheckedContinuation<Result<[UInt8], Status>, Never>)
    case stream(StreamInbox)
  }

  private struct Outbox {
    var lastStreamID: UInt32 = 0
    var letters: [Letter] = []
    var channel: (any Channel)?
    var wake: (@Sendable () -> Void)?
    /// Why there is no connection any more.
    var ending: Status?

    enum Next {
      case nothing
      case wake(@Sendable () -> Void)
      case refuse(Waiter, Status)
    }

    mutating func add(_ letter: Letter) -> Next {
      if let ending {
        if case .call(_, _, let waiter, _) = letter { return .refuse(waiter, ending) }
        return .nothing
      }
      letters.append(letter)
      guard letters.count == 1, let wake else { return .nothing }
      return .wake(wake)
    }
  }

  init(endpoint: Endpoint, eventLoop: any EventLoop, configuration: ClientConfiguration) {
    self.endpoint = endpoint
    self.eventLoop = eventLoop
    self.configuration = configuration
    helloPromise = eventLoop.makePromise()
  }

  deinit {
    // A promise that was kept long ago does not mind.
    helloPromise.succeed(.failure(Status(.unavailable, "the client was dropped")))
  }

  // MARK: Callers

  func call(_ request: RPC.Call, deadline: NIODeadline) async -> Result<[UInt8], Status> {
    let cancellation = CancellationBox()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let id = post { .call($0, request, .unary(continuation), deadline: deadline) }
        if cancellation.started(id) { cancel(id) }
      }
    } onCancel: {
      if let id = cancellation.cancel() { cancel(id) }
    }
  }

  func stream(_ request: RPC.Call, _ inbox: StreamInbox, deadline: NIODeadline) -> UInt32 {
    post { .call($0, request, .stream(inbox), deadline: deadline) }
  }

  func cancel(_ id: UInt32) { send(.cancel(id)) }

  func credit(_ id: UInt32, bytes: Int) { send(.credit(id, bytes: bytes)) }

  private func post(_ letter: (UInt32) -> Letter) -> UInt32 {
    let (id, next) = outbox.withLock { outbox in
      outbox.lastStreamID += 1
      return (outbox.lastStreamID, outbox.add(letter(outbox.lastStreamID)))
    }
    act(next)
    return id
  }

  private func send(_ letter: Letter) {
    act(outbox.withLock { $0.add(letter) })
  }

  private func act(_ next: Outbox.Next) {
    switch next {
    case .nothing: break
    case .wake(let wake): eventLoop.execute(wake)
    case .refuse(let waiter, let status): waiter.finish(.failure(status))
    }
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

  /// The connection is no more; gives the letters that were never taken.
  func ended(_ status: Status) -> [Letter] {
    outbox.withLock { outbox in
      outbox.ending = status
      outbox.wake = nil
      return exchange(&outbox.letters, with: [])
    }
  }

  func opened(_ channel: any Channel) { outbox.withLock { $0.channel = channel } }

  func greeted(_ result: Result<RPC.Hello, Status>) { helloPromise.succeed(result) }

  func handshake(timeout: TimeAmount) async throws(Status) -> RPC.Hello {
    let late = Status(.deadlineExceeded, "\(endpoint) accepted the connection and then said nothing")
    let timer = eventLoop.scheduleTask(in: timeout) { self.greeted(.failure(late)) }
    let result = (try? await helloPromise.futureResult.get()) ?? .failure(late)
    timer.cancel()
    do {
      return try result.get()
    } catch {
      await shutdown()
      throw error
    }
  }

  func close() { outbox.withLock { $0.channel }?.close(promise: nil) }

  func shutdown() async {
    guard let channel = outbox.withLock({ $0.channel }) else { return }
    try? await channel.close()
  }
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
