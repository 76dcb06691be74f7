public import GuobanWire

/// The messages of a call that is answered with many, as they arrive. For one consumer.
///
/// ```swift
/// for try await message in try client.stream("/guoban.v1.LedgerService/Export", message: request.packed()) { … }
/// ```
///
/// The daemon sends no more than the stream's credit ahead of the consumer. When the stream is let go of before its end,
/// the call is cancelled.
public struct ServerStream: AsyncSequence, Sendable {
  private let handle: StreamHandle

  init(_ handle: StreamHandle) { self.handle = handle }

  /// Starts to consume.
  public func makeAsyncIterator() -> Iterator { Iterator(handle: handle) }

  /// Gives one message after the other; throws the ``Status`` when the call fails.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let handle: StreamHandle

    /// The next message; nil after the last.
    public mutating func next() async throws(Status) -> [UInt8]? { try await handle.call.next() }
  }
}

/// Owned by everything through which a caller holds a streaming call: when the last of them goes, the call is cancelled.
final class StreamHandle: Sendable {
  let call: StreamCall
  /// Held so that a stream outlives the last other use of its client.
  private let client: GuobanClient

  init(_ call: StreamCall, client: GuobanClient) {
    self.call = call
    self.client = client
    call.start()
  }

  deinit { call.cancel() }
}
