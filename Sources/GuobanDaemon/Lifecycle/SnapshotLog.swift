internal import GuobanArchive
internal import GuobanMessages
internal import GuobanModel
internal import Logging

/// What the log keeps of every snapshot, scheduled or asked for.
///
/// With the head hash outside the ledger, a ledger that was rewritten whole is noticed.
struct SnapshotLog: Sendable {
  let logger: Logger
  let figures: ServiceFigures

  /// What an earlier life of the daemon took last.
  func remember(_ catalog: SnapshotCatalog) {
    guard let id = try? catalog.newestID() else { return }
    figures.found("\(id)", time: id.epochSeconds)
  }

  /// A snapshot was taken, and old ones were pruned, or could not be.
  @Sendable func taken(_ file: ManifestFile, pruned: Result<[SnapshotID], ArchiveError>, requestID: String?) {
    var logger = logger
    if let requestID { logger[metadataKey: "request_id"] = "\(requestID)" }
    figures.taken("\(file.id)", time: DaemonClock.epochSeconds())
    logger.info("snapshot taken", metadata: file.logged)
    switch pruned {
    case .success(let ids) where ids.isEmpty: break
    case .success(let ids):
      logger.info("snapshots pruned", metadata: ["ids": "\(ids.map(\.description).joined(separator: " "))"])
    case .failure(let error):
      logger.error("old snapshots could not be pruned", metadata: ["error": "\(error)"])
    }
  }
}

extension ManifestFile {
  fileprivate var logged: Logger.Metadata {
    [
      "id": "\(id)", "revision": "\(manifest.revision)", "records": "\(manifest.recordCount)",
      "changes": "\(manifest.changeCount)", "bytes": "\(manifest.packedBytes)",
      "head_hash": "\(hexadecimal(manifest.headHash))",
      "manifest_sha256": "\(hexadecimal(sha256))",
    ]
  }
}
