internal import NIOCore

/// The most recent commits, within a bound, without a gap.
struct WatchRing: Sendable {
  /// What follows a revision.
  enum Answer: Sendable {
    /// Nothing yet.
    case nothing
    /// Commits, the oldest first, at least one.
    case runs([WatchedRun])
    /// Some of it is no longer here.
    case gone
  }

  /// Holds everything after this revision…
  private(set) var start: UInt64
  /// …up to this one.
  private(set) var end: UInt64
  private var runs: CircularBuffer<WatchedRun> = []
  private var bytes = 0
  private let bytesMax: Int

  /// An empty ring that begins after `revision`.
  init(after revision: UInt64, bytesMax: Int) {
    start = revision
    end = revision
    self.bytesMax = bytesMax
  }

  /// Forgets everything, and begins anew after `revision`.
  mutating func reset(after revision: UInt64) {
    self = WatchRing(after: revision, bytesMax: bytesMax)
  }

  /// Takes in a whole commit. One that is here already is ignored; one that does not follow begins a new ring.
  mutating func append(_ run: WatchedRun) {
    guard run.lastRevision > end else { return }
    if run.firstRevision != end + 1 { reset(after: run.firstRevision - 1) }
    runs.append(run)
    end = run.lastRevision
    bytes += run.cost
    while bytes > bytesMax, let oldest = runs.popFirst() {
      bytes -= oldest.cost
      start = oldest.lastRevision
    }
  }

  /// What follows `revision`: commits of about `bytesMax` in all.
  func after(_ revision: UInt64, bytesMax: Int) -> Answer {
    if revision >= end { return .nothing }
    if revision < start { return .gone }
    var found: [WatchedRun] = []
    var bytes = 0
    for run in runs.dropFirst(offset(after: revision)) {
      found.append(run)
      bytes += run.cost
      if bytes >= bytesMax { break }
    }
    return .runs(found)
  }

  /// Of the first run that ends after `revision`.
  private func offset(after revision: UInt64) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[offset: middle].lastRevision > revision { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
