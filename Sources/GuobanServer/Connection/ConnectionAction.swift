internal import GuobanAccess
internal import GuobanMessages
internal import GuobanWire

/// What the connection is to do next, as ``ConnectionStateMachine`` decided.
enum ConnectionAction {
  case none
  /// Write this frame.
  case send(RPC.Frame)
  /// Find out who this is, then tell the machine.
  case authenticate(RPC.Hello)
  /// Run the method, if the daemon's limits allow it.
  case start(CallStart)
  /// Answer this call, which may not run.
  case refuse(RefusedCall)
  /// Hand the handler one more message, the end, or both.
  case receive(UInt32, [UInt8]?, isLast: Bool)
  /// Tell the handler that nobody waits.
  case cancel(UInt32, Status)
  /// Answer these calls with the status although their handlers are not done, and tell the handlers.
  case end([UInt32], Status)
  /// The peer takes more Data.
  case credit(UInt32, bytes: Int)
  /// Tell the calls that run that the daemon is stopping, after writing this frame.
  case drain(RPC.Frame)
  /// Cancel everything, write this frame as the last, close.
  case sendAway(RPC.Frame, Status)
  /// The same for a peer that does not read frames.
  case closeWithLine(String, Status)
}

/// A call that ended before it began.
struct RefusedCall {
  var streamID: UInt32
  /// Nil when there is no such method.
  var method: MethodDefinition?
  var metadata: [String: String]
  var requestBytes: Int
  var status: Status
}

/// A call that may run.
struct CallStart {
  var streamID: UInt32
  var method: MethodDefinition
  /// The request; of a client-streaming call nothing, see ``firstMessage``.
  var message: [UInt8]
  /// What a client-streaming call brought with it.
  var firstMessage: [UInt8]?
  /// Whether more messages may come.
  var isReceiving: Bool
  var metadata: [String: String]
  var principal: Principal
  var deadline: MonotonicTime

  /// What the call holds of the daemon's memory for requests.
  var meteredBytes: Int { message.count + (firstMessage?.count ?? 0) + Self.overheadBytes }

  /// Whether it is taken however much there is to do, and counts for nothing: what looks after the daemon, as long as its
  /// request is a short one.
  var isExempt: Bool { method.isEssential && meteredBytes <= Self.exemptBytesMax }

  private static let exemptBytesMax = 4096
  /// A call costs about so much beside its message.
  private static let overheadBytes = 512
}
