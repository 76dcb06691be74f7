/// Why a reporter cannot be used at all, before any run: for the operator.
public struct ReporterError: Error, Hashable, CustomStringConvertible {
  /// Kinds of failure. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable { case notFound, manifest, unreadable, tooLarge, changed }
    private let wrapped: Wrapped

    /// No folder has a reporter of this id.
    public static let notFound = Code(wrapped: .notFound)
    /// Its `reporter.yaml` cannot be used.
    public static let manifest = Code(wrapped: .manifest)
    /// A file of it cannot be read, or is no regular file.
    public static let unreadable = Code(wrapped: .unreadable)
    /// Too many files or bytes.
    public static let tooLarge = Code(wrapped: .tooLarge)
    /// Its files are not those that were approved.
    public static let changed = Code(wrapped: .changed)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// Chinese: file, key and rule, and what to do.
  public var message: String
  /// The same in English.
  public var englishMessage: String

  /// Reports a failure.
  public init(_ code: Code, _ message: String, _ englishMessage: String) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
  }

  public var description: String { "\(code): \(message)" }
}
