internal import GuobanAccess
internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// What the connection is to do next, as ``ConnectionStateMachine`` decided.
enum ConnectionAction {
  case none
  /// Write this frame.
  case send(RPC.Frame)
  /// Find out who this is, then tell the machine.
  case authenticate(RPC.Hello)
  /// Run the method.
  case start(CallStart)
  /// Answer this call, which may not run.
  case refuse(RefusedCall)
  /// Tell the handler that nobody waits.
  case cancel(UInt32, Status)
  /// These calls are past their deadline: answer, and tell the handlers.
  case expire([UInt32])
  /// The peer takes more Data.
  case credit(UInt32, bytes: Int)
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
  var message: [UInt8]
  var metadata: [String: String]
  var principal: Principal
  var deadline: NIODeadline
}
