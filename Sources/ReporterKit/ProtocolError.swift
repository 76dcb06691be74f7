/// The conversation with the host went wrong, or a reporter asks its data for what is not there. The operator is told.
public struct ProtocolError: Error, Sendable, CustomStringConvertible {
  /// English, for the log.
  public let message: String

  /// Says what went wrong.
  public init(_ message: String) {
    self.message = message
  }

  public var description: String { message }
}
