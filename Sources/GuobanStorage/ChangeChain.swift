public import GuobanMessages

/// The head of a change log: makes the next row, or checks that a row is the next one.
///
/// ```swift
/// var chain = ChangeChain()
/// for change in changes { try chain.verify(change) }
/// try chain.finish()
/// ```
public struct ChangeChain: Sendable, Equatable {
  /// The last row's revision; 0 before the first.
  public private(set) var revision: UInt64
  /// The last row's hash.
  public private(set) var headHash: [UInt8]
  /// The last revision of the commit that the last row belongs to.
  private var commitRevision: UInt64

  /// An empty log.
  public init() {
    self.init(after: 0, hash: ChangeHash.beforeFirst)
  }

  /// A log whose last row has this revision and hash, and ends its commit.
  public init(after revision: UInt64, hash: [UInt8]) {
    self.revision = revision
    headHash = hash
    commitRevision = revision
  }

  /// A log whose next row is `first`: what came before it is taken on trust, unless it is the very first row.
  public init(startingAt first: Ledger.Change) {
    if first.revision <= 1 {
      self.init()
    } else {
      self.init(after: first.revision - 1, hash: first.previousHash)
    }
  }

  /// Gives `change` its revision and hashes and makes it the head. Its `commitRevision` must stand.
  public mutating func seal(_ change: inout Ledger.Change) {
    change.revision = revision + 1
    change.previousHash = headHash
    precondition(change.commitRevision >= change.revision, "a change outlives its commit")
    change.hash = ChangeHash.of(change)
    revision = change.revision
    headHash = change.hash
    commitRevision = change.commitRevision
  }

  /// Makes `change` the head if it is the next row, unaltered. Otherwise throws ``StorageError/Code/corrupted``.
  public mutating func verify(_ change: Ledger.Change) throws(StorageError) {
    let (next, overflow) = revision.addingReportingOverflow(1)
    guard !overflow, change.revision == next else {
      throw broken(change, "revision \(change.revision) comes after \(revision)")
    }
    guard change.previousHash == headHash else { throw broken(change, "it does not follow the row before it") }
    guard change.hash == ChangeHash.of(change) else { throw broken(change, "its content is not what was hashed") }
    let isInsideCommit = commitRevision > revision
    guard isInsideCommit ? change.commitRevision == commitRevision : change.commitRevision >= change.revision else {
      throw broken(change, "it breaks up the commit of revision \(commitRevision)")
    }
    revision = change.revision
    headHash = change.hash
    commitRevision = change.commitRevision
  }

  /// Throws when the log ends inside a commit.
  public func finish() throws(StorageError) {
    guard commitRevision == revision else {
      throw StorageError(
        .corrupted, "the change log ends at revision \(revision), inside the commit that ends at \(commitRevision)")
    }
  }

  private func broken(_ change: Ledger.Change, _ reason: String) -> StorageError {
    StorageError(.corrupted, "the change log is broken at revision \(change.revision): \(reason)")
  }
}
