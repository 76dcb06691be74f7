internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// The ledger as a whole: its digest, its change log, and everything of a type as a stream.
struct LedgerService: Sendable {
  /// Bytes of records in one streamed message, about.
  private static let streamedBytes = 64 << 10
  /// Changes read at once.
  private static let changesPerRead = 500
  private static let changesBytesPerRead = 4 << 20

  private let dependencies: ServiceDependencies
  private var store: any LedgerStore { dependencies.store }
  private var decode: DecodeLimits { dependencies.limits.decode }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.LedgerService"
    return [
      MethodDefinition("\(service)/GetLedgerDigest") { call in
        call.onWorker { call in
          let digest = try dependencies.read(for: call) { reader in
            try reader.digest(of: store.schemas) { try call.checkCancellation() }
          }
          call.reply(digest.packed())
        }
      },
      MethodDefinition("\(service)/VerifyChangeLog") { call in
        call.onWorker { try verify($0) }
      },
      MethodDefinition("\(service)/ReadChangeLog") { call in
        call.onWorker { try readChanges($0) }
      },
      MethodDefinition("\(service)/Apply") { call in
        call.onWorker { try apply($0) }
      },
      MethodDefinition("\(service)/Undelete") { undelete($0) },
      MethodDefinition("\(service)/Export") { call in
        call.onWorker { try export($0) }
      },
    ]
  }

  private func apply(_ call: ServerCall) throws {
    let request = try Ledger.ApplyRequest(packed: call.message, limits: decode)
    let max = dependencies.limits.batchRecordsMax
    guard request.mutations.count <= max else { throw Status.tooMany(request.mutations.count, "mutations", max: max) }
    let batch = try MutationBatch(request.mutations, limits: decode)
    for type in batch.recordTypes { try call.principal.requireWriting(type) }
    let store = dependencies.store(for: call.principal)
    call.write(
      to: store, requestID: request.requestId, validateOnly: request.validateOnly,
      digest: batch.holdsPersonalData ? call.maskedDigest(batch.masked(request.mutations).map { $0.packed() }) : nil,
      replay: { outcome in
        try store.read { try batch.response(replaying: outcome.changes, revision: outcome.revision, in: $0).packed() }
      }
    ) { writer in
      try batch.run(writer, schemas: store.schemas, checkCancellation: { try call.checkCancellation() }).packed()
    }
  }

  private func undelete(_ call: ServerCall) {
    guard let request = call.request(Ledger.UndeleteRequest.self, limits: decode) else { return }
    guard let definition = RecordCatalog.writable.first(where: { $0.name == request.recordType }) else {
      return call.fail(.unknownType(request.recordType, among: RecordCatalog.writable))
    }
    do throws(Status) { try call.principal.requireWriting(definition.type) } catch { return call.fail(error) }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { Ledger.UndeleteResponse(record: try $0.firstRecord(), revision: $0.revision).packed() }
    ) { writer in
      let record = try writer.undelete(definition.type, key: request.key, path: "record")
      return Ledger.UndeleteResponse(record: record, revision: writer.nextRevision - 1).packed()
    }
  }

  private func verify(_ call: ServerCall) throws {
    let request = try Ledger.VerifyChangeLogRequest(packed: call.message, limits: decode)
    var response = Ledger.VerifyChangeLogResponse(intact: true)
    var chain: ChangeChain?
    var after = max(request.fromRevision, 1) - 1
    do {
      try store.read { reader in
        while true {
          try call.checkCancellation()
          let changes = try reader.changes(after: after, limit: Self.changesPerRead, bytesMax: Self.changesBytesPerRead)
          guard let first = changes.first else { break }
          var link = chain ?? ChangeChain(startingAt: first)
          for change in changes {
            response.revision = change.revision
            try link.verify(change)
            response.checked += 1
          }
          after = link.revision
          chain = link
        }
        try chain?.finish()
      }
    } catch let error as StorageError where error.code == .corrupted {
      response.intact = false
      response.problem = error.message
      response.localizedProblem = Google.LocalizedMessage(english: error.englishMessage, beside: error.message)
    }
    call.reply(response.packed())
  }

  /// Reads in short snapshots of its own, so that a slow client holds none open.
  private func readChanges(_ call: ServerCall) throws {
    let request = try Ledger.ReadChangeLogRequest(packed: call.message, limits: decode)
    var after = request.afterRevision
    var mayBeginLater = request.skipCompacted
    var left = request.limit == 0 ? UInt64.max : request.limit
    while left > 0 {
      let limit = Int(min(left, UInt64(Self.changesPerRead)))
      let changes = try store.read { reader in
        // Each time: a compaction may take away what was to come next.
        let oldest = try reader.oldestRevision
        if mayBeginLater { after = max(after, oldest - 1) }
        mayBeginLater = false
        guard after >= oldest - 1 else { throw Self.tooOld(after, oldest: oldest) }
        return try reader.changes(after: after, limit: limit, bytesMax: Self.changesBytesPerRead)
      }
      guard let last = changes.last else { break }
      for batch in changes.chunked(bytes: Self.streamedBytes, size: { $0.record.count + 200 }) {
        try call.send(Ledger.ReadChangeLogResponse(changes: batch).packed())
      }
      after = last.revision
      left -= min(left, UInt64(changes.count))
    }
    call.reply([])
  }

  private static func tooOld(_ revision: UInt64, oldest: UInt64) -> Status {
    var status = Status.wrong(
      "after_revision", "\(revision)", "REVISION_TOO_OLD",
      "修订号 \(revision) 之后的变更已不全：较早的已压缩，变更日志现存最早的是 \(oldest)；只要现存的，请设 skip_compacted（guobanctl ledger log 则不写 --after）",
      "not all changes after revision \(revision) are left: older ones are compacted, and the oldest of the change log is \(oldest); for what is left set skip_compacted (leave out --after in guobanctl ledger log)"
    )
    status.code = .outOfRange
    return status.reason("REVISION_TOO_OLD", ["oldest_revision": "\(oldest)"])
  }

  private func exported(
    _ request: Ledger.ExportRequest, of definition: RecordDefinition, _ call: ServerCall
  ) throws -> Filter? {
    guard !request.register.isEmpty else {
      return try dependencies.filters.parse(request.filter, source: definition.name)
    }
    let view = try dependencies.read(for: call) { try $0.register(request.register).view }
    guard view.base == definition.name else {
      throw Status.wrong(
        "register", request.register, "NOT_ENTRIES", "只有台账的条目（Entry）才分台账，\(definition.name) 不能填 register",
        "only entries (Entry) belong to a register; leave it empty for \(definition.name)")
    }
    return try dependencies.filters.parse(request.filter, over: view)
  }

  private func export(_ call: ServerCall) throws {
    let request = try Ledger.ExportRequest(packed: call.message, limits: decode)
    let readable = RecordCatalog.all.filter { call.principal.may($0.type.readPermission) }
    guard let definition = readable.first(where: { $0.name == request.recordType }) else {
      throw Status.unknownType(request.recordType, among: readable)
    }
    let filter = try exported(request, of: definition, call)
    var after: String?
    while true {
      let query = ListQuery(type: definition.name, filter: filter, afterKey: after, limit: 500)
      let page = try dependencies.read(for: call) { try $0.list(query) }
      guard let last = page.last else { break }
      for batch in page.chunked(bytes: Self.streamedBytes, size: { $0.bytes.count }) {
        try call.send(Ledger.ExportResponse(records: batch.map(\.bytes)).packed())
      }
      after = last.key
    }
    call.reply([])
  }
}

extension Principal {
  /// Refuses what a method's own permission does not tell: a method that writes several types needs that of each.
  func requireWriting(_ type: any LedgerRecord.Type) throws(Status) {
    guard !may(type.writePermission) else { return }
    throw Status(
      .permissionDenied, "\(name) 没有写 \(type.schema.name) 的权限：\(type.writePermission.rawValue)",
      "\(name) may not write \(type.schema.name): it needs the permission \(type.writePermission.rawValue)"
    )
    .reason("PERMISSION_MISSING")
  }
}

extension Array {
  /// Consecutive parts of about `bytes` each; a larger element stands alone.
  func chunked(bytes: Int, size: (Element) -> Int) -> [[Element]] {
    var chunks: [[Element]] = []
    var room = 0
    for element in self {
      let cost = size(element)
      if cost > room || chunks.isEmpty {
        chunks.append([])
        room = bytes
      }
      chunks[chunks.count - 1].append(element)
      room -= cost
    }
    return chunks
  }
}
