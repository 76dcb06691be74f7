public import GuobanModel

/// This report cannot be made: a message for the clerk who asked. Not a fault of the reporter.
public struct ReportFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// UPPER_SNAKE_CASE, for programs.
  public var reason: String
  /// Chinese: what is missing or wrong, and what to do.
  public var message: String

  /// Says why there is no report.
  public init(_ reason: String, _ message: String) {
    self.reason = reason
    self.message = message
  }

  /// A value that breaks a rule of the ledger.
  public init(_ violation: RuleViolation) {
    self.init(violation.rule, violation.message)
  }

  public var description: String { "\(reason): \(message)" }
}
