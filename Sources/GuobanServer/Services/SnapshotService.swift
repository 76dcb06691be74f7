internal import GuobanAccess
public import GuobanArchive
internal import GuobanMessages
internal import GuobanModel
public import GuobanWire

/// Takes, lists and verifies snapshots.
struct SnapshotService: Sendable {
  private let keeper: SnapshotKeeper
  private let limits: ServiceLimits
  private let jobs: JobPool
  private let observer: (any ServiceObserver)?
  private let answered = SnapshotAnswers()

  init(_ keeper: SnapshotKeeper, limits: ServiceLimits, jobs: JobPool, observer: (any ServiceObserver)?) {
    self.observer = observer
    self.keeper = keeper
    self.limits = limits
    self.jobs = jobs
  }

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.SnapshotService"
    return [
      MethodDefinition("\(service)/CreateSnapshot") { call in
        jobs.run(call) { try take($0) }
      },
      MethodDefinition("\(service)/ListSnapshots") { call in
        call.onWorker { try list($0) }
      },
      MethodDefinition("\(service)/VerifySnapshot") { call in
        jobs.run(call) { try verify($0) }
      },
    ]
  }

  private func take(_ call: ServerCall) throws {
    let request = try Ledger.CreateSnapshotRequest(packed: call.message, limits: limits.decode)
    let asked = SnapshotAnswers.Request(principal: call.principal.name, id: request.requestId)
    if let before = answered.snapshot(for: asked) {
      call.reply(message(try keeper.catalog.manifest(before)).packed())
      return
    }
    do {
      let file = try keeper.take(requestID: call.requestID, isCancelled: { call.isCancelled })
      answered.remember(file.id, for: asked)
      call.reply(message(file).packed())
    } catch {
      try call.checkCancellation()
      observer?.snapshotFailed(error, requestID: call.requestID)
      throw error
    }
  }

  private func list(_ call: ServerCall) throws {
    let request = try Ledger.ListSnapshotsRequest(packed: call.message, limits: limits.decode)
    let size = try Page.size(request.pageSize, limits: limits)
    var newestFirst = try keeper.catalog.list().filter { !$0.isPruned }.sorted { $0.id > $1.id }[...]
    if !request.pageToken.isEmpty {
      guard let after = SnapshotID(request.pageToken) else {
        throw Status.wrong(
          "page_token", request.pageToken, "PAGE_TOKEN", "不是上一页给出的页标记", "is not the token that the page before gave")
      }
      newestFirst = newestFirst.drop { $0.id >= after }
    }
    let page = newestFirst.prefix(size)
    let isLast = page.count == newestFirst.count
    call.reply(
      Ledger.ListSnapshotsResponse(
        snapshots: page.map(message), nextPageToken: isLast ? "" : page.last.map { "\($0.id)" } ?? ""
      ).packed())
  }

  private func verify(_ call: ServerCall) throws {
    let request = try Ledger.VerifySnapshotRequest(packed: call.message, limits: limits.decode)
    let id = request.id.isEmpty ? try keeper.catalog.newestID() : SnapshotID(request.id)
    guard let id else {
      let status =
        request.id.isEmpty
        ? Status(
          .notFound, "还没有快照；用 guobanctl snapshot create 创建",
          "there is no snapshot yet; guobanctl snapshot create makes one")
        : Status(.notFound, "没有快照“\(request.id)”", "there is no snapshot “\(request.id)”")
      throw status.reason("NO_SUCH_SNAPSHOT")
    }
    var verifier = keeper.verifier
    verifier.isCancelled = { call.isCancelled }
    do throws(ArchiveError) {
      let report = try verifier.verify(id)
      observer?.snapshotVerified("\(id)", problem: nil, requestID: call.requestID)
      call.reply(Ledger.VerifySnapshotResponse(snapshot: message(report.file), intact: true).packed())
    } catch {
      try call.checkCancellation()
      guard error.code == .corrupted else { throw error }
      observer?.snapshotVerified("\(id)", problem: error.englishMessage, requestID: call.requestID)
      call.reply(
        Ledger.VerifySnapshotResponse(
          snapshot: Ledger.Snapshot(id: "\(id)"), intact: false, problem: error.message,
          localizedProblem: Google.LocalizedMessage(english: error.englishMessage, beside: error.message)
        ).packed())
    }
  }

  private func message(_ file: ManifestFile) -> Ledger.Snapshot {
    let manifest = file.manifest
    return Ledger.Snapshot(
      id: "\(file.id)", createTime: manifest.createTime, revision: manifest.revision,
      recordCount: manifest.recordCount, changeCount: manifest.changeCount, rawBytes: manifest.rawBytes,
      packedBytes: manifest.packedBytes, rawSha256: manifest.rawSha256, packedSha256: manifest.packedSha256,
      manifestSha256: file.sha256, previousManifestSha256: manifest.previousManifestSha256,
      path: "\(keeper.directory)/\(manifest.fileName)")
  }
}

extension ArchiveError: StatusConvertible {
  public var status: Status {
    let code: Status.Code =
      switch code {
      case .busy: .aborted
      case .cancelled: .cancelled
      case .noSpace: .resourceExhausted
      case .corrupted: .dataLoss
      case .notFound: .notFound
      case .invalidID: .invalidArgument
      case .notEmpty, .unsupportedVersion: .failedPrecondition
      default: .internalError
      }
    return Status(code, message, englishMessage, cause: self).reason("SNAPSHOT_\(self.code.description.uppercased())")
  }
}
