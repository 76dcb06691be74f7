/// Why a configuration was not accepted: every problem at once, each a line for the operator.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  /// Kinds of problem. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable {
      case unreadableFile, invalidFile, unknownKey, invalidValue, inconsistent
    }
    private let wrapped: Wrapped

    /// The file is not there, not readable or too large.
    public static let unreadableFile = Code(wrapped: .unreadableFile)
    /// The file is not the YAML of a configuration.
    public static let invalidFile = Code(wrapped: .invalidFile)
    /// A key that no setting has.
    public static let unknownKey = Code(wrapped: .unknownKey)
    /// A value of the wrong kind or outside its range.
    public static let invalidValue = Code(wrapped: .invalidValue)
    /// Two settings that contradict each other.
    public static let inconsistent = Code(wrapped: .inconsistent)

    public var description: String { wrapped.rawValue }
  }

  /// One problem.
  public struct Problem: Sendable, Equatable {
    public var code: Code
    public var message: String
  }

  /// At least one, in the order found.
  public var problems: [Problem]

  init(_ problems: [Problem]) {
    self.problems = problems
  }

  init(_ code: Code, _ message: String) {
    problems = [Problem(code: code, message: message)]
  }

  public var description: String { problems.map(\.message).joined(separator: "\n") }
}
