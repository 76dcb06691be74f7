public import GuobanWire

/// The messages of a server-streaming call, as they arrive. For one consumer.
///
/// The daemon sends no more than the stream's credit ahead of the consumer. When the stream is let go of before its end,
/// the call is cancelled.
public struct ServerStream: AsyncSequence, Sendable {
  private let handle: StreamHandle

  init(_ handle: StreamHandle) {
    self.handle = handle
  }

  /// Starts to consume.
  public func makeAsyncIterator() -> Iterator { Iterator(handle: handle) }

  /// Gives one message after the other; throws the ``Status`` when the call fails.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let handle: StreamHandle

    public mutating func next() async throws(Status) -> [UInt8]? {
      try await handle.next()
    }
  }
}

/// Owned by a stream and its iterators: when the last of them goes, the call is cancelled.
final class StreamHandle: Sendable {
  private let id: UInt32
  private let inbox: StreamInbox
  /// Held so that a stream outlives the last other use of its client.
  private let client: GuobanClient

  init(id: UInt32, inbox: StreamInbox, client: GuobanClient) {
    self.id = id
    self.inbox = inbox
    self.client = client
  }

  deinit {
    if !inbox.isFinished { client.connection.cancel(id) }
  }

  func next() async throws(Status) -> [UInt8]? {
    let item = await withTaskCancellationHandler {
      await inbox.next()
    } onCancel: {
      client.connection.cancel(id)
    }
    switch item {
    case .message(let message, let credit):
      if let credit { client.connection.credit(id, bytes: credit) }
      return message
    case .end: return nil
    case .failure(let status): throw status
    }
  }
}
