internal import GuobanArchive
internal import Synchronization

/// Which snapshot was taken for which request, so that a retry takes no other. A snapshot is no change of the ledger: its
/// log does not hold these, and a restart forgets them.
final class SnapshotAnswers: Sendable {
  struct Request: Hashable {
    var principal: String
    /// Empty: it cannot be told from another.
    var id: String
  }

  /// Requests that are remembered.
  static let requestsMax = 256

  private let state = Mutex<[(request: Request, snapshot: SnapshotID)]>([])

  func snapshot(for request: Request) -> SnapshotID? {
    request.id.isEmpty ? nil : state.withLock { $0.last { $0.request == request }?.snapshot }
  }

  func remember(_ snapshot: SnapshotID, for request: Request) {
    if request.id.isEmpty { return }
    state.withLock { answers in
      if answers.count == Self.requestsMax { answers.removeFirst() }
      answers.append((request, snapshot))
    }
  }
}
