internal import Synchronization

/// Everybody who may come in, in memory: an immutable snapshot that is replaced when a grant or a region was changed.
///
/// Reading it takes one uncontended lock for as long as it takes to copy a reference. There is no I/O.
public final class AccessDirectory: Sendable {
  /// A change to what the directory knows.
  public enum Update: Sendable {
    case grant(AccessGrant)
    case grantRemoved(name: String)
    case region(String, parent: String)
    case regionRemoved(String)
  }

  /// Grants at most, the revoked ones included, for they are never deleted.
  public static let grantsMax = 10_000

  private let state = Mutex(State())

  private struct State {
    var grants: [String: AccessGrant] = [:]
    var tree = RegionTree()
    var snapshot = AccessSnapshot(version: 0, grants: [:], tree: RegionTree())
  }

  /// A directory that knows nobody.
  public init() {}

  /// Takes changes in, in the order in which they were committed; all of them show at once.
  public func apply(_ updates: [Update]) {
    guard !updates.isEmpty else { return }
    // Only one thread writes (that which commits), so the work outside the lock is not lost.
    var (grants, tree, version) = state.withLock { ($0.grants, $0.tree, $0.snapshot.version) }
    for update in updates {
      switch update {
      case .grant(let grant): grants[grant.version.name] = grant
      case .grantRemoved(let name): grants[name] = nil
      case .region(let code, let parent): tree.put(code, parent: parent)
      case .regionRemoved(let code): tree.remove(code)
      }
    }
    let snapshot = AccessSnapshot(version: version + 1, grants: grants, tree: tree)
    state.withLock { $0 = State(grants: grants, tree: tree, snapshot: snapshot) }
  }

  /// What is below a region that some grant names.
  public func scope(of region: String) -> RegionScope { snapshot.scope(of: region) }

  /// The directory as it is now.
  var snapshot: AccessSnapshot { state.withLock { $0.snapshot } }

  /// Grants in the directory.
  public var grantCount: Int { state.withLock { $0.grants.count } }
}

/// One state of an ``AccessDirectory``.
final class AccessSnapshot: Sendable {
  let version: UInt64
  private let grants: [String: AccessGrant]
  private let byToken: [String: AccessGrant]
  private let byUser: [UInt32: AccessGrant]
  private let byCertificate: [String: AccessGrant]
  private let scopes: [String: RegionScope]
  /// Of all grants that end, sorted.
  private let expireSeconds: [Int64]

  init(version: UInt64, grants: [String: AccessGrant], tree: RegionTree) {
    self.version = version
    self.grants = grants
    var byToken: [String: AccessGrant] = [:]
    var byUser: [UInt32: AccessGrant] = [:]
    var byCertificate: [String: AccessGrant] = [:]
    // By name, so that of two grants for one user or certificate, which the ledger refuses, always the same counts; one
    // that is in force goes before one that was revoked.
    for grant in grants.values.sorted(by: { ($0.isRevoked ? 0 : 1, $0.version.name) < ($1.isRevoked ? 0 : 1, $1.version.name) }) {
      switch grant.credential {
      case .token(let id, _): byToken[id] = grant
      case .unixUser(let user): byUser[user] = grant
      case .certificate(let name): byCertificate[name] = grant
      }
    }
    self.byToken = byToken
    self.byUser = byUser
    self.byCertificate = byCertificate
    scopes = tree.scopes(of: Set(grants.values.map(\.region)).subtracting([""]))
    expireSeconds = grants.values.compactMap(\.expireSecond).sorted()
  }

  func grant(named name: String) -> AccessGrant? { grants[name] }
  func grant(tokenID id: String) -> AccessGrant? { byToken[id] }
  func grant(userID: UInt32) -> AccessGrant? { byUser[userID] }
  func grant(certificateNames names: [String]) -> AccessGrant? { names.lazy.compactMap { self.byCertificate[$0] }.first }

  func scope(of region: String) -> RegionScope { scopes[region] ?? RegionScope(region: region, codes: [region]) }

  /// Grants whose end has passed.
  func expiredCount(at second: Int64) -> Int { expireSeconds.prefix { $0 <= second }.count }
}
