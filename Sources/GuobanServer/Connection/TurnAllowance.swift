internal import GuobanWire

/// How long a connection's turns are: a short one at first, and again after one that was not enough; longer ones for who
/// is done within them.
///
/// So whoever floods, also with a new connection each time, has little of every round, and a client that has some calls in
/// flight at a time has all of its frames dealt with in one turn.
struct TurnAllowance {
  private var nanoseconds = TurnQueue.turnNanosecondsMin

  /// When a turn that begins now is over: not after `end`.
  func end(from now: MonotonicTime, atMost end: MonotonicTime? = nil) -> MonotonicTime {
    let own = now.advanced(byNanoseconds: nanoseconds)
    return end.map { min($0, own) } ?? own
  }

  /// A turn is over; something is left for the next one, or not.
  mutating func turnEnded(isEnough: Bool) {
    nanoseconds =
      isEnough
      ? min(nanoseconds * 2, TurnQueue.turnNanosecondsMax) : max(nanoseconds / 2, TurnQueue.turnNanosecondsMin)
  }
}
