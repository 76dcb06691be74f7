internal import GuobanAccess
internal import GuobanServer
internal import GuobanWire
internal import Logging
internal import NIOCore

/// What happens on the server, in the log: connections at debug, calls that are the daemon's own fault at error.
struct ServerLog: ServerObserver {
  let logger: Logger

  func connectionOpened(_ peer: Peer) {
    logger.trace("connection opened", metadata: ["peer": "\(peer)"])
  }

  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {
    logger.debug(
      "connection admitted", metadata: ["peer": "\(peer)", "principal": "\(principal.name)", "client": "\(clientName)"])
  }

  func connectionClosed(_ peer: Peer, reason: Status?) {
    guard let reason else {
      logger.trace("connection closed", metadata: ["peer": "\(peer)"])
      return
    }
    logger.info("connection closed", metadata: ["peer": "\(peer)", "reason": "\(reason.message)"])
  }

  func callFinished(_ call: CallSummary) {
    guard let status = call.status, status.code == .internalError || status.code == .dataLoss else {
      logger.trace("call finished", metadata: metadata(call))
      return
    }
    var metadata = metadata(call)
    metadata["error"] = "\(status.message)"
    if let cause = status.cause { metadata["cause"] = "\(cause)" }
    logger.error("call failed", metadata: metadata)
  }

  private func metadata(_ call: CallSummary) -> Logger.Metadata {
    [
      "method": "\(call.method)", "principal": "\(call.principal)",
      "microseconds": "\(call.duration.nanoseconds / 1000)",
    ]
  }
}
