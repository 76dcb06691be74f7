internal import GuobanMessages
public import NIOCore

/// Every limit of the RPC server. The defaults suit one office's machine.
public struct ServerConfiguration: Sendable {
  /// How the server names itself in Hello: `guoband/0.1.0`.
  public var name = "guoband"

  /// The longest request or reply message.
  public var messageBytesMax = 4 << 20
  /// What a frame may have beside its message: method, metadata, tags.
  public var envelopeBytesMax = 64 << 10
  /// The longest first frame, from somebody not known yet.
  public var helloBytesMax = 64 << 10
  /// Repeated elements in one frame: metadata entries and the like.
  public var frameElementsMax = 1024

  /// Connections at once; one more is sent away with RESOURCE_EXHAUSTED.
  public var connectionsMax = 1024
  /// Calls at once on one connection; one more ends with RESOURCE_EXHAUSTED.
  public var streamsMax = 128
  /// Bytes of Data a fresh stream may send before the peer grants more.
  public var streamCreditBytes = 256 << 10
  /// The same for all streams of a connection together.
  public var connectionCreditBytes = 1 << 20
  /// Data waiting for a socket; above it senders wait, so that small replies never stand behind more than this.
  public var queuedDataBytesMax = 1 << 20
  /// Everything waiting for a socket; a peer that lets more pile up is cut off.
  public var outboundBytesMax = 16 << 20
  /// How long a socket may take nothing while bytes wait for it.
  public var outboundStallTimeout = TimeAmount.seconds(30)

  /// Time for the peer's Hello.
  public var handshakeTimeout = TimeAmount.seconds(5)
  /// A call's deadline when it names none.
  public var timeoutDefault = TimeAmount.seconds(30)
  /// The longest deadline of a unary call.
  public var timeoutMax = TimeAmount.minutes(10)
  /// The deadline of a server-streaming call that names none, and the longest.
  public var streamTimeoutMax = TimeAmount.hours(24)
  /// A connection without calls and without frames for so long is closed.
  public var idleTimeout = TimeAmount.minutes(30)
  /// How long calls may go on after a drain began.
  public var drainTimeout = TimeAmount.seconds(20)
  /// How long a closed connection's last words may take to be read.
  public var lingerTimeout = TimeAmount.seconds(1)

  /// A client should not ping more often.
  public var pingIntervalMin = TimeAmount.seconds(10)
  /// Pings that may come faster than that.
  public var pingBurstMax = 10
  /// Cancels and credits that may come at once, and per second after that.
  public var controlBurstMax = 10_000

  /// Event loop threads.
  public var eventLoopThreads = 2
  /// Threads for unary calls that block.
  public var workerThreads = 4
  /// Unary calls waiting for a worker; one more ends with RESOURCE_EXHAUSTED.
  public var workerQueueMax = 1024
  /// Threads for streaming calls, which may wait for slow readers.
  public var streamThreads = 8
  /// Streaming calls waiting for a thread.
  public var streamQueueMax = 64

  /// Told to clients in Hello; the services keep it.
  public var pageSizeMax = 1000
  /// Told to clients in Hello; the services keep it.
  public var batchRecordsMax = 1000

  /// The defaults.
  public init() {}
}

extension ServerConfiguration {
  /// The longest frame: a message and its envelope.
  public var frameBytesMax: Int { messageBytesMax + envelopeBytesMax }

  /// What unpacking one frame may cost.
  var frameLimits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: frameBytesMax, depthMax: Self.frameDepthMax, elementsMax: frameElementsMax,
      unknownFieldsMax: frameElementsMax, memoryBytesMax: frameBytesMax + (1 << 20))
  }

  /// The limits as Hello tells them.
  var limits: RPC.Limits {
    RPC.Limits(
      frameBytesMax: UInt32(clamping: frameBytesMax), messageBytesMax: UInt32(clamping: messageBytesMax),
      streamsMax: UInt32(clamping: streamsMax), pageSizeMax: UInt32(clamping: pageSizeMax),
      batchRecordsMax: UInt32(clamping: batchRecordsMax), timeoutDefaultMs: timeoutDefault.wholeMilliseconds,
      timeoutMaxMs: timeoutMax.wholeMilliseconds, streamCreditBytes: UInt32(clamping: streamCreditBytes),
      connectionCreditBytes: UInt32(clamping: connectionCreditBytes))
  }

  /// Frame → Hello → MethodEntry is the deepest that a frame goes.
  private static let frameDepthMax = 4
}

extension TimeAmount {
  /// For the wire.
  var wholeMilliseconds: UInt32 { UInt32(clamping: nanoseconds / 1_000_000) }
}
