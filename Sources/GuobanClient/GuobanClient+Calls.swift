public import GuobanMessages
public import GuobanWire
internal import NIOCore

extension GuobanClient {
  /// Calls a method with a packed message and gives the packed answer.
  ///
  /// - Parameters:
  ///   - timeout: how long the daemon may take, to the millisecond; nil leaves it to the daemon.
  ///   - metadata: goes beside the message, such as a trace id.
  /// - Throws: the status that the call ended with. Cancelling the task sends Cancel and throws CANCELLED.
  public func call(
    _ method: String, message: [UInt8], timeout: Duration? = nil, metadata: [String: String] = [:]
  ) async throws(Status) -> [UInt8] {
    let request = try frame(method, message, timeout, metadata)
    let deadline = deadline(timeout ?? .milliseconds(Int64(hello.limits?.timeoutDefaultMs ?? 0)))
    return try await connection.call(request, deadline: deadline).get()
  }

  /// The same with messages as values.
  public func call<Request: Message, Response: Message>(
    _ method: String, _ request: Request, as response: Response.Type = Response.self, timeout: Duration? = nil,
    metadata: [String: String] = [:]
  ) async throws(Status) -> Response {
    let bytes = try await call(method, message: request.packed(), timeout: timeout, metadata: metadata)
    return try decode(bytes, method)
  }

  /// Calls a server-streaming method. Messages are fetched as they are consumed; letting go of the stream cancels the
  /// call.
  public func stream(
    _ method: String, message: [UInt8], timeout: Duration? = nil, metadata: [String: String] = [:]
  ) throws(Status) -> ServerStream {
    let request = try frame(method, message, timeout, metadata)
    let inbox = StreamInbox(creditBatchBytes: Int(hello.limits?.streamCreditBytes ?? 0) / 2)
    let deadline = timeout.map { self.deadline($0) } ?? .distantFuture
    let id = connection.stream(request, inbox, deadline: deadline)
    return ServerStream(StreamHandle(id: id, inbox: inbox, client: self))
  }

  /// The same with messages as values.
  public func stream<Request: Message, Response: Message>(
    _ method: String, _ request: Request, as response: Response.Type = Response.self, timeout: Duration? = nil,
    metadata: [String: String] = [:]
  ) throws(Status) -> AsyncThrowingMapSequence<ServerStream, Response> {
    try stream(method, message: request.packed(), timeout: timeout, metadata: metadata)
      .map { [self] bytes in try decode(bytes, method) }
  }

  private func frame(
    _ method: String, _ message: [UInt8], _ timeout: Duration?, _ metadata: [String: String]
  ) throws(Status) -> RPC.Call {
    if let bytesMax = hello.limits?.messageBytesMax, message.count > Int(bytesMax) {
      throw Status(
        .resourceExhausted, "a message of \(message.count) bytes is over the daemon's limit of \(bytesMax)")
    }
    guard let id = methods.id(of: method) else {
      throw Status(.unimplemented, "the daemon \(hello.name) on \(endpoint) has no method \(method)")
    }
    // A timeout below a millisecond must not become 0, which would mean the server's default.
    let milliseconds = timeout.map { UInt32(clamping: max(1, TimeAmount($0).nanoseconds / 1_000_000)) }
    return RPC.Call(
      target: .methodId(id), timeoutMs: milliseconds ?? 0,
      metadata: metadata.sorted { $0.key < $1.key }.map { RPC.Metadata(key: $0.key, value: $0.value) },
      message: message, endStream: true)
  }

  private func deadline(_ timeout: Duration) -> NIODeadline {
    .now() + TimeAmount(timeout) + TimeAmount(configuration.deadlineGrace)
  }

  private func decode<Response: Message>(_ bytes: [UInt8], _ method: String) throws(Status) -> Response {
    do {
      return try Response(packed: bytes, limits: configuration.decodeLimits)
    } catch {
      throw Status(.internalError, "the answer of \(method) could not be read: \(error)", cause: error)
    }
  }
}
