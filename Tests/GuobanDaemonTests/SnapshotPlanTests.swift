import GuobanModel
import Testing

@testable import GuobanDaemon

struct SnapshotPlanTests {
  // 2023-11-21 02:30 in Shanghai.
  private let due: Int64 = 1_700_505_000
  private let day: Int64 = 86_400

  private func plan(keptSince: Int64) throws -> SnapshotPlan {
    SnapshotPlan(cron: try CronExpression("30 2 * * *"), keptSince: keptSince)
  }

  @Test func itRunsWhenDueAndNotAgainUntilTheNextDay() throws {
    let plan = try plan(keptSince: due - 10 * day)
    let before = due - day + 5
    #expect(plan.step(now: due - 30, lastRun: before, zone: .shanghai) == .wait(seconds: 30))
    #expect(plan.step(now: due, lastRun: before, zone: .shanghai) == .run)
    #expect(plan.step(now: due + 1, lastRun: due, zone: .shanghai) == .wait(seconds: SnapshotPlan.waitSecondsMax))
  }

  @Test func afterDowntimeThereIsOneCatchUpRun() throws {
    let plan = try plan(keptSince: due - 100 * day)
    let now = due + 5 * day + 3600
    #expect(plan.step(now: now, lastRun: due, zone: .shanghai) == .run)
    #expect(plan.step(now: now + 1, lastRun: now, zone: .shanghai) == .wait(seconds: SnapshotPlan.waitSecondsMax))
  }

  @Test func aNewLedgerWaitsForItsFirstDueTime() throws {
    let plan = try plan(keptSince: due + 60)
    #expect(plan.step(now: due + 61, lastRun: nil, zone: .shanghai) == .wait(seconds: SnapshotPlan.waitSecondsMax))
    #expect(plan.step(now: due + day, lastRun: nil, zone: .shanghai) == .run)
  }

  @Test func failuresAreRetriedAfterAGrowingBoundedPause() throws {
    var plan = try plan(keptSince: due - 10 * day)
    var now = due
    var pauses: [Int64] = []
    for _ in 0..<10 {
      #expect(plan.step(now: now, lastRun: due - day, zone: .shanghai) == .run)
      let pause = plan.failed(now: now)
      pauses.append(pause)
      #expect(plan.step(now: now + pause - 1, lastRun: due - day, zone: .shanghai) == .wait(seconds: 1))
      now += pause
    }
    #expect(pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600])
    plan.succeeded()
    #expect(plan.failed(now: now) == 60)
  }

  @Test func aClockSetBackDoesNotStretchAPause() throws {
    var plan = try plan(keptSince: due - 10 * day)
    _ = plan.failed(now: due + 1000 * day)
    #expect(plan.step(now: due, lastRun: due - day, zone: .shanghai) == .run)
  }
}
