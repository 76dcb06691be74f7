import Glibc
import GuobanMessages
import GuobanWire
import NIOCore
import NIOPosix
import Testing

func usleepMilliseconds(_ count: UInt32) { usleep(count * 1000) }

/// A socket on which a test can send any bytes, and reads what comes as frames or as they are.
final class RawClient {
  let channel: any Channel
  private var chunks: AsyncStream<ByteBuffer>.Iterator
  private var decoder = FrameDecoder(frameBytesMax: 16 << 20, limits: RawClient.limits)
  private var nextStream: UInt32 = 1
  private(set) var hello: RPC.Hello?
  private var readsOnDemand = false

  static let limits = DecodeLimits(
    messageBytesMax: 16 << 20, depthMax: 4, elementsMax: 10_000, unknownFieldsMax: 10, memoryBytesMax: 64 << 20)

  init(to endpoint: Endpoint) async throws {
    let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(continuation))
        }
      }
    channel =
      switch endpoint {
      case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
      case .tcp(let host, let port), .tls(let host, let port): try await bootstrap.connect(host: host, port: port).get()
      }
    chunks = stream.makeAsyncIterator()
  }

  func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  func send(_ frame: RPC.Frame) {
    var buffer = ByteBuffer()
    FrameEncoder.write(frame, into: &buffer)
    channel.writeAndFlush(buffer, promise: nil)
  }

  func greet(token: String = "", takesZstd: Bool = false) async throws {
    send(
      RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], name: "test", token: token, takesZstd: takesZstd))))
    guard case .hello(let hello) = try await next()?.body else { throw Unexpected() }
    self.hello = hello
  }

  /// Opens a stream and gives its id.
  @discardableResult
  func call(
    _ method: String, _ message: [UInt8] = [], timeoutMs: UInt32 = 0, stream: UInt32? = nil, endStream: Bool = true
  ) -> UInt32 {
    let id = stream ?? nextStream
    nextStream = max(nextStream, id) + 1
    send(
      RPC.Frame(
        streamId: id,
        body: .call(RPC.Call(target: .method(method), timeoutMs: timeoutMs, message: message, endStream: endStream))))
    return id
  }

  /// Sends one more message on a stream.
  func data(_ stream: UInt32, _ message: [UInt8], endStream: Bool = false) {
    send(RPC.Frame(streamId: stream, body: .data(RPC.Data(message: message, endStream: endStream))))
  }

  /// The next frame; nil when the server has closed.
  func next() async throws -> RPC.Frame? {
    while true {
      if let frame = try decoder.next() { return frame }
      if readsOnDemand { channel.read() }
      guard let chunk = await chunks.next() else { return nil }
      decoder.append(chunk)
    }
  }

  func nextReply() async throws -> (id: UInt32, reply: RPC.Reply) {
    guard let frame = try await next(), case .reply(let reply) = frame.body else { throw Unexpected() }
    return (frame.streamId, reply)
  }

  /// The server's last words: a GoAway and then the end.
  func goAway() async throws -> RPC.GoAway {
    while let frame = try await next() {
      guard case .goAway(let goAway) = frame.body else { continue }
      let after = try await next()
      #expect(after == nil, "the connection closes after GoAway")
      return goAway
    }
    throw Unexpected()
  }

  /// Everything until the end, as text.
  func text() async -> String {
    var all = ByteBuffer()
    while let chunk = await chunks.next() { all.writeImmutableBuffer(chunk) }
    return String(buffer: all)
  }

  /// Gone without a word, as when its process was killed.
  func kill() async throws { try await channel.close() }

  /// No more reading, while the socket stays open.
  func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

  /// Takes from the socket only what ``next()`` needs, so that what was not asked for waits on the server's side.
  func readOnDemand() async throws {
    try await channel.setOption(.autoRead, value: false).get()
    try await channel.setOption(.maxMessagesPerRead, value: 1).get()
    try await channel.setOption(.socketOption(.so_rcvbuf), value: 64 << 10).get()
    readsOnDemand = true
  }

  struct Unexpected: Error {}
}

private final class Collector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let continuation: AsyncStream<ByteBuffer>.Continuation

  init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
  func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
