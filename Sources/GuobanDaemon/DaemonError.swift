/// Why the daemon cannot start, or a ledger not be restored: a code to act on and a message for the operator.
public struct DaemonError: Error, CustomStringConvertible {
  /// Kinds of failure. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable { case directory, secret, notEmpty, storage, listen }
    private let wrapped: Wrapped

    /// The data directory cannot be made or used.
    public static let directory = Code(wrapped: .directory)
    /// A secret file is missing, wrong, or open to others.
    public static let secret = Code(wrapped: .secret)
    /// A restore into a directory that holds something.
    public static let notEmpty = Code(wrapped: .notEmpty)
    /// The ledger cannot be opened.
    public static let storage = Code(wrapped: .storage)
    /// A socket cannot be listened on.
    public static let listen = Code(wrapped: .listen)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// In Chinese.
  public var message: String
  public var englishMessage: String
  public var cause: (any Error)?

  init(_ code: Code, _ message: String, _ englishMessage: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
    self.cause = cause
  }

  public var description: String { cause.map { "\(englishMessage) (\($0))" } ?? englishMessage }
}
