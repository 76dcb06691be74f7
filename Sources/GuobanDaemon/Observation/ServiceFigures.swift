internal import GuobanMetrics
internal import GuobanServer
internal import ReporterHost
internal import Synchronization

/// Counts reports and snapshots, and remembers the last of each.
final class ServiceFigures: Sendable {
  /// What a reporter's run came to.
  enum Outcome: String, CaseIterable {
    /// A report.
    case result
    /// The clerk's data did not allow one.
    case failure
    /// The reporter is broken.
    case broken
    /// The sandbox failed, or nobody waited any more.
    case prevented
  }

  /// A snapshot that was read from end to end.
  struct Check: Sendable, Equatable {
    var id: String
    /// Seconds since 1970.
    var time: Int64
    /// Nil: intact.
    var problem: String?
  }

  struct Snapshots: Sendable {
    var taken: UInt64 = 0
    var failed: UInt64 = 0
    var intact: UInt64 = 0
    var damaged: UInt64 = 0
    var lastCheck: Check?
    /// Seconds since 1970 of the last check that found a snapshot intact.
    var lastIntact: Int64?
  }

  private let runs = CounterTable(rows: 1, columns: Outcome.allCases.count)
  private let runDurations = HistogramTable(rows: 1, bounds: .durations)
  private let sandbox = Mutex<[String]?>(nil)
  private let state = Mutex(Snapshots())

  var snapshots: Snapshots { state.withLock { $0 } }

  /// What the sandbox of the last run lacked; nil when none has run.
  var missingProtections: [String]? { sandbox.withLock { $0 } }

  func ran(_ outcome: RunOutcome) {
    runs.add(row: 0, column: Outcome.allCases.firstIndex(of: Outcome(outcome.verdict)) ?? 0)
    runDurations.record(UInt64(clamping: Int64(outcome.elapsed / .nanoseconds(1))))
    sandbox.withLock { $0 = outcome.missingProtections }
  }

  /// A snapshot that an earlier life of the daemon took: its manifest was written after it had been read back and found
  /// intact.
  func found(_ id: String, time: Int64) {
    state.withLock { state in
      state.lastCheck = Check(id: id, time: time)
      state.lastIntact = time
    }
  }

  /// A snapshot was taken: written, read back and compared.
  func taken(_ id: String, time: Int64) {
    state.withLock { $0.taken += 1 }
    checked(Check(id: id, time: time))
  }

  func checked(_ check: Check) {
    state.withLock { state in
      state.lastCheck = check
      if check.problem == nil {
        state.intact += 1
        state.lastIntact = check.time
      } else {
        state.damaged += 1
      }
    }
  }

  func failed() { state.withLock { $0.failed += 1 } }

  /// Everything as metrics at `now`, seconds since 1970.
  func families(now: Int64) -> [MetricFamily] {
    let snapshots = snapshots
    let age = snapshots.lastIntact.map { Double(max(0, now - $0)) } ?? .infinity
    return [
      MetricFamily(
        "guoban_report_runs_total", .counter, "Runs of reporters by outcome.",
        Outcome.allCases.enumerated().map { index, outcome in
          .init(.count(runs.value(row: 0, column: index)), [("outcome", outcome.rawValue)])
        }),
      .seconds("guoban_report_duration_seconds", "Time of one run of a reporter.", runDurations.snapshot()),
      MetricFamily(
        "guoban_snapshots_total", .counter, "Snapshots that were taken, or could not be.",
        [
          .init(.count(snapshots.taken), [("outcome", "taken")]),
          .init(.count(snapshots.failed), [("outcome", "failed")]),
        ]),
      MetricFamily(
        "guoban_snapshot_verifications_total", .counter, "Snapshots read from end to end, after taking or on request.",
        [
          .init(.count(snapshots.intact), [("outcome", "intact")]),
          .init(.count(snapshots.damaged), [("outcome", "damaged")]),
        ]),
      .gauge(
        "guoban_snapshot_verified_age_seconds", "Time since a snapshot was last found intact; +Inf when none ever was.",
        age),
      .gauge(
        "guoban_snapshot_last_verification_intact", "1 when the last verification found its snapshot intact, else 0.",
        snapshots.lastCheck.map { $0.problem == nil } == true ? 1 as UInt64 : 0),
    ]
  }
}

extension ServiceFigures.Outcome {
  init(_ verdict: RunOutcome.Verdict) {
    self =
      switch verdict {
      case .result: .result
      case .failure: .failure
      case .broken(let breakage): breakage.isReportersFault ? .broken : .prevented
      }
  }
}
