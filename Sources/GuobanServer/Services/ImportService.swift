internal import Crypto
internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire
internal import NIOCore

/// Takes in whole files: staged piece by piece, written in one atomic request.
struct ImportService: Sendable {
  private let dependencies: ServiceDependencies
  private let staging: ImportStaging
  private var decode: DecodeLimits { dependencies.limits.decode }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
    staging = ImportStaging(limits: dependencies.limits) {
      Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000_000)
    }
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.ImportService"
    return [
      MethodDefinition("\(service)/BeginImport") { begin($0) },
      MethodDefinition("\(service)/AppendImport") { call in
        call.onWorker { call in
          let request = try Ledger.AppendImportRequest(packed: call.message, limits: decode)
          call.reply(try staging.append(request, owner: call.principal.name).packed())
        }
      },
      MethodDefinition("\(service)/CommitImport") { call in
        call.onWorker { try commit($0) }
      },
      MethodDefinition("\(service)/AbortImport") { call in
        guard let request = call.request(Ledger.AbortImportRequest.self, limits: decode) else { return }
        staging.remove(request.importId, owner: call.principal.name)
        call.reply(Ledger.AbortImportResponse().packed())
      },
    ]
  }

  private func begin(_ call: ServerCall) {
    guard let request = call.request(Ledger.BeginImportRequest.self, limits: decode) else { return }
    do throws(Status) {
      if let type = RecordCatalog.definition(named: request.recordType)?.type {
        try call.principal.requireWriting(type)
      }
      let id = try staging.begin(request, owner: call.principal.name)
      call.reply(
        Ledger.BeginImportResponse(
          importId: id, recordsMax: UInt32(clamping: dependencies.limits.importRecordsMax),
          bytesMax: UInt64(dependencies.limits.importBytesMax)
        ).packed())
    } catch {
      call.fail(error)
    }
  }

  private func commit(_ call: ServerCall) throws {
    let request = try Ledger.CommitImportRequest(packed: call.message, limits: decode)
    let owner = call.principal.name
    guard request.validateOnly || request.assume.isEmpty, request.assume.count < dependencies.limits.importsPerOwnerMax
    else {
      throw Status.wrong(
        "assume", "\(request.assume.count)", "ONLY_TO_VALIDATE", "只有试运行才能假定别的导入已写入",
        "only with validate_only may other imports be taken as written")
    }
    let assumed = try request.assume.map { id throws(Status) in try staging.staged(id, owner: owner) }
    let staged = try staging.staged(request.importId, owner: owner)
    for each in assumed + [staged] {
      // The caller may be allowed less than when the import began.
      try call.principal.requireWriting(each.definition.type)
      try each.input.finish()
    }
    let records = staged.input.records
    call.write(
      to: dependencies.store(for: call.principal), requestID: staged.requestID, validateOnly: request.validateOnly,
      digest: Array(staged.digest.finalize()),
      replay: { outcome in
        UpsertCounts(replaying: outcome.changes, of: staged.definition, total: records.count)
          .response(revision: outcome.revision).packed()
      },
      // Not before: a group that does not reach the disk is tried again with what is staged.
      done: { _ in staging.remove(request.importId, owner: owner) }
    ) { writer in
      for each in assumed {
        _ = try writer.upsert(
          each.input.records, mask: each.mask, field: "records", checkCancellation: { try call.checkCancellation() })
      }
      // No region bounds trips, as none bounds RecordTrip: a checkpoint sees passes from everywhere.
      let allowed = staged.definition.type is Ledger.PassTrip.Type ? writer.unscoped : writer
      let counts = try allowed.upsert(
        records, mask: staged.mask, field: "records", checkCancellation: { try call.checkCancellation() })
      return counts.response(revision: writer.nextRevision - 1).packed()
    }
  }
}
