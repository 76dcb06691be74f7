public import GuobanMessages
public import GuobanWire

extension GuobanClient {
  /// Calls a method with a packed message and gives the packed answer.
  ///
  /// - Parameters:
  ///   - timeout: how long it may take in all, retries included; nil leaves it to the daemon.
  ///   - metadata: goes beside the message, such as `request-id` or `traceparent`.
  ///   - retry: when the call may be sent again. Of a packed message only the method's name can tell, not a `request_id`.
  /// - Throws: the status that the call ended with. Cancelling the task sends Cancel and throws CANCELLED.
  public func call(
    _ method: String, message: [UInt8], timeout: Duration? = nil, metadata: [String: String] = [:],
    retry: Retry = .whenSafe
  ) async throws(Status) -> [UInt8] {
    try await call(request(method, message, timeout, metadata), retry: retry) { false }
  }

  /// The same with messages as values. A `request_id` in the message makes it safe to send again.
  public func call<Request: Message, Response: Message>(
    _ method: String, _ message: Request, as response: Response.Type = Response.self, timeout: Duration? = nil,
    metadata: [String: String] = [:], retry: Retry = .whenSafe
  ) async throws(Status) -> Response {
    let request = request(method, message.packed(), timeout, metadata)
    return try decode(try await call(request, retry: retry) { message.hasRequestID }, method)
  }

  /// Calls a method that is answered with many messages. They are fetched as they are consumed; letting go of the stream
  /// cancels the call.
  ///
  /// - Parameter timeout: how long the whole stream may take; nil leaves it to the daemon.
  public func stream(
    _ method: String, message: [UInt8], timeout: Duration? = nil, metadata: [String: String] = [:]
  ) throws(Status) -> ServerStream {
    ServerStream(try open(streamRequest(method, message, timeout, metadata)))
  }

  /// The same with messages as values.
  public func stream<Request: Message, Response: Message>(
    _ method: String, _ request: Request, as response: Response.Type = Response.self, timeout: Duration? = nil,
    metadata: [String: String] = [:]
  ) throws(Status) -> AsyncThrowingMapSequence<ServerStream, Response> {
    try stream(method, message: request.packed(), timeout: timeout, metadata: metadata)
      .map { [self] bytes in try decode(bytes, method) }
  }

  /// Calls a method that takes many messages and is answered with one.
  public func upload(
    _ method: String, timeout: Duration? = nil, metadata: [String: String] = [:]
  ) throws(Status) -> ClientStream {
    ClientStream(try open(streamRequest(method, [], timeout, metadata, sendsMore: true)))
  }

  /// Calls a method that takes many messages and is answered with many.
  public func bidirectional(
    _ method: String, timeout: Duration? = nil, metadata: [String: String] = [:]
  ) throws(Status) -> BidirectionalStream {
    BidirectionalStream(try open(streamRequest(method, [], timeout, metadata, sendsMore: true)))
  }

  /// A packed answer as a value.
  ///
  /// - Throws: INTERNAL when the daemon answered with something else.
  public func decode<Response: Message>(_ bytes: [UInt8], _ method: String) throws(Status) -> Response {
    do {
      return try Response(packed: bytes, limits: configuration.decodeLimits)
    } catch {
      throw Status(.internalError, english: "the answer of \(method) could not be read: \(error)", cause: error)
    }
  }

  private func request(
    _ method: String, _ message: [UInt8], _ timeout: Duration?, _ metadata: [String: String]
  ) -> CallRequest {
    CallRequest(
      method: method, message: message, metadata: metadata, timeout: timeout,
      deadline: environment.now() + (timeout ?? configuration.timeoutDefault))
  }

  private func streamRequest(
    _ method: String, _ message: [UInt8], _ timeout: Duration?, _ metadata: [String: String], sendsMore: Bool = false
  ) -> CallRequest {
    CallRequest(
      method: method, message: message, metadata: metadata, timeout: timeout,
      deadline: timeout.map { environment.now() + $0 } ?? .distantFuture, sendsMore: sendsMore)
  }

  /// What is known to be wrong is said before anything is sent.
  private func open(_ request: CallRequest) throws(Status) -> StreamHandle {
    if let terms = pool.terms { _ = try request.frame(terms, now: environment.now()) }
    return StreamHandle(StreamCall(request, pool: pool), client: self)
  }
}
