internal import GuobanAccess
internal import Logging

/// Who was not let in, and why: the reason that the caller is not told.
struct AccessLog: Sendable {
  let logger: Logger

  @Sendable func refused(_ peer: Peer, _ why: AccessRefusal) {
    logger.notice("not let in", metadata: ["peer": "\(peer)", "reason": "\(why)"])
  }
}
