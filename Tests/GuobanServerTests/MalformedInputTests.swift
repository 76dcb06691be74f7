import GuobanAccess
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore
import Testing

/// What a peer may send that it should not, and how it is sent away. Another client is served throughout.
struct MalformedInput: CustomTestStringConvertible, Sendable {
  var name: String
  var code: Status.Code
  var reason: String
  var greets = true
  var send: @Sendable (RawClient) -> Void

  var testDescription: String { name }

  static let frames: [MalformedInput] = [
    .init(name: "reserved flags", code: .invalidArgument, reason: "bits 1 to 7") { $0.send([0x80, 0, 0, 0, 1, 0]) },
    .init(name: "not zstd", code: .invalidArgument, reason: "zstd") { $0.send([1, 0, 0, 0, 1, 0]) },
    .init(name: "huge length", code: .resourceExhausted, reason: "4294967295") { $0.send([0, 255, 255, 255, 255]) },
    .init(name: "one past the frame limit", code: .resourceExhausted, reason: "over the limit") {
      let length = UInt32(ServerConfiguration().frameBytesMax + 1)
      $0.send([0] + withUnsafeBytes(of: length.bigEndian) { Array($0) })
    },
    .init(name: "garbage body", code: .invalidArgument, reason: "could not be read") {
      $0.send([0, 0, 0, 0, 4, 255, 255, 255, 255])
    },
    .init(name: "empty frame", code: .invalidArgument, reason: "without a body") { $0.send([0, 0, 0, 0, 0]) },
    .init(name: "stream 0", code: .invalidArgument, reason: "stream 0") { $0.call("/test/Echo", stream: 0) },
    .init(name: "stream id used twice", code: .invalidArgument, reason: "does not follow") {
      $0.call("/test/Echo", stream: 5)
      $0.call("/test/Echo", stream: 5)
    },
    .init(name: "stream id going back", code: .invalidArgument, reason: "does not follow") {
      $0.call("/test/Echo", stream: 5)
      $0.call("/test/Echo", stream: 4)
    },
    .init(name: "second Hello", code: .invalidArgument, reason: "once") {
      $0.send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1]))))
    },
    .init(name: "a reply from a client", code: .invalidArgument, reason: "only the server") {
      $0.send(RPC.Frame(streamId: 1, body: .reply(RPC.Reply())))
    },
    .init(name: "Data on a stream never opened", code: .invalidArgument, reason: "never opened") {
      $0.send(RPC.Frame(streamId: 3, body: .data(RPC.Data(message: [1]))))
    },
    .init(name: "Data on a stream that was ended", code: .invalidArgument, reason: "end_stream") {
      let id = $0.call("/test/Hold")
      $0.send(RPC.Frame(streamId: id, body: .data(RPC.Data(message: [1]))))
    },
    .init(name: "Cancel of a stream never opened", code: .invalidArgument, reason: "never opened") {
      $0.send(RPC.Frame(streamId: 9, body: .cancel(RPC.Cancel())))
    },
    .init(name: "a ping too long", code: .resourceExhausted, reason: "ping") {
      $0.send(RPC.Frame(body: .ping(RPC.Ping(payload: [UInt8](repeating: 0, count: 1025)))))
    },
    .init(name: "first frame is no Hello", code: .invalidArgument, reason: "first frame", greets: false) {
      $0.call("/test/Echo")
    },
    .init(name: "Hello on stream 1", code: .invalidArgument, reason: "stream 0", greets: false) {
      $0.send(RPC.Frame(streamId: 1, body: .hello(RPC.Hello(protocolVersions: [1]))))
    },
    .init(name: "another version", code: .unimplemented, reason: "version 1 only", greets: false) {
      $0.send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [2, 3]))))
    },
    .init(name: "Hello over 64 KiB", code: .resourceExhausted, reason: "65536", greets: false) {
      let name = String(repeating: "n", count: 65_536)
      $0.send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], name: name, token: TestServer.token.text))))
    },
    .init(name: "no token", code: .unauthenticated, reason: "token", greets: false) {
      $0.send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1]))))
    },
    .init(name: "wrong token", code: .unauthenticated, reason: "token", greets: false) {
      $0.send(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], token: "gbt_0000"))))
    },
  ]
}

@Suite(.timeLimit(.minutes(1))) struct MalformedInputTests {
  @Test(arguments: MalformedInput.frames)
  func isAnsweredWithAReasonAndTheOthersAreServed(input: MalformedInput) async throws {
    try await TestServer.with { test in
      let other = try await test.greet()
      let client = input.greets ? try await test.greet() : try await test.connect()
      input.send(client)
      let goAway = try await client.goAway()
      #expect(Status.Code(number: goAway.code) == input.code)
      #expect(goAway.reason.contains(input.reason), "\(goAway.reason)")
      other.call("/test/Echo", [1, 2])
      #expect(try await other.nextReply().reply.message == [1, 2])
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "an HTTP request"), ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "a TLS hello"),
    ("\u{5}\u{1}\u{0}", "something else"),
  ])
  func otherProtocolsGetOneReadableLine(bytes: String, what: String) async throws {
    try await TestServer.with { test in
      let client = try await test.connect()
      client.send(Array(bytes.utf8))
      let text = await client.text()
      #expect(text.contains(what) && text.contains("guobanctl") && text.hasSuffix("\r\n"))
      #expect(text.filter { $0.isNewline }.count == 1)
    }
  }

  @Test func aHelloOfExactlyTheLimitIsTaken() async throws {
    try await TestServer.with { test in
      let client = try await test.connect()
      var hello = RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], token: TestServer.token.text)))
      let rest = 65_536 - hello.packedSize
      // The name's tag and length take 4 bytes, Hello's own length grows from 1 byte to 3.
      hello = RPC.Frame(
        body: .hello(
          RPC.Hello(
            protocolVersions: [1], name: String(repeating: "n", count: rest - 6), token: TestServer.token.text)))
      #expect(hello.packedSize == 65_536)
      client.send(hello)
      guard case .hello = try await client.next()?.body else {
        Issue.record("no Hello came back")
        return
      }
    }
  }

  @Test func aSlowHeaderIsClosedAfterTheHandshakeTimeout() async throws {
    try await TestServer.with({ $0.handshakeTimeout = .milliseconds(200) }) { test in
      let client = try await test.connect()
      client.send([0, 0])
      let goAway = try await client.goAway()
      #expect(Status.Code(number: goAway.code) == .deadlineExceeded)
      #expect(goAway.reason.contains("200 ms"))
    }
  }

  @Test func halfAFrameAndThenNothingCostsNobodyAnything() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.send([0, 0, 0, 1, 0, 9, 9])
      try await client.kill()
      try await eventually("the server notices") { test.probe.closed.count == 1 }
      let other = try await test.greet()
      other.call("/test/Echo", [3])
      #expect(try await other.nextReply().reply.message == [3])
    }
  }
}
