internal import GuobanAccess
internal import GuobanServer
internal import GuobanWire
internal import Logging
internal import NIOCore

/// What happens on the server, in the log: connections and refused calls at debug, calls that are the daemon's own fault
/// at error.
struct ServerLog: ServerObserver {
  let logger: Logger
  let peers: PeerLog

  func connectionOpened(_ peer: Peer) {
    logger.trace("connection opened", metadata: ["peer": "\(peer)"])
  }

  func connectionRefused(_ peer: Peer, _ reason: ConnectionRefusal) {
    peers.write(.info, "connection refused", ["peer": "\(peer)", "reason": "\(reason.rawValue)"])
  }

  func authenticationFailed(_ peer: Peer, _ reason: AuthenticationFailure) {
    peers.write(.info, "authentication failed", ["peer": "\(peer)", "reason": "\(reason.rawValue)"])
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
    peers.write(.info, "connection closed", ["peer": "\(peer)", "reason": "\(reason.message)"])
  }

  func callFinished(_ call: CallSummary) {
    guard let status = call.status else {
      logger.trace("call finished", metadata: call.logged)
      return
    }
    guard status.code == .internalError || status.code == .dataLoss else {
      // Its message may quote what the client sent.
      logger.debug("call not done", metadata: call.logged)
      return
    }
    var metadata = call.logged
    metadata["error"] = "\(status.englishMessage)"
    if let cause = status.cause { metadata["cause"] = "\(cause)" }
    logger.error("call failed", metadata: metadata)
  }
}

extension CallSummary {
  /// What every log line about a call holds.
  var logged: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "request_id": "\(identity.requestID)", "method": "\(method)", "principal": "\(principal)",
      "code": "\(status?.code.name ?? "OK")", "total_us": "\(duration.nanoseconds / 1000)",
    ]
    if let parent = identity.traceParent { metadata["traceparent"] = "\(parent)" }
    return metadata
  }
}
