internal import GuobanWire

/// Notices a server that is gone without a word: after a silence, while calls run, it is asked for a sign of life.
struct Keepalive {
  private var interval: Duration
  private let timeout: Duration
  private var heardAt: MonotonicTime
  private var askedAt: MonotonicTime?

  enum Verdict {
    case nothing
    case ping
    case lost
  }

  init(_ configuration: ClientConfiguration, now: MonotonicTime) {
    interval = configuration.keepaliveInterval
    timeout = configuration.keepaliveTimeout
    heardAt = now
  }

  /// The server minds being asked more often than this.
  mutating func raise(intervalMin: Duration) { interval = max(interval, intervalMin) }

  /// Something came from the server.
  mutating func heard(_ now: MonotonicTime) {
    heardAt = now
    askedAt = nil
  }

  mutating func timePassed(_ now: MonotonicTime) -> Verdict {
    guard now >= nextDeadline else { return .nothing }
    guard askedAt == nil else { return .lost }
    askedAt = now
    return .ping
  }

  /// When to look again.
  var nextDeadline: MonotonicTime { askedAt.map { $0 + timeout } ?? heardAt + interval }
}
