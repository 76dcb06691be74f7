internal import GuobanMessages
internal import GuobanWire

/// What a connection is to do next, as ``ClientStateMachine`` decided.
enum ClientAction<Waiter> {
  /// Write this frame.
  case send(RPC.Frame)
  /// The server has said Hello: calls may begin.
  case greeted(ServerTerms)
  /// One more message of a stream.
  case deliver(Waiter, [UInt8])
  /// The oldest message that this call was still to send is on its way.
  case accepted(Waiter)
  /// The call is over.
  case finish(Waiter, CallEnding)
  /// No new calls from now on.
  case leave(Status)
  /// Nothing more will come of this connection.
  case close
}

/// How a call ended on one connection.
typealias CallEnding = Result<[UInt8], CallFailure>

/// Why a call ended without an answer.
struct CallFailure: Error, Equatable {
  var status: Status
  /// The server has certainly not begun with it, so that it may be sent again whatever it does.
  var isNotRun = false
  /// How long whoever refused asks to wait before the next try.
  var retryAfter: Duration?
}
