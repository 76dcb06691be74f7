public import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
public import GuobanStorage
internal import Synchronization

/// Keeps an ``AccessDirectory`` as the ledger says: reads all grants and regions once, then hears of every commit.
///
/// A commit is heard of before its writer is: when CreateGrant has answered, its token opens; when RevokeGrant has, it
/// does not.
public final class AccessLedger: Sendable {
  /// Who may come in, and what is below which region.
  public let directory = AccessDirectory()
  private let state: Mutex<State>

  private struct State {
    var grants: [String: AccessGrant]
    var tree: RegionTree
    var subtrees: [String: Set<String>] = [:]
  }

  /// Follows `store` until it closes. Blocks. Before anything is written: so nothing is missed between reading and
  /// listening.
  public init(_ store: any LedgerStore) throws {
    state = Mutex(
      try store.read { reader in
        State(grants: try Self.grants(reader), tree: try RegionTree(reader, limits: .standard))
      })
    publish(regionsChanged: true)
    _ = store.onCommit { [self] commits in
      let (grantsChanged, regionsChanged) = take(commits)
      if grantsChanged || regionsChanged { publish(regionsChanged: regionsChanged) }
    }
  }

  private func take(_ commits: [Commit]) -> (grantsChanged: Bool, regionsChanged: Bool) {
    var (grantsChanged, regionsChanged) = (false, false)
    for change in commits.lazy.flatMap(\.changes) where change.operation.writesRecord {
      switch change.recordType {
      case Ledger.Grant.schema.name:
        grantsChanged = true
        // One that cannot be read lets nobody in.
        let grant = (try? Ledger.Grant(packed: change.record, limits: .standard)).flatMap(AccessGrant.init)
        state.withLock { $0.grants[change.key] = grant }
      case Ledger.Region.schema.name:
        let parent = (try? Ledger.Region(packed: change.record, limits: .standard))?.parent
        let moved = state.withLock { $0.tree.place(change.key, parent: change.operation == .delete ? nil : parent) }
        regionsChanged = regionsChanged || moved
      default: break
      }
    }
    return (grantsChanged, regionsChanged)
  }

  private func publish(regionsChanged: Bool) {
    let (grants, subtrees) = state.withLock { state in
      let named = Set(state.grants.values.lazy.map(\.region)).subtracting([""])
      if regionsChanged || !named.isSubset(of: state.subtrees.keys) {
        state.subtrees = state.tree.subtrees(of: named)
      }
      return (state.grants, state.subtrees)
    }
    directory.replace(grants: grants.values, subtrees: subtrees)
  }

  private static func grants(_ reader: any LedgerReader) throws -> [String: AccessGrant] {
    var grants: [String: AccessGrant] = [:]
    try reader.every(Ledger.Grant.schema.name) { record in
      grants[record.key] = AccessGrant(try Ledger.Grant(packed: record.bytes, limits: .standard))
    }
    return grants
  }
}

extension RegionTree {
  /// Puts a region below `parent`, or takes it out. Whether that changed anything.
  fileprivate mutating func place(_ code: String, parent: String?) -> Bool {
    guard let parent else {
      defer { remove(code) }
      return contains(code)
    }
    if contains(code), (chain(from: code).dropFirst().first ?? "") == parent { return false }
    set(code, parent: parent)
    return true
  }
}

extension AccessGrant {
  /// The grant as the ledger keeps it; nil when it has no credential, which nobody could show.
  init?(_ grant: Ledger.Grant) {
    let credential: Credential
    switch grant.credential {
    case .token(let token): credential = .token(id: token.id, hash: token.sha256)
    case .unixUserId(let user): credential = .unixUser(user)
    case .certificateName(let name): credential = .certificate(name: name)
    case nil: return nil
    }
    self.init(
      version: GrantVersion(name: grant.name, revision: grant.meta?.revision ?? 0),
      roles: Set(grant.roles.compactMap(\.model)), region: grant.region, credential: credential,
      expireSecond: grant.expireTime?.seconds, isRevoked: grant.revokeTime != nil)
  }
}
