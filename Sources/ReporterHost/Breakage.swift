/// This reporter is broken, or could not be run: for the operator.
public struct Breakage: Error, Hashable, Sendable, CustomStringConvertible {
  /// What happened.
  public enum Code: String, Sendable, CaseIterable {
    /// Ended by a signal of its own making.
    case crashed = "CRASHED"
    /// Ended before it had answered.
    case exited = "EXITED"
    case timedOut = "TIMED_OUT"
    case cpuTimeExceeded = "CPU_TIME_EXCEEDED"
    case memoryExceeded = "MEMORY_EXCEEDED"
    case outputTooLarge = "OUTPUT_TOO_LARGE"
    /// Said something that the protocol does not know.
    case protocolViolated = "PROTOCOL_VIOLATED"
    /// Asked for data that it may not see or that does not exist.
    case queryRefused = "QUERY_REFUSED"
    /// A report that no renderer could print.
    case resultInvalid = "RESULT_INVALID"
    case cannotLoad = "CANNOT_LOAD"
    /// The sandbox itself: not its fault.
    case sandboxFailed = "SANDBOX_FAILED"
    /// The caller gave up: not its fault.
    case cancelled = "CANCELLED"
  }

  public var code: Code
  /// Chinese: what happened, and the end of the log.
  public var message: String
  /// The same in English.
  public var englishMessage: String

  init(_ code: Code, _ message: String, _ englishMessage: String) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
  }

  /// Whether this counts towards quarantine.
  public var isReportersFault: Bool { code != .sandboxFailed && code != .cancelled }

  public var description: String { "\(code.rawValue): \(message)" }
}
