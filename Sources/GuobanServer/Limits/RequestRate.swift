internal import GuobanWire
internal import Synchronization

/// How fast one principal may call, over all its connections: a token bucket in one atomic number.
///
/// It is the generic cell rate algorithm (ITU-T I.371): the number is when the next call would be due if they came
/// evenly; a call is refused when that is further ahead than the burst allows.
final class RequestRate: Sendable {
  private let dueAt = Atomic<UInt64>(0)
  private let intervalNanoseconds: UInt64
  private let aheadNanosecondsMax: UInt64

  init(perSecond: Int, burst: Int) {
    intervalNanoseconds = max(1, 1_000_000_000 / UInt64(max(1, perSecond)))
    aheadNanosecondsMax = intervalNanoseconds * UInt64(max(1, burst) - 1)
  }

  /// Counts a call; gives how long to wait when it may not be made yet.
  func take(now: MonotonicTime) -> Duration? {
    var due = dueAt.load(ordering: .relaxed)
    while true {
      let start = max(due, now.nanoseconds)
      let ahead = start - now.nanoseconds
      guard ahead <= aheadNanosecondsMax else { return .nanoseconds(Int64(clamping: ahead - aheadNanosecondsMax)) }
      let (exchanged, original) = dueAt.weakCompareExchange(
        expected: due, desired: start + intervalNanoseconds, ordering: .relaxed)
      if exchanged { return nil }
      due = original
    }
  }

  /// Whether forgetting this bucket would change nothing.
  func isFull(now: MonotonicTime) -> Bool { dueAt.load(ordering: .relaxed) <= now.nanoseconds }
}

/// The buckets of all principals that are connected or were a moment ago.
final class RequestRates: Sendable {
  private let state = Mutex(State())
  private let perSecond: Int
  private let burst: Int

  private struct State {
    var rates: [String: RequestRate] = [:]
    var pruneAt = RequestRates.pruneMin
  }

  init(perSecond: Int, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
  }

  /// The bucket of this principal, shared by its connections.
  func rate(of principal: String, now: MonotonicTime) -> RequestRate {
    state.withLock { state in
      if let rate = state.rates[principal] { return rate }
      if state.rates.count >= state.pruneAt {
        // A bucket that is full says nothing; should its principal still be connected, two full ones count apart, which
        // the connections' own limits bound.
        state.rates = state.rates.filter { !$0.value.isFull(now: now) }
        state.pruneAt = max(RequestRates.pruneMin, 2 * state.rates.count)
      }
      let rate = RequestRate(perSecond: perSecond, burst: burst)
      state.rates[principal] = rate
      return rate
    }
  }

  private static let pruneMin = 1024
}
