public import GuobanMessages

/// How a call ended when it did not end well: gRPC's codes and meanings, a sentence for the person who must act, and
/// details for programs.
///
/// This is the one error that crosses the wire. Errors of the floors below become a `Status` once, where a call ends.
public struct Status: Error, Sendable {
  /// What kind of failure this is.
  public var code: Code
  /// One or two sentences: what went wrong and what to do. In Chinese, where a clerk or an operator may see it.
  public var message: String
  /// The same in English. Crosses the wire as a `google.rpc.LocalizedMessage`, unless the message is in English itself.
  public var englishMessage: String
  /// `google.rpc` payloads, such as ``Google/ErrorInfo`` and ``Google/BadRequest``.
  public var details: [Google.AnyMessage]
  /// What caused this, for logs on this side only. Never sent.
  public var cause: (any Error)?
  /// Names the call in the daemon's log, for the user to quote. Crosses the wire beside the status.
  public var requestID: String?

  /// A status in both languages; `code` must not be OK when it is thrown.
  public init(
    _ code: Code, _ message: String, _ englishMessage: String, details: [Google.AnyMessage] = [],
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
    self.details = details
    self.cause = cause
  }

  /// A status that only who writes or runs a client meets, such as a broken frame: it is in English for all.
  public init(_ code: Code, english: String, details: [Google.AnyMessage] = [], cause: (any Error)? = nil) {
    self.init(code, english, english, details: details, cause: cause)
  }
}

extension Status: Equatable {
  /// Compares what happened: neither its cause nor the call it happened to.
  public static func == (left: Status, right: Status) -> Bool {
    left.code == right.code && left.message == right.message && left.englishMessage == right.englishMessage
      && left.details == right.details
  }
}

extension Status: CustomStringConvertible {
  /// `NOT_FOUND: no pass 410900000001`.
  public var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }
}

/// An error that knows which status a caller should see.
public protocol StatusConvertible: Error {
  /// The status of a call that ends with this error.
  var status: Status { get }
}

extension Status {
  /// The status for any error that ends a call.
  ///
  /// An error that nobody gave a status is our bug: the caller is told so without the insides, which stay in ``cause``.
  public init(ending error: any Error) {
    switch error {
    case let status as Status: self = status
    case let error as any StatusConvertible: self = error.status
    case let error as DecodeError: self.init(error)
    case is CancellationError: self.init(.cancelled, "调用已取消", "the call was cancelled")
    default:
      self.init(
        .internalError, "守护进程在这次调用上出错，原因见它的日志", "the daemon failed at this call; its log says why", cause: error)
    }
  }
}
