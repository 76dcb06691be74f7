public import GuobanMessages

/// What one atomic request changed.
public struct Commit: Sendable {
  /// At least one, in the order of their revisions.
  public let changes: [Ledger.Change]
  /// Of its last change.
  public let revision: UInt64

  /// Nil when nothing was changed.
  public init?(_ changes: [Ledger.Change]) {
    guard let last = changes.last else { return nil }
    self.changes = changes
    revision = last.revision
  }
}
