internal import GuobanMessages

/// How far a watch is, and what it is told next.
struct WatchCursor: Sendable, Equatable {
  /// Every change up to here has been told, or is not for this watch. May lie inside a commit.
  private(set) var revision: UInt64
  /// The end of the last commit that is done with: where to resume.
  private(set) var progress: UInt64
  /// A part of the commit after `progress` has been told, and its end has not.
  private(set) var isInsideCommit = false

  /// A watch that has been told everything up to `progress`, the end of a commit.
  init(after progress: UInt64) {
    revision = progress
    self.progress = progress
  }

  /// Moves on through `runs`, which follow `revision`, until a message is full or they end.
  ///
  /// - Returns: the message; nil when there is nothing in them for this watch.
  mutating func next(_ runs: some Sequence<WatchedRun>, _ filter: WatchFilter, bytesMax: Int) -> [UInt8]? {
    var body: [UInt8] = []
    for run in runs where run.lastRevision > revision {
      precondition(run.firstRevision <= revision + 1, "a watch skips changes")
      let before = self
      let commitStart = body.count
      let first = Int(revision + 1 - run.firstRevision)
      for (index, change) in run.changes.enumerated().dropFirst(first) {
        let event: [UInt8]
        switch filter.sight(of: change) {
        case .hidden: continue
        case .shown: event = change.event
        case .left: event = change.leftEvent ?? change.event
        }
        if body.count + event.count > bytesMax, !body.isEmpty {
          if commitStart > 0 { return cut(body, to: commitStart, back: before) }
          revision = run.firstRevision + UInt64(index) - 1
          return fragment(body)
        }
        body += event
      }
      // A commit that goes on beyond what was read: its part is not mixed with whole ones.
      if !run.endsCommit, body.count > commitStart {
        if commitStart > 0 { return cut(body, to: commitStart, back: before) }
        revision = run.lastRevision
        return fragment(body)
      }
      revision = run.lastRevision
      guard run.endsCommit else { continue }
      progress = run.lastRevision
      // Nothing more was in it for this watch, which must still hear that it is over.
      if isInsideCommit, body.isEmpty {
        isInsideCommit = false
        return mark
      }
      isInsideCommit = false
    }
    return body.isEmpty ? nil : body + mark
  }

  /// A message without events: how far the watch is.
  var mark: [UInt8] { Ledger.WatchResponse(progressRevision: progress).packed() }

  private mutating func fragment(_ body: [UInt8]) -> [UInt8] {
    isInsideCommit = true
    return body + Ledger.WatchResponse(progressRevision: progress, continued: true).packed()
  }

  /// Ends a message before a commit that does not fit beside those before it.
  private mutating func cut(_ body: [UInt8], to size: Int, back before: WatchCursor) -> [UInt8] {
    self = before
    return body[..<size] + mark
  }
}
