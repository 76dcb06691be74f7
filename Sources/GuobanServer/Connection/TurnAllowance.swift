internal import GuobanWire

/// How long a connection's turns are: a short one at first, and again after one that was not enough; longer ones for who
/// is done within them, and needs them.
///
/// So whoever floods, also with a new connection each time, or with a little at a time until it is much, has little of every
/// round, and a client that has some calls in flight at a time has all of its frames dealt with in one turn.
struct TurnAllowance {
  private var nanoseconds = TurnQueue.turnNanosecondsMin

  /// When a turn that begins now is over: not after `end`.
  func end(from now: MonotonicTime, atMost end: MonotonicTime? = nil) -> MonotonicTime {
    let own = now.advanced(byNanoseconds: nanoseconds)
    return end.map { min($0, own) } ?? own
  }

  /// A turn is over, after so long, and nothing is left. One that left most of its time unused says nothing about the next.
  mutating func turnSufficed(after taken: Int64) {
    if taken > nanoseconds / 2 { nanoseconds = min(nanoseconds * 2, TurnQueue.turnNanosecondsMax) }
  }

  /// A turn is over, and something is left for the next one.
  mutating func turnRanOut() {
    nanoseconds = max(nanoseconds / 2, TurnQueue.turnNanosecondsMin)
  }
}
