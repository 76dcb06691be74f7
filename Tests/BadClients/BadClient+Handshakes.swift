import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire

extension BadClient {
  private static func hello(_ change: (inout RPC.Hello) -> Void) -> RPC.Frame {
    var hello = RPC.Hello(protocolVersions: [1], name: "bad", token: Stage.token)
    change(&hello)
    return RPC.Frame(body: .hello(hello))
  }

  private static func handshake(
    _ name: String, _ expects: Answer, limits: @escaping @Sendable (inout ServerConfiguration) -> Void = { _ in },
    _ script: @escaping @Sendable (BadSocket, Stage) throws -> Void
  ) -> BadClient {
    BadClient(name: name, expects: expects, greets: false, limits: limits, script: script)
  }

  /// Before Hello.
  static let handshakes: [BadClient] = [
    handshake("says nothing", .goAway(.deadlineExceeded, "no Hello")) {
      $0.handshakeTimeout = .milliseconds(300)
    } _: { _, _ in
    },
    handshake("slowloris: a byte of Hello now and then", .goAway(.deadlineExceeded, "no Hello")) {
      $0.handshakeTimeout = .milliseconds(300)
    } _: { socket, _ in
      for byte in BadSocket.wire(hello { _ in }).dropLast(5).prefix(20) {
        socket.send([byte])
        usleep(20_000)
      }
    },
    handshake("plain HTTP", .line("an HTTP request")) { socket, _ in
      socket.send(Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    },
    handshake("HTTP/2's preface, as gRPC sends it", .line("an HTTP request")) { socket, _ in
      socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
    },
    handshake("a TLS hello on the plain port", .line("a TLS hello")) { socket, _ in
      socket.send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3])
    },
    handshake("SOCKS", .line("something else")) { socket, _ in socket.send([5, 1, 0]) },
    handshake("a version there is not", .goAway(.unimplemented, "version 1 only")) { socket, _ in
      socket.send(hello { $0.protocolVersions = [2, 3, .max] })
    },
    handshake("no version", .goAway(.unimplemented, "version 1 only")) { socket, _ in
      socket.send(hello { $0.protocolVersions = [] })
    },
    handshake("Hello on stream 1", .goAway(.invalidArgument, "stream 0")) { socket, _ in
      var frame = hello { _ in }
      frame.streamId = 1
      socket.send(frame)
    },
    handshake("a call before Hello", .goAway(.invalidArgument, "first frame")) { socket, _ in
      socket.call("/bad/Echo", [1])
    },
    handshake("a ping before Hello", .goAway(.invalidArgument, "first frame")) { socket, _ in
      socket.send(RPC.Frame(body: .ping(.init(payload: [1]))))
    },
    handshake("an empty first frame", .goAway(.invalidArgument, "first frame")) { socket, _ in socket.send(body: []) },
    handshake("a wrong token", .goAway(.unauthenticated, "token")) { socket, _ in
      socket.send(hello { $0.token = "gbt_" + String(repeating: "0", count: 50) })
    },
    handshake("a token of 60 KB", .goAway(.unauthenticated, "token")) { socket, _ in
      socket.send(hello { $0.token = String(repeating: "gbt_", count: 15_000) })
    },
    handshake("a first frame over 64 KiB", .goAway(.resourceExhausted, "65536")) { socket, _ in
      socket.send([0, 0, 1, 0, 1])
    },
    handshake("a first frame of 4 GiB", .goAway(.resourceExhausted, "4294967295")) { socket, _ in
      socket.send([0, 255, 255, 255, 255])
    },
    handshake("Hello with 10 000 methods", .goAway(.invalidArgument, "elements")) { socket, _ in
      socket.send(hello { $0.methods = (0..<10_000).map { RPC.MethodEntry(id: $0) } })
    },
    handshake("Hello with a NUL", .goAway(.invalidArgument, "NUL")) { socket, _ in
      socket.send(body: [0x12, 5, 0x12, 3, 0x61, 0, 0x62])
    },
    handshake("Hello that is not UTF-8", .goAway(.invalidArgument, "UTF-8")) { socket, _ in
      socket.send(body: [0x12, 4, 0x12, 2, 0xC3, 0x28])
    },
    handshake("half closed before Hello", .closed) { socket, _ in socket.endWriting() },
    handshake("half a Hello, half closed", .closed) { socket, _ in
      socket.send(Array(BadSocket.wire(hello { _ in }).prefix(9)))
      socket.endWriting()
    },
  ]
}
