public import GuobanMessages
public import GuobanWire

/// A call to which the caller sends many messages and that is answered with one.
///
/// ```swift
/// let upload = try client.upload("/example.v1.Example/Upload")
/// for batch in batches { try await upload.send(batch) }
/// let answer = try await upload.finish()
/// ```
///
/// When it is let go of before ``finish()``, the call is cancelled.
public struct ClientStream: Sendable {
  private let handle: StreamHandle

  init(_ handle: StreamHandle) { self.handle = handle }

  /// Sends one more packed message, and returns when it is on its way: the daemon decides with its credit how fast. From
  /// one task at a time; cancelling it cancels the call.
  ///
  /// - Throws: the status that the call has ended with; CANCELLED when the daemon has answered already.
  public func send(_ message: [UInt8]) async throws(Status) { try await handle.call.send(message) }

  /// The same with a message as a value.
  public func send(_ message: some Message) async throws(Status) { try await send(message.packed()) }

  /// Says that nothing follows, and gives the packed answer.
  public func finish() async throws(Status) -> [UInt8] {
    handle.call.endSending()
    // The answer comes in the reply; one without a message is the empty message.
    return try await handle.call.next() ?? []
  }

  /// Stops; the daemon is told.
  public func cancel() { handle.call.cancel() }
}

/// A call in which both sides send many messages, each when it likes.
///
/// ```swift
/// let talk = try client.bidirectional("/example.v1.Chat/Talk")
/// try await talk.send(question)
/// for try await answer in talk.messages { … talk.finishSending() … }
/// ```
///
/// When it and its messages are let go of before the end, the call is cancelled.
public struct BidirectionalStream: Sendable {
  private let handle: StreamHandle

  init(_ handle: StreamHandle) { self.handle = handle }

  /// What the daemon sends, for one consumer.
  public var messages: ServerStream { ServerStream(handle) }

  /// Sends one more packed message, and returns when it is on its way: the daemon decides with its credit how fast. From
  /// one task at a time; cancelling it cancels the call.
  public func send(_ message: [UInt8]) async throws(Status) { try await handle.call.send(message) }

  /// The same with a message as a value.
  public func send(_ message: some Message) async throws(Status) { try await send(message.packed()) }

  /// Says that nothing follows. What the daemon sends may go on.
  public func finishSending() { handle.call.endSending() }

  /// Stops; the daemon is told.
  public func cancel() { handle.call.cancel() }
}
