public import GuobanMessages

/// What became of one run.
public struct RunOutcome: Sendable {
  /// The judgement.
  public enum Verdict: Sendable {
    /// A report, validated: renderers can rely on its shape.
    case result(Reporting.Result)
    /// It cannot be made: for the clerk.
    case failure(Reporting.Failure)
    /// The reporter is broken: for the operator.
    case broken(Breakage)
  }

  public var verdict: Verdict
  /// Defaults filled in.
  public var parameters: [String: String]
  public var digest: String
  public var elapsed: Duration
  /// Of the reporter's process.
  public var peakMemoryKiB: Int
  /// Of the sandbox, on this kernel: "landlock". Empty when all of them held.
  public var missingProtections: [String]
  /// The end of what the reporter wrote to stderr, bounded.
  public var log: String
}
