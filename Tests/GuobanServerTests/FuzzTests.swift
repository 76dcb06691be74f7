import GuobanAccess
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import GuobanWire
import NIOCore
import NIOEmbedded
import Testing

@testable import GuobanServer

/// Random frames and broken frames into a real connection handler. Nothing may trap, and every stream must be accounted
/// for at the end.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
  @Test func randomFramesNeverTrapAConnection() throws {
    var random = SeededGenerator("FuzzTests")
    var framesSent = 0
    var connections = 0
    var goodCalls = 0
    while framesSent < 100_000 {
      connections += 1
      let channel = EmbeddedChannel(handler: ConnectionHandler(server: Self.context, peer: .tcp(address: "x", port: 1)))
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      try feed(channel, Self.packed(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], token: Self.token.text)))))
      var stream: UInt32 = 0
      for _ in 0..<50 where channel.isActive {
        framesSent += 1
        try feed(channel, Self.bytes(&random, &stream))
      }
      while let out = try channel.readOutbound(as: ByteBuffer.self) {
        goodCalls += out.readableBytes > 0 ? 1 : 0
      }
      _ = try? channel.finish(acceptAlreadyClosed: true)
    }
    print("fuzz: \(framesSent) frames on \(connections) connections, \(goodCalls) batches of answers")
    #expect(goodCalls > connections)
  }

  private func feed(_ channel: EmbeddedChannel, _ bytes: ByteBuffer) throws {
    try channel.writeInbound(bytes)
  }

  private static let token = AccessToken(randomBytes: Array(0..<32))

  private static let context: ServerContext = {
    var configuration = ServerConfiguration()
    configuration.messageBytesMax = 2000
    let methods = [
      MethodDefinition("/f/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/f/Stream", serverStreaming: true, permission: .connect) { call in
        _ = call.offer([1, 2, 3])
        call.onCancel { call.fail(Status(.cancelled, english: "")) }
      },
      MethodDefinition("/f/Chat", clientStreaming: true, serverStreaming: true, permission: .connect) { call in
        call.onMessage { message in _ = call.offer(message) }
        call.onEnd { call.reply([]) }
        call.onCancel { call.fail(Status(.cancelled, english: "")) }
      },
    ]
    return ServerContext(
      configuration: configuration, methods: methods,
      authenticator: TokenAuthenticator(token: token, userID: 1, roles: [.viewer]), observer: nil,
      workers: WorkerPools(configuration), turns: TurnQueues())
  }()

  private static func packed(_ frame: RPC.Frame) -> ByteBuffer {
    var buffer = ByteBuffer()
    FrameEncoder.write(frame, into: &buffer)
    return buffer
  }

  /// Mostly frames that mean something, some of them with bytes changed, some pure noise.
  private static func bytes(_ random: inout SeededGenerator, _ stream: inout UInt32) -> ByteBuffer {
    stream += Int.random(in: 0..<60, using: &random) > 0 ? 1 : 0
    let id = Int.random(in: 0..<40, using: &random) > 0 ? stream : UInt32.random(in: 0...8, using: &random)
    let payload = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    let target: RPC.Call.Target =
      Bool.random(using: &random) ? .methodId(UInt32.random(in: 0...4, using: &random)) : .method("/f/Stream")
    let body: RPC.Frame.Body =
      switch Int.random(in: 0..<24, using: &random) {
      case 0: .cancel(RPC.Cancel())
      case 1: .credit(RPC.Credit(bytes: UInt32.random(in: 0...UInt32.max, using: &random)))
      case 2: .ping(RPC.Ping(payload: payload))
      case 3...5: .data(RPC.Data(message: payload, endStream: Bool.random(using: &random)))
      default:
        .call(
          RPC.Call(target: target, timeoutMs: 5, message: payload, endStream: Int.random(in: 0..<4, using: &random) > 0)
        )
      }
    var buffer = packed(RPC.Frame(streamId: id, body: body))
    switch Int.random(in: 0..<100, using: &random) {
    case 0:
      let at = Int.random(in: 0..<buffer.readableBytes, using: &random)
      buffer.setInteger(UInt8.random(in: 0...255, using: &random), at: at)
    case 1: buffer = ByteBuffer(bytes: payload)
    default: break
    }
    return buffer
  }
}
