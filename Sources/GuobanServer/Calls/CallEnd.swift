internal import GuobanWire
internal import NIOCore

/// How a call ended: with its last message, or with a status.
typealias CallOutcome = Result<[UInt8], Status>

/// What the connection needs to know of a call that is over.
struct CallEnd: Sendable {
  var streamID: UInt32
  var isStreaming: Bool
  var method: String
  var startedAt: MonotonicTime
  var outcome: CallOutcome
  // For the observer.
  var identity: CallIdentity
  var methodID: Int
  var queueing: TimeAmount
  var storage: TimeAmount?
  var requestBytes: Int
  var replyBytes: Int
}
