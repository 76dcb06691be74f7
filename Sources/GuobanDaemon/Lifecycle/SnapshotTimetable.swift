internal import GuobanModel
internal import Synchronization

/// When snapshots are due; can be replaced while the scheduler runs.
final class SnapshotTimetable: Sendable {
  private let state: Mutex<CronExpression?>

  /// `schedule`: five-field cron; empty: never.
  init(_ schedule: String) throws(RuleViolation) {
    state = Mutex(try Self.parse(schedule))
  }

  /// Nil: never.
  var cron: CronExpression? { state.withLock { $0 } }

  /// From the scheduler's next step on.
  func replace(_ schedule: String) throws(RuleViolation) {
    let cron = try Self.parse(schedule)
    state.withLock { $0 = cron }
  }

  private static func parse(_ schedule: String) throws(RuleViolation) -> CronExpression? {
    schedule.isEmpty ? nil : try CronExpression(schedule)
  }
}
