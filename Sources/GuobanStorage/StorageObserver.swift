/// Hears what is written, for logs and metrics. Called on a thread that everyone who writes waits for: it must be quick.
public protocol StorageObserver: Sendable {
  /// A commit group ended, well or not.
  func groupFinished(_ group: GroupSummary)
}

/// One commit group.
public struct GroupSummary: Sendable {
  /// How many requests were in it.
  public var requests: Int
  /// How many changes they made together.
  public var changes: Int
  /// From its first request to its end, in nanoseconds.
  public var nanoseconds: UInt64
  /// Of that, from COMMIT on: writing the log and waiting for the disk (fsync).
  public var commitNanoseconds: UInt64
  /// What ended the whole group, when something did.
  public var failure: (any Error)?
  /// The calls whose requests were in it, see ``WriteRequest/callID``.
  public var callIDs: [String]

  /// Describes a group.
  public init(
    requests: Int, changes: Int, nanoseconds: UInt64, commitNanoseconds: UInt64, failure: (any Error)?,
    callIDs: [String]
  ) {
    self.requests = requests
    self.changes = changes
    self.nanoseconds = nanoseconds
    self.commitNanoseconds = commitNanoseconds
    self.failure = failure
    self.callIDs = callIDs
  }
}
