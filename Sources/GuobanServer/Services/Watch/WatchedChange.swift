internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage

/// A change as watches see it: what they choose by, and the packed event, made once for all of them.
struct WatchedChange: Sendable {
  let name: WatchedName
  /// ``WatchTypes/bit(of:)``.
  let typeBit: UInt64
  /// The record's regions and all above them.
  let regions: [String]
  /// The regions that this change took it out of, and all above them.
  let leftRegions: [String]
  /// The event as it stands in a packed `WatchResponse`.
  let event: [UInt8]
  /// The event for whom the record is gone; nil when it left no region.
  let leftEvent: [UInt8]?

  /// `tree` says what lies above a region.
  init(_ change: Ledger.Change, tree: RegionTree, recordBytesMax: Int) {
    name = WatchedName(type: change.recordType, key: change.key)
    // A row that changes no record has no bit: no watch asks for it.
    typeBit = change.operation.writesRecord ? WatchTypes.bit(of: change.recordType) : 0
    regions = Self.withAbove(change.regions, tree)
    leftRegions = Self.withAbove(change.leftRegions, tree)
    var event = Ledger.WatchEvent(
      revision: change.revision, commitRevision: change.commitRevision, time: change.time, actor: change.actor,
      operation: change.operation, recordType: change.recordType, key: change.key, record: change.record)
    if event.record.count > recordBytesMax {
      event.record = []
      event.recordTooLong = true
    }
    self.event = Self.packed(event)
    guard !leftRegions.isEmpty else {
      leftEvent = nil
      return
    }
    event.record = []
    event.recordTooLong = false
    event.left = true
    leftEvent = Self.packed(event)
  }

  /// What holding it costs: an estimate.
  var cost: Int { event.count + (leftEvent?.count ?? 0) + Self.overheadBytes }

  private static let overheadBytes = 320

  private static func packed(_ event: Ledger.WatchEvent) -> [UInt8] {
    Ledger.WatchResponse(events: [event]).packed()
  }

  private static func withAbove(_ codes: [String], _ tree: RegionTree) -> [String] {
    var all: [String] = []
    for code in codes {
      for region in tree.chain(from: code) where !all.contains(region) { all.append(region) }
    }
    return all
  }
}

/// Which record, among all.
struct WatchedName: Sendable, Hashable {
  var type: String
  var key: String
}

/// Consecutive changes of one commit: all of it, or a part of one that is too long to be read at once.
final class WatchedRun: Sendable {
  let firstRevision: UInt64
  let lastRevision: UInt64
  let changes: [WatchedChange]
  /// Whether the commit is complete with the last of them.
  let endsCommit: Bool
  let cost: Int

  private init(_ changes: ArraySlice<Ledger.Change>, tree: RegionTree, recordBytesMax: Int) {
    let last = changes[changes.endIndex - 1]
    firstRevision = changes[changes.startIndex].revision
    lastRevision = last.revision
    endsCommit = last.revision == last.commitRevision
    self.changes = changes.map { WatchedChange($0, tree: tree, recordBytesMax: recordBytesMax) }
    cost = self.changes.reduce(0) { $0 + $1.cost }
  }

  /// Splits rows of the change log into runs.
  static func runs(of changes: [Ledger.Change], tree: RegionTree, recordBytesMax: Int) -> [WatchedRun] {
    var runs: [WatchedRun] = []
    var start = 0
    for index in changes.indices
    where index + 1 == changes.count || changes[index].revision == changes[index].commitRevision {
      runs.append(WatchedRun(changes[start...index], tree: tree, recordBytesMax: recordBytesMax))
      start = index + 1
    }
    return runs
  }
}
