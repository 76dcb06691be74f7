/// Counts the broken runs of one reporter in a row. Too many, and it may not run until it is approved again.
public struct Quarantine: Sendable, Hashable {
  public let brokenRunsMax: Int
  private var digest = ""
  private var brokenRuns = 0
  private var last: Breakage?

  /// Nothing has happened yet.
  public init(brokenRunsMax: Int) {
    self.brokenRunsMax = brokenRunsMax
  }

  /// Why these files are quarantined; nil when they are not.
  public func reason(digest: String) -> (chinese: String, english: String)? {
    digest == self.digest && brokenRuns >= brokenRunsMax ? last.map { ($0.message, $0.englishMessage) } : nil
  }

  /// Counts a run. Other files than before begin anew; an answer, a failure for the clerk too, clears the count.
  public mutating func record(_ verdict: RunOutcome.Verdict, digest: String) {
    if digest != self.digest { self = Quarantine(brokenRunsMax: brokenRunsMax, digest: digest) }
    switch verdict {
    case .result, .failure: brokenRuns = 0
    case .broken(let breakage) where breakage.isReportersFault:
      brokenRuns += 1
      last = breakage
    case .broken: break
    }
  }

  /// An operator has approved the reporter again.
  public mutating func release() {
    self = Quarantine(brokenRunsMax: brokenRunsMax)
  }

  private init(brokenRunsMax: Int, digest: String) {
    self.brokenRunsMax = brokenRunsMax
    self.digest = digest
  }
}
