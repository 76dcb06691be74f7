public import ReporterHost

/// Hears what services did beside answering, for logs and metrics. Called on worker threads.
public protocol ServiceObserver: Sendable {
  /// A reporter was started and has ended.
  func reportRan(_ run: ReportRun)
  /// A snapshot was read from end to end; `problem` is nil when it is intact.
  func snapshotVerified(_ id: String, problem: String?, requestID: String)
  /// A snapshot that was asked for could not be taken.
  func snapshotFailed(_ error: any Error, requestID: String)
}

/// One run of a reporter.
public struct ReportRun: Sendable {
  public var reporter: String
  public var outcome: RunOutcome
  /// Names the call that asked.
  public var requestID: String
  /// Its W3C Trace Context.
  public var traceParent: String?
}
