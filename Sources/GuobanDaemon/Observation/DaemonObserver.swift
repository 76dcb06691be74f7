internal import GuobanAccess
internal import GuobanServer
internal import GuobanStorage
internal import GuobanWire
internal import Logging
internal import ReporterHost

/// Tells the figures and the logs what the parts of the daemon tell: the one place where all of it comes together.
struct DaemonObserver: ServerObserver {
  let figures: ServerFigures
  let log: ServerLog
  let slowCalls: SlowCallLog

  func connectionOpened(_ peer: Peer) {
    figures.connectionOpened(peer)
    log.connectionOpened(peer)
  }

  func connectionRefused(_ peer: Peer, _ reason: ConnectionRefusal) {
    figures.connectionRefused(reason)
    log.connectionRefused(peer, reason)
  }

  func authenticationFailed(_ peer: Peer, _ reason: AuthenticationFailure) {
    figures.authenticationFailed(peer, reason)
    log.authenticationFailed(peer, reason)
  }

  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {
    log.connectionAdmitted(peer, principal: principal, clientName: clientName)
  }

  func connectionClosed(_ peer: Peer, reason: Status?) {
    figures.connectionClosed(peer, reason: reason)
    log.connectionClosed(peer, reason: reason)
  }

  func bytesRead(_ count: Int) { figures.bytesRead(count) }
  func bytesWritten(_ count: Int) { figures.bytesWritten(count) }
  func callStarted(methodID: Int) { figures.callStarted(methodID: methodID) }

  func callFinished(_ call: CallSummary) {
    figures.callFinished(call)
    log.callFinished(call)
    if figures.isUnary(call.methodID) { slowCalls.finished(call) }
  }
}

extension ServerFigures {
  fileprivate func isUnary(_ method: Int) -> Bool { methods.indices.contains(method) && !methods[method].isStreaming }
}

/// The same for storage.
struct DaemonStorageObserver: StorageObserver {
  let figures: StorageFigures
  let logger: Logger

  func groupFinished(_ group: GroupSummary) {
    figures.groupFinished(group)
    if let failure = group.failure {
      logger.error("commit failed", metadata: ["error": "\(failure)", "request_ids": "\(ids(group))"])
    } else {
      logger.debug(
        "commit",
        metadata: [
          "requests": "\(group.requests)", "changes": "\(group.changes)", "total_us": "\(group.nanoseconds / 1000)",
          "commit_us": "\(group.commitNanoseconds / 1000)", "request_ids": "\(ids(group))",
        ])
    }
  }

  private func ids(_ group: GroupSummary) -> String {
    group.callIDs.lazy.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// The same for services.
struct DaemonServiceObserver: ServiceObserver {
  let figures: ServiceFigures
  let logger: Logger

  func reportRan(_ run: ReportRun) {
    figures.ran(run.outcome)
    var metadata: Logger.Metadata = [
      "reporter": "\(run.reporter)", "outcome": "\(ServiceFigures.Outcome(run.outcome.verdict).rawValue)",
      "milliseconds": "\(Int64(run.outcome.elapsed / .milliseconds(1)))", "request_id": "\(run.requestID)",
    ]
    if let parent = run.traceParent { metadata["traceparent"] = "\(parent)" }
    if case .broken(let breakage) = run.outcome.verdict {
      metadata["error"] = "\(breakage)"
      logger.error("report failed", metadata: metadata)
    } else {
      logger.info("report ran", metadata: metadata)
    }
    for line in run.outcome.log.split(whereSeparator: \.isNewline).suffix(Self.logLinesMax) {
      logger.debug(
        "reporter wrote",
        metadata: ["reporter": "\(run.reporter)", "line": "\(line)", "request_id": "\(run.requestID)"])
    }
  }

  func snapshotVerified(_ id: String, problem: String?, requestID: String) {
    figures.checked(.init(id: id, time: DaemonClock.epochSeconds(), problem: problem))
    if let problem {
      logger.error("snapshot damaged", metadata: ["id": "\(id)", "error": "\(problem)", "request_id": "\(requestID)"])
    } else {
      logger.info("snapshot intact", metadata: ["id": "\(id)", "request_id": "\(requestID)"])
    }
  }

  func snapshotFailed(_ error: any Error, requestID: String) {
    figures.failed()
    logger.error("no snapshot could be taken", metadata: ["error": "\(error)", "request_id": "\(requestID)"])
  }

  /// Of one run, the last lines that are repeated in the daemon's own log at debug.
  private static let logLinesMax = 100
}
