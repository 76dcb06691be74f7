internal import DequeModule
internal import GuobanStorage
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// The way from calls, on whatever thread they run, back to their connection.
///
/// On the event loop an answer goes straight to the connection. From elsewhere it goes through an inbox: the first letter
/// wakes the event loop, or leaves that to the ``LetterBatch``; those after it ride along, and one flush serves all.
final class CallOutlet: Sendable {
  let eventLoop: any EventLoop
  let gate: CreditGate
  let batch: LetterBatch
  let workers: WorkerPools
  let load: LoadMeter
  let messageBytesMax: Int
  let stallTimeout: Duration
  /// A look at the clock is cheap, but not free.
  private static let lettersPerLook = 4
  private let connection: NIOLoopBoundBox<ConnectionHandler?>
  private let inbox = Mutex(Inbox())

  private struct Inbox {
    var letters: [Letter] = []
    /// There once the connection has ended: nobody reads letters any more, and soon there may be no event loop to wake.
    var onLateEnd: (@Sendable (CallEnd) -> Void)?
  }

  enum Letter: Sendable {
    case finished(CallEnd)
    case data(UInt32, [UInt8])
    case consumed(UInt32, Int)
    case task(@Sendable () -> Void)
  }

  /// On the event loop of `connection`, which must call ``close()`` when it ends.
  init(
    _ connection: ConnectionHandler, on eventLoop: any EventLoop, gate: CreditGate, batch: LetterBatch,
    server: ServerContext
  ) {
    self.eventLoop = eventLoop
    self.gate = gate
    self.batch = batch
    workers = server.workers
    load = server.load
    messageBytesMax = server.configuration.messageBytesMax
    stallTimeout = server.configuration.streamStallTimeout
    self.connection = NIOLoopBoundBox(connection, eventLoop: eventLoop)
  }

  /// - Parameter inBatch: somebody will have ``batch`` deliver it.
  func finish(_ end: CallEnd, inBatch: Bool = false) {
    if eventLoop.inEventLoop {
      // What the call sent from other threads comes first.
      if end.isStreaming { deliver() }
      guard let connection = connection.value else { return late([.finished(end)]) }
      connection.finish(end)
    } else {
      post(.finished(end), inBatch: inBatch)
    }
  }

  func send(_ stream: UInt32, _ message: [UInt8]) {
    if eventLoop.inEventLoop {
      deliver()
      connection.value?.sendData(stream, message)
    } else {
      post(.data(stream, message))
    }
  }

  /// The handler has consumed a message of its client's.
  func consumed(_ stream: UInt32, bytes: Int) {
    if eventLoop.inEventLoop {
      connection.value?.consumed(stream, bytes: bytes)
    } else {
      post(.consumed(stream, bytes))
    }
  }

  /// Runs `body` on the event loop after what was posted before; never once the connection has ended.
  func run(_ body: @escaping @Sendable () -> Void) { post(.task(body)) }

  func checkSize(_ bytes: Int) throws(Status) {
    guard bytes > messageBytesMax else { return }
    throw Status.tooLong(bytes: bytes, bytesMax: messageBytesMax)
  }

  /// The connection has ended. What comes later goes nowhere; `onLateEnd` hears, on any thread, of calls that end.
  func close(onLateEnd: @escaping @Sendable (CallEnd) -> Void) {
    let undelivered = connection.value.map { exchange(&$0.letters, with: []) } ?? []
    connection.value = nil
    let unread = inbox.withLock { inbox in
      inbox.onLateEnd = onLateEnd
      return exchange(&inbox.letters, with: [])
    }
    late(undelivered + unread)
    gate.close()
  }

  /// Whether it has ended.
  var isClosed: Bool { inbox.withLock { $0.onLateEnd != nil } }

  private func late(_ letters: [Letter]) {
    let onLateEnd = inbox.withLock { $0.onLateEnd }
    for case .finished(let end) in letters { onLateEnd?(end) }
  }

  private func post(_ letter: Letter, inBatch: Bool = false) {
    let (isFirst, isLate) = inbox.withLock { inbox in
      guard inbox.onLateEnd == nil else { return (false, true) }
      inbox.letters.append(letter)
      return (inbox.letters.count == 1, false)
    }
    if isLate { return late([letter]) }
    guard isFirst else { return }
    if inBatch { return batch.add(self) }
    eventLoop.execute { self.deliverSoon() }
  }

  /// As much as there is time for: streams may leave a megabyte at once, and many threads a letter all the time.
  func deliverSoon() {
    guard let turns = connection.value?.link?.turns else { return }
    if let end = turns.beginIfThereIsTime(.now()) { deliverSome(until: end) } else { deliver(inTurn: .prompt) }
  }

  private func deliver(inTurn kind: TurnQueue.Kind) {
    guard let connection = connection.value, !connection.isDeliveryWaiting, let turns = connection.link?.turns else {
      return
    }
    connection.isDeliveryWaiting = true
    turns.add(kind) {
      connection.isDeliveryWaiting = false
      self.deliverSome(until: $0)
    }
  }

  private func deliverSome(until end: MonotonicTime) {
    guard let connection = connection.value else { return }
    let end = connection.allowance.end(from: .now(), atMost: end)
    connection.collect(until: end) { deliver(until: end) }
    guard !connection.letters.isEmpty else { return }
    connection.allowance.turnRanOut()
    deliver(inTurn: .patient)
  }

  /// Hands over what other threads left, in their order.
  private func deliver(until end: MonotonicTime? = nil) {
    let letters = inbox.withLock { inbox in
      inbox.letters.isEmpty ? [] : exchange(&inbox.letters, with: [])
    }
    guard let connection = connection.value else { return }
    if !letters.isEmpty { connection.letters.append(contentsOf: letters) }
    // Handing one over may lead back here; then the older ones still go first.
    while let letter = connection.letters.popFirst() {
      switch letter {
      case .finished(let end): connection.finish(end)
      case .data(let stream, let message): connection.sendData(stream, message)
      case .consumed(let stream, let bytes): connection.consumed(stream, bytes: bytes)
      case .task(let body): body()
      }
      if let end, connection.letters.count % Self.lettersPerLook == 0, MonotonicTime.now() > end { return }
    }
  }
}

extension Status {
  /// A message over the limit, seen by whoever sends or gets it.
  static func tooLong(bytes: Int, bytesMax: Int) -> Status {
    Status(
      .resourceExhausted, "一条消息有 \(bytes) 字节，最多 \(bytesMax) 字节（message_bytes_max）",
      "a message of \(bytes) bytes is over the limit of \(bytesMax) (message_bytes_max)"
    ).reason("MESSAGE_TOO_LONG", ["bytes": "\(bytes)", "bytes_max": "\(bytesMax)"])
  }
}
