internal import GuobanAccess
internal import Logging

/// Who was not let in, and why: the reason that the caller is not told.
struct AccessLog: Sendable {
  let log: PeerLog

  @Sendable func refused(_ peer: Peer, _ why: AccessRefusal) {
    log.write(.notice, "not let in", ["peer": "\(peer)", "reason": "\(why)"])
  }
}
