/// What taking, checking or restoring a snapshot reports: a code to act on and a message for the operator.
public struct ArchiveError: Error, CustomStringConvertible {
  /// Kinds of failure. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable {
      case busy, io, noSpace, unreadable, corrupted, notFound, notEmpty, unsupportedVersion, tooLarge, invalidID,
        cancelled
    }
    private let wrapped: Wrapped

    /// Another snapshot is being taken into this directory.
    public static let busy = Code(wrapped: .busy)
    /// The file system failed.
    public static let io = Code(wrapped: .io)
    /// The disk or a quota is full.
    public static let noSpace = Code(wrapped: .noSpace)
    /// One file cannot be read: it is another user's, no regular file, or on a bad place of the disk.
    public static let unreadable = Code(wrapped: .unreadable)
    /// What is on disk is not what was written.
    public static let corrupted = Code(wrapped: .corrupted)
    /// There is no such snapshot.
    public static let notFound = Code(wrapped: .notFound)
    /// A restore into a directory that holds something.
    public static let notEmpty = Code(wrapped: .notEmpty)
    /// A newer program wrote this snapshot.
    public static let unsupportedVersion = Code(wrapped: .unsupportedVersion)
    /// Past one of the ``ArchiveLimits``.
    public static let tooLarge = Code(wrapped: .tooLarge)
    /// Not the id of a snapshot.
    public static let invalidID = Code(wrapped: .invalidID)
    /// Whoever asked for it waits no longer.
    public static let cancelled = Code(wrapped: .cancelled)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// In Chinese.
  public var message: String
  public var englishMessage: String
  public var cause: (any Error)?

  /// Reports a failure in both languages.
  public init(_ code: Code, _ message: String, _ englishMessage: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
    self.cause = cause
  }

  public var description: String {
    cause.map { "\(code): \(englishMessage) (\($0))" } ?? "\(code): \(englishMessage)"
  }

  /// The work was stopped in the middle, because nobody waits for it.
  static let cancelled = ArchiveError(.cancelled, "没有做完：调用已取消", "not finished: the call was cancelled")

  /// "what" of the snapshot `id` is not as it was written.
  static func corrupted(_ id: String, _ chinese: String, _ english: String, cause: (any Error)? = nil) -> ArchiveError {
    ArchiveError(
      .corrupted, "快照 \(id) 已损坏：\(chinese)", "snapshot \(id) is damaged: \(english)", cause: cause)
  }
}
