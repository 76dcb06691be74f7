internal import GuobanMessages
internal import GuobanWire

/// Puts the messages of one watch after the other together to whole commits, each exactly once.
struct WatchAssembler {
  private let commitChangesMax: Int
  private let includesProgress: Bool
  /// Everything up to here has been given; nil while it is not known where "from now on" began.
  private(set) var position: UInt64?
  /// The events of a commit that goes on in the next message.
  private var unfinished: [Ledger.WatchEvent] = []

  init(after revision: UInt64?, commitChangesMax: Int, includesProgress: Bool) {
    position = revision
    self.commitChangesMax = commitChangesMax
    self.includesProgress = includesProgress
  }

  /// The commits that are whole with this message.
  mutating func received(_ response: Ledger.WatchResponse) throws(Status) -> [LedgerCommit] {
    var commits: [LedgerCommit] = []
    for event in response.events where event.commitRevision > position ?? 0 {
      if let first = unfinished.first, first.commitRevision != event.commitRevision { finishCommit(&commits) }
      guard event.commitRevision > position ?? 0 else { continue }
      guard unfinished.count < commitChangesMax else {
        throw Status(
          .resourceExhausted,
          english: "commit \(event.commitRevision) has over \(commitChangesMax) changes (watchCommitChangesMax)")
      }
      unfinished.append(event)
    }
    if response.continued { return commits }
    finishCommit(&commits)
    if position.map({ response.progressRevision > $0 }) ?? true {
      position = response.progressRevision
      if includesProgress { commits.append(LedgerCommit(revision: response.progressRevision, events: [])) }
    }
    return commits
  }

  /// The watch was cut: what was not whole comes again.
  mutating func interrupted() { unfinished = [] }

  private mutating func finishCommit(_ commits: inout [LedgerCommit]) {
    guard let revision = unfinished.first?.commitRevision else { return }
    position = revision
    commits.append(LedgerCommit(revision: revision, events: exchange(&unfinished, with: [])))
  }
}
