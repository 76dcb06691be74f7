/// Why bytes were refused.
public struct DecodeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of refusal.
  public struct Code: Sendable, Hashable {
    private enum Value: Hashable { case malformed, limit }
    private let value: Value

    /// Not a well-formed message of this type (INVALID_ARGUMENT).
    public static let malformed = Code(value: .malformed)
    /// Past one of the `DecodeLimits` (RESOURCE_EXHAUSTED).
    public static let limitExceeded = Code(value: .limit)
  }

  public var code: Code
  /// Where: `passes.labels`; "" is the message itself.
  public var field: String
  /// Bytes from the message's start.
  public var offset: Int
  /// What is wrong, for the person who must act.
  public var message: String

  public var description: String { message }
}
