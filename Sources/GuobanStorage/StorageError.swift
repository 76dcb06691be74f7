/// What a storage backend reports: a code to act on, a message for the person who must act, and the cause.
public struct StorageError: Error, CustomStringConvertible {
  /// Kinds of failure. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable {
      case overloaded, closed, corrupted, newerSchema, locked, requestIDReused, compacted, notEmpty, invalidQuery,
        tooLarge,
        diskFull, cancelled, misuse,
        io
    }
    private let wrapped: Wrapped

    /// The write queue is full: retry after a pause.
    public static let overloaded = Code(wrapped: .overloaded)
    /// The store is closed or closing.
    public static let closed = Code(wrapped: .closed)
    /// What is stored is not what was written.
    public static let corrupted = Code(wrapped: .corrupted)
    /// A newer program wrote this ledger.
    public static let newerSchema = Code(wrapped: .newerSchema)
    /// Another daemon has the ledger open.
    public static let locked = Code(wrapped: .locked)
    /// The request id was used for another request.
    public static let requestIDReused = Code(wrapped: .requestIDReused)
    /// What was asked for is no longer in the change log.
    public static let compacted = Code(wrapped: .compacted)
    /// A load into a ledger that holds something.
    public static let notEmpty = Code(wrapped: .notEmpty)
    /// A query or filter that names what is not there, or compares unlike things.
    public static let invalidQuery = Code(wrapped: .invalidQuery)
    /// More rows or bytes than the limit.
    public static let tooLarge = Code(wrapped: .tooLarge)
    /// The disk or the quota is full: nothing was written.
    public static let diskFull = Code(wrapped: .diskFull)
    /// Nobody waits for it any more.
    public static let cancelled = Code(wrapped: .cancelled)
    /// Called where it must not be: our own bug.
    public static let misuse = Code(wrapped: .misuse)
    /// The disk or the engine failed.
    public static let io = Code(wrapped: .io)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// In Chinese, where a caller may see it.
  public var message: String
  /// The same in English.
  public var englishMessage: String
  public var cause: (any Error)?
  /// What of the query is wrong; nil where that is not known.
  public var argument: QueryArgument?

  /// Reports a failure that a caller may see, in both languages.
  public init(_ code: Code, _ message: String, _ englishMessage: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
    self.cause = cause
  }

  /// Reports a failure that only who runs or changes the store should meet: in English for all.
  public init(_ code: Code, _ english: String, cause: (any Error)? = nil) {
    self.init(code, english, english, cause: cause)
  }

  public var description: String {
    cause.map { "\(code): \(englishMessage) (\($0))" } ?? "\(code): \(englishMessage)"
  }
}
