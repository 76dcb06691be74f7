internal import GuobanMessages
internal import GuobanStorage

/// Judges what a compacted change log left behind by the ledger's own record of the compaction.
struct CompactionAudit {
  /// The record type that the ledger writes compactions down in.
  static let recordType = "Compaction"

  private let anchor: Ledger.Compaction
  private var state = LedgerStateHash()
  private var firstRevision: UInt64?
  private var isAnchored = false

  init(_ record: [UInt8]) throws(DecodeError) {
    anchor = try Ledger.Compaction(packed: record, limits: .standard)
  }

  /// The next of what stands for removed changes, in the order of types and keys.
  mutating func take(_ folded: Archive.FoldedRecord) {
    state.add(
      folded.recordType, RecordVersion(key: folded.key, revision: folded.revision, sha256: folded.sha256))
  }

  /// The next row of the log.
  mutating func take(_ change: Ledger.Change) {
    if firstRevision == nil {
      firstRevision = change.revision
      isAnchored = change.revision == anchor.revision + 1 && change.previousHash == anchor.hash
    }
    if change.revision == anchor.revision { isAnchored = change.hash == anchor.hash }
  }

  /// Whether the log begins where the compaction ended, or, when that was cut short, before it; and whether what was
  /// removed is what is written down of it, which can be told once all of it was removed.
  var isSound: Bool {
    guard let firstRevision, isAnchored else { return false }
    if firstRevision <= anchor.revision { return true }
    let found = state.finish()
    return found.sha256 == anchor.stateSha256 && found.count == anchor.recordCount
  }
}
