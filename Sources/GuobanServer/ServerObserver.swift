public import GuobanAccess
public import GuobanWire
public import NIOCore

/// Hears what happens on the server, for logs and metrics. Called on event loops, often: it must be quick.
///
/// Nothing that it hears is personal data: no messages, no metadata, no tokens.
public protocol ServerObserver: Sendable {
  /// A peer connected.
  func connectionOpened(_ peer: Peer)
  /// A peer said Hello and was let in.
  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String)
  /// A connection ended; `reason` says why when it was the server's doing.
  func connectionClosed(_ peer: Peer, reason: Status?)
  /// A call was answered.
  func callFinished(_ call: CallSummary)
}

/// One finished call.
public struct CallSummary: Sendable {
  /// The method's full name.
  public var method: String
  /// Who called.
  public var principal: String
  /// From where.
  public var peer: Peer
  /// How it ended; the cause of an INTERNAL is in here and nowhere else.
  public var status: Status?
  /// From the frame's arrival to the answer.
  public var duration: TimeAmount
}
