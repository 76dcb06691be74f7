internal import GuobanMessages
internal import GuobanWire

/// Every limit of the RPC server. The defaults suit one office's machine.
public struct ServerConfiguration: Sendable, Equatable {
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
  /// Files that a process with so many connections has open: beside them the ledger and its readers, snapshots, reporters'
  /// pipes, listening sockets, the metrics port, refused connections.
  public var openFilesMax: Int { connectionsMax + 256 }
  /// The same for one IPv4 address, or one IPv6 /64. Unix sockets are not counted.
  public var connectionsPerAddressMax = 256
  /// Connections that have not said Hello yet; one more takes the place of the oldest of them.
  public var greetingsMax = 128

  /// Running calls of all connections; one more ends with RESOURCE_EXHAUSTED. Health and administration are not counted.
  public var callsMax = 4096
  /// Bytes of request messages that running calls hold, of all connections together.
  public var requestBytesMax = 256 << 20
  /// Calls per second of one principal, over all its connections.
  public var requestsPerSecondMax = 100_000
  /// Calls of one principal that may come faster than that.
  public var requestBurstMax = 100_000
  /// Calls at once on one connection; one more ends with RESOURCE_EXHAUSTED.
  public var streamsMax = 128
  /// Bytes of Data a fresh stream may send before the peer grants more.
  public var streamCreditBytes = 256 << 10
  /// The same for all streams of a connection together.
  public var connectionCreditBytes = 1 << 20
  /// Messages of one client-streaming call that wait for its handler; one more ends the call.
  public var streamMessagesMax = 65_536
  /// How long a call may hold a thread while its client neither sends a message nor grants credit.
  public var streamStallTimeout = Duration.seconds(60)
  /// Messages up to this pass larger ones on the same connection, and may always wait in front of a socket, one a stream.
  public var smallMessageBytesMax = 16 << 10
  /// Data waiting for a socket; above it senders wait. One stream has a quarter of it.
  public var queuedDataBytesMax = 1 << 20
  /// What is given to a socket before it has taken the rest. A small reply stands behind no more than this and one message.
  public var socketBytesMax = 256 << 10
  /// Frames of so many bytes and more are compressed for a client whose Hello takes zstd.
  public var compressedBytesMin = 4 << 10
  /// Everything waiting for a socket; a peer that lets more pile up is cut off.
  public var outboundBytesMax = 16 << 20
  /// How long a socket may take nothing while bytes wait for it.
  public var outboundStallTimeout = Duration.seconds(30)

  /// Time for the peer's Hello.
  public var handshakeTimeout = Duration.seconds(5)
  /// Time for the rest of a frame that has begun.
  public var frameTimeout = Duration.seconds(30)
  /// A call's deadline when it names none.
  public var timeoutDefault = Duration.seconds(30)
  /// The longest deadline of a unary call.
  public var timeoutMax = Duration.seconds(600)
  /// The deadline of a server-streaming call that names none, and the longest.
  public var streamTimeoutMax = Duration.seconds(86_400)
  /// A connection without calls and without frames for so long is closed.
  public var idleTimeout = Duration.seconds(1800)
  /// How long calls may go on after a drain began.
  public var drainTimeout = Duration.seconds(20)
  /// How long a closed connection's last words may take to be read.
  public var lingerTimeout = Duration.seconds(1)

  /// A client should not ping more often.
  public var pingIntervalMin = Duration.seconds(10)
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
  /// How long a call may wait for a thread; one that would wait longer is refused at once with UNAVAILABLE.
  public var workerQueueTimeout = Duration.seconds(2)
  /// Threads for streaming calls, which may wait for slow readers.
  public var streamThreads = 8
  /// Streaming calls waiting for a thread.
  public var streamQueueMax = 64
  /// Threads for health and administration, which no other call can take.
  public var reserveThreads = 2
  /// Calls of that kind waiting for a thread.
  public var reserveQueueMax = 64

  /// Told to clients in Hello; the services keep it.
  public var pageSizeMax = 1000
  /// Told to clients in Hello; the services keep it.
  public var batchRecordsMax = 1000

  /// The defaults.
  public init() {}
}

extension ServerConfiguration {
  /// zstd's fastest ordinary level: the event loop does this work.
  var compression: FrameCompression { FrameCompression(bytesMin: compressedBytesMin, level: 1) }

  /// The longest frame: a message and its envelope.
  public var frameBytesMax: Int { messageBytesMax + envelopeBytesMax }

  /// What unpacking one frame may cost.
  var frameLimits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: frameBytesMax, depthMax: Self.frameDepthMax, elementsMax: frameElementsMax,
      unknownFieldsMax: frameElementsMax, memoryBytesMax: frameBytesMax + (1 << 20))
  }

  /// How much Data may be under way.
  var sendLimits: FlowControl.Limits {
    FlowControl.Limits(
      connectionCredit: connectionCreditBytes, streamCredit: streamCreditBytes, queuedBytesMax: queuedDataBytesMax,
      smallBytesMax: smallMessageBytesMax)
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
