internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
public import GuobanWire
public import ReporterHost

/// Lists, approves and runs reporters; keeps every report that was made.
struct ReportService: Sendable {
  private let dependencies: ServiceDependencies
  private let configuration: ReporterHostConfiguration
  private let catalog: ReporterCatalog
  private let records: ReporterRecords
  private let jobs: JobPool
  private var store: any LedgerStore { dependencies.store }
  private var decode: DecodeLimits { dependencies.limits.decode }

  /// What no reporter gets to see, whoever runs it: who may come in.
  private static let hidden = Set(
    RecordCatalog.all.filter { $0.type.readPermission != .readRecords }.map(\.name))

  init(_ dependencies: ServiceDependencies, _ configuration: ReporterHostConfiguration, jobs: JobPool) {
    self.dependencies = dependencies
    self.configuration = configuration
    self.jobs = jobs
    catalog = ReporterCatalog(configuration)
    records = ReporterRecords(brokenRunsMax: configuration.brokenRunsMax)
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.ReportService"
    let stored =
      RecordCatalog.definition(named: "Report").map {
        RecordService($0, dependencies).readMethods(service: service, hasBatchGet: false)
      } ?? []
    return stored + [
      MethodDefinition("\(service)/ListReporters") { call in
        call.onWorker { $0.reply(try list().packed()) }
      },
      MethodDefinition("\(service)/ApproveReporter") { call in
        call.onWorker { try approve($0) }
      },
      MethodDefinition("\(service)/RunReport") { call in
        jobs.run(call) { try run($0) }
      },
    ]
  }

  private func list() throws -> Ledger.ListReportersResponse {
    let entries = try catalog.entries()
    return try store.read { reader in
      Ledger.ListReportersResponse(
        reporters: try entries.map { entry in
          entry.status(
            approvedDigest: try approvedDigest(entry.id, reader), quarantine: records.quarantine(entry.id),
            missingProtections: records.missingProtections(entry.id))
        })
    }
  }

  private func approve(_ call: ServerCall) throws {
    let request = try Ledger.ApproveReporterRequest(packed: call.message, limits: decode)
    let package = try catalog.package(request.id)
    guard request.digest == package.digest else {
      throw Status(
        .failedPrecondition, "您核对的是 \(request.digest.prefix(12))…，现在文件夹里的是 \(package.digest.prefix(12))…；请重新核对后再批准",
        "you looked at \(request.digest.prefix(12))…, and \(package.digest.prefix(12))… is in the folder now; look again, then approve"
      ).reason("REPORTER_CHANGED", ["digest": package.digest])
    }
    let approval = Ledger.ReporterApproval(id: request.id, digest: package.digest)
    let reply = package.status(
      approvedDigest: package.digest, quarantine: Quarantine(brokenRunsMax: configuration.brokenRunsMax),
      missingProtections: records.missingProtections(request.id)
    ).packed()
    call.write(
      to: store, requestID: request.requestId, validateOnly: false, replay: { _ in reply },
      done: { if !$0.replayed { records.release(request.id) } }
    ) { writer in
      _ = try writer.upsert([approval], field: "approvals", checkCancellation: {})
      return reply
    }
  }

  private func run(_ call: ServerCall) throws {
    let request = try Ledger.RunReportRequest(packed: call.message, limits: decode)
    let package = try catalog.package(request.reporter)
    let id = package.manifest.id
    let store = dependencies.store(for: call.principal)
    let (outcome, revision) = try store.read(isCancelled: { call.isCancelled }) { reader in
      let approved = try approvedDigest(id, reader)
      let (state, problem) = package.permission(approvedDigest: approved, quarantine: records.quarantine(id))
      guard state == .approved, let approved else {
        throw Status(.failedPrecondition, "报表 \(id)：\(problem.chinese)", "reporter \(id): \(problem.english)").reason(
          "REPORTER_\(state.name)")
      }
      let source = try StoreDataSource(
        reader, filters: dependencies.filters, hidden: Self.hidden, views: { try SourceView.named($0, in: $1) })
      let outcome = try ReporterRunner(configuration).run(
        package, approvedDigest: approved, parameters: request.parameters, today: "\(dependencies.today())",
        source: source, origin: RunOrigin(requestID: call.requestID, traceParent: call.traceParent ?? ""),
        isCancelled: { call.isCancelled })
      return (outcome, source.revision)
    }
    records.record(outcome, of: id)
    dependencies.observer?.reportRan(
      ReportRun(reporter: id, outcome: outcome, requestID: call.requestID, traceParent: call.traceParent))
    let result = try outcome.result(of: id)
    let milliseconds = outcome.elapsed / .milliseconds(1)
    let report = Ledger.Report(
      reporter: id, reporterVersion: package.manifest.version, reporterDigest: outcome.digest,
      parameters: outcome.parameters, ledgerRevision: revision, result: result,
      elapsedMs: UInt32(clamping: Int64(milliseconds)), peakMemoryKib: UInt32(clamping: outcome.peakMemoryKiB),
      missingProtections: outcome.missingProtections, region: call.principal.region ?? "")
    call.write(
      to: store, requestID: request.requestId, validateOnly: false, replay: { try $0.firstRecord() }
    ) { writer in
      var report = report
      report.id = try reportID(id, writer)
      return try writer.create(report, path: "report")
    }
  }

  private func approvedDigest(_ id: String, _ reader: any LedgerReader) throws -> String? {
    try reader.record("ReporterApproval", id).map { bytes in
      try Ledger.ReporterApproval(packed: bytes, limits: .standard).digest
    }
  }

  /// "half_year-20231121T014233Z-42": sortable by time, unique by revision.
  private func reportID(_ id: String, _ writer: any LedgerWriter) throws -> String {
    let time = try CivilDateTime(epochSeconds: writer.time.seconds, in: .utc)
    let digits = time.text.filter { $0.isNumber || $0 == "T" }
    return "\(id)-\(digits)Z-\(writer.nextRevision)"
  }
}

extension RunOutcome {
  /// The report, or the status that says why there is none: to the clerk what is missing, to the operator what is broken.
  fileprivate func result(of id: String) throws(Status) -> Reporting.Result {
    switch verdict {
    case .result(let result): return result
    case .failure(let failure):
      // A reporter speaks one language.
      throw Status(.failedPrecondition, failure.message, failure.message).reason(failure.reason)
    case .broken(let breakage):
      let isOurs = breakage.code == .cancelled || breakage.code == .timedOut
      throw Status(
        isOurs ? .deadlineExceeded : .internalError, "报表模块 \(id) 出了故障，请联系管理员：\(breakage.message)",
        "the reporter \(id) broke down, please tell an administrator: \(breakage.englishMessage)", cause: breakage
      ).reason("REPORTER_\(breakage.code.rawValue)")
    }
  }
}

extension ReporterError: StatusConvertible {
  public var status: Status {
    Status(code == .notFound ? .notFound : .failedPrecondition, message, englishMessage, cause: self)
      .reason("REPORTER_\(code.description.uppercased())")
  }
}

extension ParameterProblems: StatusConvertible {
  public var status: Status {
    Status.invalidArgument(
      violations: problems.map { problem in
        FieldViolation(
          field: "parameters[\(problem.name)]", value: problem.value, reason: problem.rule, problem.message,
          problem.englishMessage
        )
      }
    ).reason("INVALID_PARAMETERS")
  }
}
