import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore

extension BadClient {
  /// Calls and streams used against the rules.
  static let calls: [BadClient] = [
    BadClient(name: "a stream id used twice", expects: .goAway(.invalidArgument, "does not follow")) { socket, _ in
      for _ in 0..<2 { socket.call("/bad/Hold", stream: 5) }
    },
    BadClient(name: "stream ids going down", expects: .goAway(.invalidArgument, "does not follow")) { socket, _ in
      for id in [9, 8, 7] { socket.call("/bad/Hold", stream: UInt32(id)) }
    },
    BadClient(name: "a call on stream 0", expects: .goAway(.invalidArgument, "stream 0")) { socket, _ in
      socket.call("/bad/Echo", stream: 0)
    },
    BadClient(name: "a call after the last stream id there is", expects: .goAway(.invalidArgument, "does not follow")) {
      socket, _ in
      for _ in 0..<2 { socket.call("/bad/Echo", stream: .max) }
    },
    BadClient(name: "Data on a stream never opened", expects: .goAway(.invalidArgument, "never opened")) { socket, _ in
      socket.send(RPC.Frame(streamId: 3, body: .data(.init(message: [1]))))
    },
    BadClient(name: "Data after end_stream, on a unary call", expects: .goAway(.invalidArgument, "end_stream")) {
      socket, _ in
      let id = socket.call("/bad/Hold")
      socket.send(RPC.Frame(streamId: id, body: .data(.init(message: [1]))))
    },
    BadClient(name: "Cancel of a stream never opened", expects: .goAway(.invalidArgument, "never opened")) {
      socket, _ in
      socket.send(RPC.Frame(streamId: 9, body: .cancel(.init())))
    },
    BadClient(name: "Cancel of the connection", expects: .goAway(.invalidArgument, "never opened")) { socket, _ in
      socket.send(RPC.Frame(body: .cancel(.init())))
    },
    BadClient(name: "credit for a stream never opened", expects: .goAway(.invalidArgument, "never opened")) {
      socket, _ in
      socket.send(RPC.Frame(streamId: 77, body: .credit(.init(bytes: 1))))
    },
    BadClient(name: "an unknown method", expects: .refused(.unimplemented, "/bad/None")) { socket, _ in
      socket.call("/bad/None")
    },
    BadClient(name: "a method name of 60 KB", expects: .refused(.unimplemented, "no method")) { socket, _ in
      socket.call(String(repeating: "/名", count: 15_000))
    },
    BadClient(name: "an unknown method id", expects: .refused(.unimplemented, "4294967295")) { socket, _ in
      socket.send(RPC.Frame(streamId: 1, body: .call(.init(target: .methodId(.max), endStream: true))))
      _ = socket.callFrame("/bad/Echo")
    },
    BadClient(name: "a call without a method", expects: .refused(.invalidArgument, "no method")) { socket, _ in
      socket.send(RPC.Frame(streamId: 1, body: .call(.init(endStream: true))))
      _ = socket.callFrame("/bad/Echo")
    },
    BadClient(name: "a unary call that does not end", expects: .refused(.invalidArgument, "end_stream")) { socket, _ in
      let frame = socket.callFrame("/bad/Echo")
      socket.send(RPC.Frame(streamId: frame.streamId, body: .call(.init(target: .method("/bad/Echo")))))
    },
    BadClient(name: "a message over the limit", expects: .refused(.resourceExhausted, "over the limit")) { socket, _ in
      socket.call("/bad/Echo", [UInt8](repeating: 1, count: ServerConfiguration().messageBytesMax + 1))
    },
    BadClient(name: "the longest timeout there is", expects: .served) { socket, _ in
      for _ in 0..<10 {
        guard try socket.reply(on: socket.call("/bad/Echo", timeoutMs: .max)).code == 0 else {
          throw BadSocket.Failure("a long timeout was refused")
        }
      }
    },
    BadClient(name: "a request that is no message", expects: .refused(.invalidArgument, "the bytes end")) { socket, _ in
      socket.call("/grpc.health.v1.Health/Check", [0xFF, 0xFF])
    },
    BadClient(
      name: "a call while the daemon stops", expects: .refused(.unavailable, "stopping"), endsServer: true,
      limits: {
        $0.drainTimeout = .milliseconds(500)
      }
    ) { socket, stage in
      socket.call("/bad/Hold")
      try stage.wait(for: "the call runs") { $0.running == 1 }
      try stage.backstage.drain()
      while let frame = try socket.next() {
        if case .goAway = frame.body { break }
      }
      socket.call("/bad/Echo", [1])
    },
  ]
}
