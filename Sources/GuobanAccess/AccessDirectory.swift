internal import Synchronization

/// Everybody who may come in, in memory: an immutable snapshot that is replaced when a grant or a region was changed.
///
/// Reading it takes one uncontended lock for as long as it takes to copy a reference. There is no I/O.
public final class AccessDirectory: Sendable {
  /// Grants at most, the revoked ones included, for they are never deleted.
  public static let grantsMax = 10_000

  private let current = Mutex(AccessSnapshot(version: 0, grants: [], subtrees: [:]))

  /// A directory that knows nobody.
  public init() {}

  /// From now on these grants count, and no others.
  ///
  /// - Parameter subtrees: of every region that a grant names, its code and those below it.
  public func replace(grants: some Collection<AccessGrant>, subtrees: [String: Set<String>]) {
    let snapshot = AccessSnapshot(version: snapshot.version + 1, grants: grants, subtrees: subtrees)
    current.withLock { $0 = snapshot }
  }

  /// A region that some grant names, with everything below it; another region is alone.
  public func scope(of region: String) -> RegionScope { snapshot.scope(of: region) }

  /// When a grant ends, in seconds since 1970; nil when it does not, or is not there any more.
  public func expireSecond(of grant: GrantVersion) -> Int64? { snapshot.grant(named: grant.name)?.expireSecond }

  /// The directory as it is now.
  var snapshot: AccessSnapshot { current.withLock { $0 } }
}
