public import GuobanWire
internal import NIOCore

extension ServerCall {
  /// Sends one more message of a server-streaming call. Blocks this thread, which must not be an event loop, until the
  /// peer and the socket have room.
  ///
  /// Throws when nobody waits any more, when the message is over the limit, or when the client takes nothing for
  /// `streamStallTimeout`.
  public func send(_ message: [UInt8]) throws(Status) {
    precondition(definition.serverStreaming, "\(method) is not a server-streaming method")
    precondition(!eventLoop.inEventLoop, "send(_:) blocks: use offer(_:) on an event loop")
    try outlet.checkSize(message.count)
    try outlet.gate.take(message.count, for: self)
    streamed(message.count)
    outlet.send(streamID, message)
  }

  /// Sends one more message if the peer and the socket have room now, without waiting; false when they have not, or when
  /// the call is over. On the event loop only.
  public func offer(_ message: [UInt8]) -> Bool {
    precondition(definition.serverStreaming, "\(method) is not a server-streaming method")
    eventLoop.preconditionInEventLoop()
    guard message.count <= outlet.messageBytesMax, !isCancelled else { return false }
    guard outlet.gate.takeNow(message.count, stream: streamID) else { return false }
    streamed(message.count)
    outlet.send(streamID, message)
    return true
  }

  /// Has `body` called once on the event loop when there is room again after ``offer(_:)`` gave false. A newer one
  /// replaces it. Not called after the call is over: see ``onCancel(_:)``.
  public func onRoom(_ body: @escaping @Sendable () -> Void) {
    outlet.gate.onRoom(streamID, body)
  }
}
