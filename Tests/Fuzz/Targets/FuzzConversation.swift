internal import GuobanAccess
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire
internal import NIOCore
internal import NIOEmbedded

@testable internal import GuobanServer

/// A connection handler on a channel without a socket, its scripted handlers, and what it has said so far.
struct FuzzConversation {
  private let channel = EmbeddedChannel()
  private let handlers = ScriptedHandlers()
  private let streamsMax: Int
  private var answers = FrameDecoder(frameBytesMax: 1 << 20, limits: .frame)
  private var replied: Set<UInt32> = []

  init(streamsMax: Int, greets: Bool) throws(BrokenRule) {
    self.streamsMax = streamsMax
    var configuration = ServerConfiguration()
    configuration.streamsMax = streamsMax
    configuration.messageBytesMax = 1000
    configuration.streamCreditBytes = 1000
    configuration.connectionCreditBytes = 1500
    configuration.controlBurstMax = 100
    let context = ServerContext(
      configuration: configuration, methods: handlers.methods,
      authenticator: TokenAuthenticator(token: Self.token, userID: 4_000_000, roles: [.viewer]), observer: nil,
      workers: Self.workers, turns: TurnQueues())
    do {
      try channel.pipeline.syncOperations.addHandler(
        ConnectionHandler(server: context, peer: .tcp(address: "127.0.0.1", port: 1)))
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    } catch {
      throw BrokenRule(description: "no channel without a socket: \(error)")
    }
    guard greets else { return }
    let hello = RPC.Hello(protocolVersions: [1], token: Self.token.text)
    try perform(.receive(FuzzTarget.wire([RPC.Frame(body: .hello(hello))])))
    try require(channel.isActive, "a good Hello was refused")
  }

  mutating func perform(_ step: ConnectionStep) throws(BrokenRule) {
    switch step {
    case .receive(let bytes):
      if channel.isActive { _ = try? channel.writeInbound(ByteBuffer(bytes: bytes)) }
    case .release: handlers.release()
    case .offer(let bytes): handlers.offer(bytes)
    case .endStreams: handlers.endStreams()
    case .drain: channel.pipeline.fireUserInboundEventTriggered(ConnectionEvent.drain)
    case .wait(let milliseconds): channel.embeddedEventLoop.advanceTime(by: .milliseconds(Int64(milliseconds)))
    }
    channel.embeddedEventLoop.run()
    try require(handlers.runningCount <= streamsMax, "\(handlers.runningCount) handlers run, over \(streamsMax)")
    try readAnswers()
  }

  /// The client is gone.
  mutating func end() throws(BrokenRule) {
    _ = try? channel.finish(acceptAlreadyClosed: true)
    try require(handlers.uncancelledCount == 0, "\(handlers.uncancelledCount) handlers were not told of the end")
    handlers.release()
    handlers.endStreams()
  }

  private mutating func readAnswers() throws(BrokenRule) {
    while let bytes = try? channel.readOutbound(as: ByteBuffer.self) {
      // The one line for peers that speak something else.
      if bytes.readableBytesView.starts(with: Array("guoband".utf8)) { return }
      answers.append(bytes)
      do {
        while let frame = try answers.next() { try check(frame) }
      } catch let error as BrokenRule {
        throw error
      } catch {
        throw BrokenRule(description: "the server's frames cannot be read: \(error)")
      }
    }
  }

  private mutating func check(_ frame: RPC.Frame) throws(BrokenRule) {
    switch frame.body {
    case .reply:
      try require(frame.streamId != 0, "a reply on stream 0")
      let isFirst = replied.insert(frame.streamId).inserted
      try require(isFirst, "two replies on stream \(frame.streamId)")
    case .data:
      try require(!replied.contains(frame.streamId), "Data after the reply on stream \(frame.streamId)")
    case .call, .cancel: throw BrokenRule(description: "the server called or cancelled")
    case .hello, .ping, .goAway: try require(frame.streamId == 0, "a connection's frame on stream \(frame.streamId)")
    case .credit: break
    case nil: throw BrokenRule(description: "an empty frame")
    }
  }

  private static let token = AccessToken(randomBytes: Array(0..<32))
  private static let workers = WorkerPools(ServerConfiguration())
}
