internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// Proves who changed what: the change log searched, verified and compacted.
struct AuditService: Sendable {
  private let dependencies: ServiceDependencies
  private let jobs: JobPool
  private let daysKept: Int
  private let nowSecond: @Sendable () -> Int64
  private var store: any LedgerStore { dependencies.store }
  private var limits: ServiceLimits { dependencies.limits }

  init(_ dependencies: ServiceDependencies, jobs: JobPool, daysKept: Int, nowSecond: @escaping @Sendable () -> Int64) {
    self.dependencies = dependencies
    self.jobs = jobs
    self.daysKept = daysKept
    self.nowSecond = nowSecond
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.AuditService"
    return [
      MethodDefinition("\(service)/ListChanges") { call in
        call.onWorker { try list($0) }
      },
      MethodDefinition("\(service)/GetHead") { call in
        call.onWorker { call in
          let head = try store.read { try Ledger.LedgerHead(revision: $0.revision, hash: $0.headHash) }
          call.reply(Ledger.LedgerHead(revision: head.revision, hash: head.hash, time: now()).packed())
        }
      },
      MethodDefinition("\(service)/VerifyLedger") { call in
        jobs.run(call) { try verify($0) }
      },
      MethodDefinition("\(service)/CompactChangeLog") { call in
        jobs.run(call) { try compact($0) }
      },
    ]
  }

  private func list(_ call: ServerCall) throws {
    let page = try ChangePage(
      try Ledger.ListChangesRequest(packed: call.message, limits: limits.decode), limits: limits)
    call.reply(try store.read(isCancelled: { call.isCancelled }) { try page.run($0) }.packed())
  }

  private func verify(_ call: ServerCall) throws {
    let request = try Ledger.VerifyLedgerRequest(packed: call.message, limits: limits.decode)
    var response = try store.read(isCancelled: { call.isCancelled }) { reader in
      try LedgerVerification.run(
        reader, schemas: store.schemas, head: request.head, limits: .standard,
        checkCancellation: { try call.checkCancellation() })
    }
    response.lastHead?.time = now()
    call.reply(response.packed())
  }

  private func compact(_ call: ServerCall) throws {
    let request = try Ledger.CompactChangeLogRequest(packed: call.message, limits: limits.decode)
    let compaction = try ChangeLogCompaction(
      store: store, days: request.days == 0 ? daysKept : Int(request.days), actor: call.principal.name)
    let check = { try call.checkCancellation() }
    let result =
      try request.validateOnly
      ? compaction.plan(nowSecond: nowSecond(), checkCancellation: check)
      : compaction.run(nowSecond: nowSecond(), checkCancellation: check)
    call.reply(
      Ledger.CompactChangeLogResponse(compaction: result.compaction, removedChanges: result.removedChanges).packed())
  }

  private func now() -> Google.Timestamp { Google.Timestamp(seconds: nowSecond()) }
}
