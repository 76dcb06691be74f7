internal import NIOCore

/// Allows a burst, and after it one more for every interval that passes.
struct TokenBucket {
  private let capacity: Int
  private let interval: TimeAmount
  private var tokens: Int
  private var refilledAt: NIODeadline

  init(capacity: Int, interval: TimeAmount, now: NIODeadline) {
    self.capacity = capacity
    self.interval = interval
    tokens = capacity
    refilledAt = now
  }

  /// Whether one more is allowed now; if so it counts.
  mutating func take(now: NIODeadline) -> Bool {
    if tokens < capacity { refill(now) }
    guard tokens > 0 else { return false }
    if tokens == capacity { refilledAt = now }
    tokens -= 1
    return true
  }

  private mutating func refill(_ now: NIODeadline) {
    let elapsed = (now - refilledAt).nanoseconds
    let earned = elapsed / max(1, interval.nanoseconds)
    guard earned > 0 else { return }
    tokens = Int(min(Int64(capacity), Int64(tokens) + min(earned, Int64(capacity))))
    refilledAt = refilledAt + .nanoseconds(earned * interval.nanoseconds)
  }
}
