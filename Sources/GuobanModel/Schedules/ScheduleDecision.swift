/// What to do about a scheduled job at this moment: pure, so that tests need no clock.
///
/// However many due times passed during downtime, one catch-up run follows. Never two at once.
public enum ScheduleDecision: Hashable, Sendable {
  /// Start now; the due time (epoch seconds) that this run answers for.
  case run(due: Int64)
  /// Ask again at this time (epoch seconds), or when the clock is set.
  case wait(until: Int64)
  /// The run before has not ended; ask again when it does.
  case stillRunning
  /// The schedule never comes due again (near year 9999).
  case never

  /// A clock set back by no more than this is waited out; further, the last run's time says nothing any more.
  public static let clockSetBackSecondsMax: Int64 = 3600

  /// - Parameters:
  ///   - lastRun: when the last run started, epoch seconds; nil before the first.
  ///   - keptSince: when this schedule was first kept: due times before it are not caught up.
  ///   - zone: the one that the cron line is written in.
  /// - Throws: `DATE_RANGE` for a clock outside years 1…9999.
  public init(
    _ cron: CronExpression, in zone: TimeZoneOffset, lastRun: Int64?, keptSince: Int64, now: Int64, isRunning: Bool
  ) throws(RuleViolation) {
    guard !isRunning else {
      self = .stillRunning
      return
    }
    let since = max(lastRun ?? keptSince, keptSince)
    let (ahead, overflow) = since.subtractingReportingOverflow(now)
    guard !overflow, ahead <= Self.clockSetBackSecondsMax else {
      self = .run(due: now)
      return
    }
    guard let due = cron.next(after: try CivilDateTime(epochSeconds: since, in: zone)) else {
      self = .never
      return
    }
    let dueSeconds = due.epochSeconds(in: zone)
    self = dueSeconds <= now ? .run(due: dueSeconds) : .wait(until: dueSeconds)
  }
}
