public import GuobanMessages
internal import GuobanWire

/// What to watch. Types, regions and keys must all agree; of several of one kind one is enough, and none means all.
public struct WatchQuery: Sendable, Hashable {
  /// Commits after this revision: the last ``LedgerCommit/revision`` that was dealt with. 0 means all that the log has,
  /// nil from now on.
  public var afterRevision: UInt64?
  /// Such as `Pass` and `Project`.
  public var recordTypes: [String]
  /// Codes; each means the region and all below it.
  public var regions: [String]
  /// Single records: type and key.
  public var keys: [RecordKey]
  /// How often the daemon says how far it is when nothing happens; nil leaves it to the daemon.
  public var progressInterval: Duration?
  /// Also gives commits without events, which tell how far the daemon is: what to start after next time.
  public var includesProgress: Bool

  /// A record by type and key.
  public struct RecordKey: Sendable, Hashable {
    public var recordType: String
    public var key: String

    public init(_ recordType: String, _ key: String) {
      self.recordType = recordType
      self.key = key
    }
  }

  /// Everything from now on, unless something else is said.
  public init(
    afterRevision: UInt64? = nil, recordTypes: [String] = [], regions: [String] = [], keys: [RecordKey] = [],
    progressInterval: Duration? = nil, includesProgress: Bool = false
  ) {
    self.afterRevision = afterRevision
    self.recordTypes = recordTypes
    self.regions = regions
    self.keys = keys
    self.progressInterval = progressInterval
    self.includesProgress = includesProgress
  }

  /// What to ask to go on after `position`; nil is from now on.
  func request(after position: UInt64?) -> Ledger.WatchRequest {
    Ledger.WatchRequest(
      start: position.map { .afterRevision($0) }, recordTypes: recordTypes, regions: regions,
      keys: keys.map { Ledger.RecordName(recordType: $0.recordType, key: $0.key) },
      progressIntervalMs: progressInterval?.wholeMilliseconds ?? 0)
  }
}

/// One atomic request's changes, all of those that were asked for.
public struct LedgerCommit: Sendable, Equatable {
  /// Where a later watch goes on: nothing up to this revision is left to tell.
  public var revision: UInt64
  /// In the order in which they were made. Empty only in a progress mark.
  public var events: [Ledger.WatchEvent]

  public init(revision: UInt64, events: [Ledger.WatchEvent]) {
    self.revision = revision
    self.events = events
  }
}
