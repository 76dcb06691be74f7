internal import GuobanModel

/// When the next snapshot is taken: the schedule, and after failures a growing pause. Pure: no clock, no files.
struct SnapshotPlan: Sendable {
  /// What to do now.
  enum Step: Sendable, Equatable {
    case run
    case wait(seconds: Int64)
    case never
  }

  /// The first pause after a failure, doubled with each further one up to the longest.
  static let retrySecondsMin: Int64 = 60
  static let retrySecondsMax: Int64 = 3600
  /// The clock is looked at again after this long, in case it was set.
  static let waitSecondsMax: Int64 = 60
  /// A schedule that never comes due is looked at again after this long: another may have been set.
  static let neverSeconds: Int64 = 3600

  /// May change between steps.
  var cron: CronExpression
  /// Due times before it are not caught up.
  let keptSince: Int64
  private var failures = 0
  private var retryAt: Int64?

  init(cron: CronExpression, keptSince: Int64) {
    self.cron = cron
    self.keptSince = keptSince
  }

  /// Decides at `now`; `lastRun` is when the newest snapshot was taken. Times are seconds since 1970.
  func step(now: Int64, lastRun: Int64?, zone: TimeZoneOffset) -> Step {
    if let retryAt, retryAt > now, retryAt - now <= Self.retrySecondsMax { return wait(retryAt - now) }
    guard
      let decision = try? ScheduleDecision(
        cron, in: zone, lastRun: lastRun, keptSince: keptSince, now: now, isRunning: false)
    else { return .never }
    switch decision {
    case .run: return .run
    case .wait(let until): return wait(until - now)
    case .stillRunning: return wait(Self.waitSecondsMax)
    case .never: return .never
    }
  }

  /// A snapshot was taken.
  mutating func succeeded() {
    failures = 0
    retryAt = nil
  }

  /// None was taken; says how long the pause is.
  mutating func failed(now: Int64) -> Int64 {
    let pause = min(Self.retrySecondsMax, Self.retrySecondsMin << Int64(min(failures, 10)))
    failures += 1
    retryAt = now + pause
    return pause
  }

  private func wait(_ seconds: Int64) -> Step { .wait(seconds: min(max(1, seconds), Self.waitSecondsMax)) }
}
