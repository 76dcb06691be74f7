public import GuobanAccess
public import GuobanLedger
public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// What the services work with. The daemon puts it together.
public struct ServiceDependencies: Sendable {
  /// The whole ledger, for what regions do not bound. Everything else asks ``store(for:)``.
  public var store: any LedgerStore
  /// Who may come in, and what is below which region.
  public var access: AccessDirectory
  public var filters: FilterParser
  /// The daemon's keys.
  public var keys: any KeyKeeping
  /// The civil date in Asia/Shanghai, now.
  public var today: @Sendable () -> CivilDate
  /// The moment, now.
  public var now: @Sendable () -> Google.Timestamp
  public var limits: ServiceLimits
  /// Hears of reports and verifications.
  public var observer: (any ServiceObserver)?

  /// Puts the dependencies together.
  public init(
    store: any LedgerStore, access: AccessDirectory, filters: FilterParser, keys: any KeyKeeping,
    today: @escaping @Sendable () -> CivilDate, now: @escaping @Sendable () -> Google.Timestamp, limits: ServiceLimits,
    observer: (any ServiceObserver)? = nil
  ) {
    self.observer = observer
    self.store = store
    self.access = access
    self.filters = filters
    self.keys = keys
    self.today = today
    self.now = now
    self.limits = limits
  }
}

extension ServiceDependencies {
  /// The ledger as far as the principal may see it. For one who is held to no region it is the ledger itself.
  func store(for principal: Principal) -> any LedgerStore {
    guard let region = principal.region else { return store }
    return ScopedStore(
      base: store, scope: RecordScope(principal: principal.name, region: access.scope(of: region)))
  }

  /// Reads what the caller may see, as long as somebody waits for it.
  func read<Value>(for call: ServerCall, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try store(for: call.principal).read(isCancelled: { call.isCancelled }, body)
  }
}

/// Bounds on what one call may ask for.
public struct ServiceLimits: Sendable {
  /// Records of a page when the request names no size.
  public var pageSizeDefault = 100
  /// Records of a page at most; more is cut to this.
  public var pageSizeMax = 1000
  /// Records of one BatchUpsert or BatchGet.
  public var batchRecordsMax = 1000
  /// Bytes of the records on one page; a page ends early rather than being larger.
  public var pageBytesMax = 2 << 20
  /// Groups that one query may give.
  public var queryRowsMax = 20_000
  /// Columns of one query.
  public var queryColumnsMax = 32
  /// Days that a pass is good for when the request does not say.
  public var passValidDays = 7
  /// What records that come in are held to.
  public var recordBounds = RecordBounds.standard
  /// The days that tickets are given, and how they are counted.
  public var tickets = TicketRules()
  /// Imports that may be open at once.
  public var importsMax = 48
  /// Imports that one principal may have open at once. A dry run of a folder holds one per record type until its end.
  public var importsPerOwnerMax = 24
  /// Records of one import.
  public var importRecordsMax = 100_000
  /// Bytes of the records of one import.
  public var importBytesMax = 32 << 20
  /// Bytes of the records of all imports that are open.
  public var importsBytesMax = 128 << 20
  /// Bytes of the records of all imports that one principal has open: nobody can keep everybody else out.
  public var importsPerOwnerBytesMax = 80 << 20
  /// How long an import may lie untouched before it is dropped.
  public var importIdleSecondsMax = 120
  /// What one message may cost to read.
  public var decode = DecodeLimits.standard

  /// The defaults.
  public init() {}
}
