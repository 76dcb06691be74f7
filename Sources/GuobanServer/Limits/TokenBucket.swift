internal import GuobanWire

/// Allows a burst, and after it one more for every interval that passes.
struct TokenBucket {
  private let capacity: Int
  private let intervalNanoseconds: Int64
  private var tokens: Int
  private var refilledAt: MonotonicTime

  init(capacity: Int, interval: Duration, now: MonotonicTime) {
    self.capacity = capacity
    intervalNanoseconds = max(1, interval.wholeNanoseconds)
    tokens = capacity
    refilledAt = now
  }

  /// Whether one more is allowed now; if so it counts.
  mutating func take(now: MonotonicTime) -> Bool {
    if tokens < capacity { refill(now) }
    guard tokens > 0 else { return false }
    if tokens == capacity { refilledAt = now }
    tokens -= 1
    return true
  }

  private mutating func refill(_ now: MonotonicTime) {
    let earned = now.nanoseconds(since: refilledAt) / intervalNanoseconds
    guard earned > 0 else { return }
    tokens = Int(min(Int64(capacity), Int64(tokens) + min(earned, Int64(capacity))))
    refilledAt = refilledAt.advanced(byNanoseconds: earned * intervalNanoseconds)
  }
}
