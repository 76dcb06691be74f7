public import GuobanAccess
public import GuobanWire
public import NIOCore

/// Hears what happens on the server, for logs and metrics. Called on event loops, often: it must be quick. Only the end of
/// a call that outlives its connection is told on the thread of its handler.
///
/// Nothing that it hears is personal data: no messages, no metadata, no tokens. What an observer does not care about it
/// need not implement.
public protocol ServerObserver: Sendable {
  /// A peer connected.
  func connectionOpened(_ peer: Peer)
  /// A peer connected and is sent away because there is no room. Where it has to shake hands first, over TLS, it is opened and
  /// closed as well, unless `overfull`.
  func connectionRefused(_ peer: Peer, _ reason: ConnectionRefusal)
  /// A peer could not say who it is, and is sent away.
  func authenticationFailed(_ peer: Peer, _ reason: AuthenticationFailure)
  /// A peer said Hello and was let in.
  func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String)
  /// A connection ended; `reason` says why when it was the server's doing.
  func connectionClosed(_ peer: Peer, reason: Status?)
  /// A socket gave some bytes.
  func bytesRead(_ count: Int)
  /// A socket was given some bytes, in one flush.
  func bytesWritten(_ count: Int)
  /// A call's handler is about to run.
  func callStarted(methodID: Int)
  /// A call was answered, or refused before it started.
  func callFinished(_ call: CallSummary)
}

extension ServerObserver {
  public func connectionOpened(_ peer: Peer) {}
  public func connectionRefused(_ peer: Peer, _ reason: ConnectionRefusal) {}
  public func authenticationFailed(_ peer: Peer, _ reason: AuthenticationFailure) {}
  public func connectionAdmitted(_ peer: Peer, principal: Principal, clientName: String) {}
  public func connectionClosed(_ peer: Peer, reason: Status?) {}
  public func bytesRead(_ count: Int) {}
  public func bytesWritten(_ count: Int) {}
  public func callStarted(methodID: Int) {}
  public func callFinished(_ call: CallSummary) {}
}

/// Why there is no room for a connection.
public enum ConnectionRefusal: String, Sendable, CaseIterable {
  /// `connectionsMax` are open; it is told so.
  case full
  /// `connectionsPerAddressMax` of its address are open; it is told so.
  case address
  /// Many more than that: not even told.
  case overfull
  /// The server is stopping.
  case draining
}

/// Why a peer is not let in.
public enum AuthenticationFailure: String, Sendable, CaseIterable {
  case tokenMissing = "token_missing"
  case tokenWrong = "token_wrong"
}

/// One finished call.
public struct CallSummary: Sendable {
  /// Names the call in logs.
  public var identity: CallIdentity
  /// The method's full name; "unknown" when there is no such method.
  public var method: String
  /// The method's number, from 1; 0 when there is no such method.
  public var methodID: Int
  /// Whether ``ServerObserver/callStarted(methodID:)`` was told of it.
  public var hasStarted: Bool
  /// Who called.
  public var principal: String
  /// From where.
  public var peer: Peer
  /// How it ended for the client, nil being OK; the cause of an INTERNAL is in here and nowhere else.
  public var status: Status?
  /// From the frame's arrival to the answer.
  public var duration: TimeAmount
  /// Of that, waiting for a worker thread; zero when it needed none.
  public var queueing: TimeAmount
  /// Of that, waiting for storage to write; nil when it did not write.
  public var storage: TimeAmount?
  /// Bytes of the request's message.
  public var requestBytes: Int
  /// Bytes of the reply's message, and of those streamed before it.
  public var replyBytes: Int
}
