internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire

/// Get, BatchGet and List of one record type; with ``RecordService/writeMethods`` also Create, Update, Delete and
/// BatchUpsert. One implementation serves them all: requests are read through their common shape, and records pass
/// through as the bytes that are stored.
struct RecordService: Sendable {
  let definition: RecordDefinition
  let dependencies: ServiceDependencies
  private var limits: ServiceLimits { dependencies.limits }

  init(_ definition: RecordDefinition, _ dependencies: ServiceDependencies) {
    self.definition = definition
    self.dependencies = dependencies
  }

  func readMethods(service: String, hasBatchGet: Bool = true, hasList: Bool = true) -> [MethodDefinition] {
    var methods = [MethodDefinition("\(service)/Get\(definition.name)") { get($0) }]
    if hasList { methods.append(MethodDefinition("\(service)/List\(definition.plural)") { list($0) }) }
    guard hasBatchGet else { return methods }
    return methods + [MethodDefinition("\(service)/BatchGet\(definition.plural)") { batchGet($0) }]
  }

  func writeMethods(service: String) -> [MethodDefinition] {
    [
      MethodDefinition("\(service)/Create\(definition.name)") { create($0) },
      MethodDefinition("\(service)/Update\(definition.name)") { update($0) },
      MethodDefinition("\(service)/Delete\(definition.name)") { delete($0) },
      upsertMethod(service: service),
    ]
  }

  func upsertMethod(service: String) -> MethodDefinition {
    MethodDefinition("\(service)/BatchUpsert\(definition.plural)") { upsert($0) }
  }

  /// A hit in the cache is answered where it is, on the event loop.
  private func get(_ call: ServerCall) {
    guard let request = call.request(Ledger.GetRecordRequest.self, limits: limits.decode) else { return }
    let store = dependencies.store(for: call.principal)
    if let bytes = store.cached(definition.name, request.key) {
      call.reply(bytes)
      return
    }
    call.onWorker { call in
      guard let bytes = try store.read({ try $0.record(definition.name, request.key) }) else {
        throw LedgerError.notFound(definition.name, request.key)
      }
      call.reply(bytes)
    }
  }

  private func batchGet(_ call: ServerCall) {
    guard let request = call.request(Ledger.BatchGetRecordsRequest.self, limits: limits.decode) else { return }
    guard request.keys.count <= limits.batchRecordsMax else {
      return call.fail(.tooMany(request.keys.count, "keys", max: limits.batchRecordsMax))
    }
    call.onWorker { call in
      var size = 0
      let records = try dependencies.read(for: call) { reader in
        try request.keys.map { key in
          guard let bytes = try reader.record(definition.name, key) else {
            throw LedgerError.notFound(definition.name, key)
          }
          size += bytes.count
          guard size <= limits.pageBytesMax else {
            throw Status(
              .resourceExhausted, "这些记录超过 \(limits.pageBytesMax) 字节，请分几次取",
              "these records have more than \(limits.pageBytesMax) bytes; please get fewer at a time"
            ).reason("TOO_LARGE")
          }
          return bytes
        }
      }
      call.reply(Ledger.RawBatchGetResponse(records: records).packed())
    }
  }

  private func list(_ call: ServerCall) {
    guard let request = call.request(Ledger.ListRecordsRequest.self, limits: limits.decode) else { return }
    call.onWorker { call in
      let page = try Page(request, type: definition.name, filters: dependencies.filters, limits: limits)
      call.reply(try dependencies.read(for: call) { try page.run($0) }.packed())
    }
  }

  private func create(_ call: ServerCall) {
    call.onWorker { call in
      let request = try Ledger.RawCreateRequest(packed: call.message, limits: limits.decode)
      let record = try checked([request.record], field: definition.field, isBatch: false)[0]
      call.write(
        to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
        digest: digest(of: [record], call),
        replay: { try $0.firstRecord() }
      ) { writer in
        try writer.create(record, path: definition.field)
      }
    }
  }

  private func update(_ call: ServerCall) {
    call.onWorker { call in
      let request = try Ledger.RawUpdateRequest(packed: call.message, limits: limits.decode)
      // A masked update may leave the other fields empty: only the merged record is checked, on the writer.
      let mask = request.updateMask?.paths ?? []
      let record = try definition.type.canonical(from: request.record, limits: limits.decode)
      call.write(
        to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
        digest: digest(of: [record], call, besides: [Array(request.etag.utf8)] + mask.map { Array($0.utf8) }),
        replay: { try $0.firstRecord() }
      ) { writer in
        try writer.update(record, mask: mask, etag: request.etag, path: definition.field)
      }
    }
  }

  private func delete(_ call: ServerCall) {
    guard let request = call.request(Ledger.DeleteRecordRequest.self, limits: limits.decode) else { return }
    call.write(
      to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
      replay: { Ledger.DeleteRecordResponse(revision: $0.changes.last?.revision ?? $0.revision).packed() }
    ) { writer in
      try writer.delete(definition.type, key: request.key, etag: request.etag, schemas: dependencies.store.schemas)
      return Ledger.DeleteRecordResponse(revision: writer.nextRevision - 1).packed()
    }
  }

  private func upsert(_ call: ServerCall) {
    call.onWorker { call in
      let request = try Ledger.RawBatchUpsertRequest(packed: call.message, limits: limits.decode)
      guard request.records.count <= limits.batchRecordsMax else {
        throw Status.tooMany(request.records.count, definition.pluralField, max: limits.batchRecordsMax)
      }
      let records = try checked(request.records, field: definition.pluralField, isBatch: true)
      call.write(
        to: dependencies.store(for: call.principal), requestID: request.requestId, validateOnly: request.validateOnly,
        digest: digest(of: records, call),
        replay: { [definition] outcome in
          UpsertCounts(replaying: outcome.changes, of: definition, total: records.count)
            .response(revision: outcome.revision).packed()
        }
      ) { writer in
        try writer.upsert(
          records, field: definition.pluralField, checkCancellation: { try call.checkCancellation() }
        )
        .response(revision: writer.nextRevision - 1).packed()
      }
    }
  }

  /// Nil where the request's own bytes will do: what has personal data is hashed masked.
  private func digest(of records: [any LedgerRecord], _ call: ServerCall, besides parts: [[UInt8]] = []) -> [UInt8]? {
    guard definition.type.schema.holdsPersonalData else { return nil }
    return call.maskedDigest(records.map { $0.masked().packed() } + parts)
  }

  private func checked(_ packed: [[UInt8]], field: String, isBatch: Bool) throws -> [any LedgerRecord] {
    var input = RecordInput(
      type: definition.type, field: field, isBatch: isBatch, bounds: limits.recordBounds, limits: limits.decode)
    for bytes in packed { input.append(bytes) }
    try input.finish()
    return input.records
  }
}

extension UpsertCounts {
  /// The counts of a batch that was done before, from the changes it made then: those of its records' own type, and not
  /// what they carried over into others.
  init(replaying changes: [Ledger.Change], of definition: RecordDefinition, total: Int) {
    let own = changes.filter { $0.recordType == definition.name }
    let created = own.count { $0.operation == .create }
    self.init(created: created, updated: own.count - created, unchanged: total - own.count)
  }

  func response(revision: UInt64) -> Ledger.BatchUpsertResponse {
    Ledger.BatchUpsertResponse(
      created: UInt32(clamping: created), updated: UInt32(clamping: updated), unchanged: UInt32(clamping: unchanged),
      revision: revision)
  }
}
