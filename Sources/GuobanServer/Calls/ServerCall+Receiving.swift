public import GuobanWire
internal import NIOCore

extension ServerCall {
  /// The client's next message; nil after the last. Blocks this thread, which must not be an event loop.
  ///
  /// Throws when nobody waits for the call any more, or when the client sends nothing for `streamStallTimeout`.
  ///
  /// ```swift
  /// MethodDefinition("/example.v1.Example/Upload") { call in
  ///   call.onWorker { call in
  ///     while let message = try call.receive() { … }
  ///     call.reply(summary)
  ///   }
  /// }
  /// ```
  public func receive() throws(Status) -> [UInt8]? {
    precondition(!eventLoop.inEventLoop, "receive() blocks: use onMessage(_:) on an event loop")
    guard let message = try openInbox.take(for: self, timeout: outlet.stallTimeout) else { return nil }
    consumed(message)
    return message.bytes
  }

  /// Has `body` called on the event loop for every message of the client's, those that came already first. When it
  /// returns, the message counts as consumed and the client may send more. Call it on the event loop, and only once.
  public func onMessage(_ body: @escaping @Sendable ([UInt8]) -> Void) {
    eventLoop.preconditionInEventLoop()
    openInbox.listen(onMessage: body)
    deliver()
  }

  /// Has `body` called once on the event loop when the client has sent its last message and ``onMessage(_:)`` has had it.
  public func onEnd(_ body: @escaping @Sendable () -> Void) {
    eventLoop.preconditionInEventLoop()
    openInbox.listen(onEnd: body)
    deliver()
  }

  /// A frame of the client's; gives the refusal when the daemon has no memory for it. On the event loop.
  func received(_ message: [UInt8]?, isLast: Bool) -> Status? {
    guard let inbox else { return nil }
    let held = message.map { $0.count + CallInbox.messageOverheadBytes } ?? 0
    if let refusal = outlet.load.hold(held) { return refusal }
    if inbox.put(message, isLast: isLast) { deliver() } else { outlet.load.release(held) }
    return nil
  }

  private func deliver() {
    while let delivery = openInbox.nextDelivery() {
      switch delivery {
      case .message(let message, let body):
        body(message.bytes)
        consumed(message)
      case .end(let body): body()
      }
      openInbox.delivered()
    }
  }

  private func consumed(_ message: CallInbox.Message) {
    guard message.isCredited else { return }
    outlet.load.release(message.heldBytes)
    outlet.consumed(streamID, bytes: message.bytes.count)
  }

  private var openInbox: CallInbox {
    guard let inbox else { preconditionFailure("\(method) is not a client-streaming method") }
    return inbox
  }
}
