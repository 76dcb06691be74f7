internal import GuobanMessages
internal import ReporterHost
internal import Synchronization

/// What the daemon remembers of reporters' runs since it started: quarantine, and what the sandbox lacked.
final class ReporterRecords: Sendable {
  private struct Entry {
    var quarantine: Quarantine
    var missingProtections: [String] = []
  }

  private let brokenRunsMax: Int
  private let entries = Mutex<[String: Entry]>([:])

  init(brokenRunsMax: Int) {
    self.brokenRunsMax = brokenRunsMax
  }

  func quarantine(_ id: String) -> Quarantine {
    entry(id).quarantine
  }

  func missingProtections(_ id: String) -> [String] {
    entry(id).missingProtections
  }

  func record(_ outcome: RunOutcome, of id: String) {
    change(id) { entry in
      entry.quarantine.record(outcome.verdict, digest: outcome.digest)
      entry.missingProtections = outcome.missingProtections
    }
  }

  func release(_ id: String) {
    change(id) { $0.quarantine.release() }
  }

  private func entry(_ id: String) -> Entry {
    entries.withLock { $0[id] } ?? Entry(quarantine: Quarantine(brokenRunsMax: brokenRunsMax))
  }

  private func change(_ id: String, _ body: (inout Entry) -> Void) {
    entries.withLock { entries in
      body(&entries[id, default: Entry(quarantine: Quarantine(brokenRunsMax: brokenRunsMax))])
    }
  }
}
