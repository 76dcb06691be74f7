import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore

extension BadClient {
  /// Sockets that do not behave.
  static let sockets: [BadClient] = [
    BadClient(name: "a good call, byte by byte", expects: .served) { socket, _ in
      for byte in BadSocket.wire(socket.callFrame("/bad/Echo", Array(0..<50))) { socket.send([byte]) }
      guard try socket.reply().message == Array(0..<50) else { throw BadSocket.Failure("a wrong echo") }
    },
    BadClient(name: "half a frame, half closed", expects: .closed) { socket, _ in
      socket.send([0, 0, 0, 1, 0, 9, 9])
      socket.endWriting()
    },
    BadClient(name: "half closed while a call runs", expects: .closed) { socket, stage in
      socket.call("/bad/Hold")
      try stage.wait(for: "the call runs") { $0.running == 1 }
      socket.endWriting()
      try stage.wait(for: "the handler is told") { $0.running == 0 }
    },
    BadClient(name: "reset while calls run", expects: .closed) { socket, stage in
      for _ in 0..<50 { socket.call("/bad/Hold") }
      try stage.wait(for: "the calls run") { $0.running == 50 }
      socket.reset()
      try stage.wait(for: "every handler is told") { $0.running == 0 }
    },
    BadClient(name: "connects and resets, 2000 times", expects: .served) { _, stage in
      for _ in 0..<2000 / stage.effort { try stage.connect().reset() }
    },
    BadClient(name: "greets and resets, 500 times", expects: .served) { _, stage in
      for _ in 0..<500 / stage.effort {
        let socket = try stage.greet()
        socket.call("/bad/Work")
        socket.reset()
      }
    },
    BadClient(name: "replies that nobody reads", expects: .closed, limits: { $0.outboundBytesMax = 4 << 20 }) {
      socket, stage in
      let cutOff = try stage.backstage.seen.cutOff
      let deaf = try stage.greet(receiveBufferBytes: 4096)
      for _ in 0..<64 { deaf.call("/bad/Large") }
      try stage.wait(for: "it is cut off") { $0.cutOff > cutOff }
      socket.endWriting()
    },
    BadClient(
      name: "a stream that nobody reads", expects: .closed,
      limits: {
        $0.outboundStallTimeout = .milliseconds(300)
      }
    ) { socket, stage in
      let cutOff = try stage.backstage.seen.cutOff
      let deaf = try stage.greet(receiveBufferBytes: 4096)
      let id = deaf.call("/bad/Stream")
      for stream in [0, id] { deaf.send(RPC.Frame(streamId: stream, body: .credit(.init(bytes: .max)))) }
      try stage.wait(for: "it is cut off and the handler told") { $0.running == 0 && $0.cutOff > cutOff }
      socket.endWriting()
    },
    BadClient(name: "streams without credit", expects: .served) { socket, _ in
      // As many as there are threads for them: unary calls have their own.
      for _ in 0..<20 { socket.call("/bad/Stream") }
      guard try socket.reply(on: socket.call("/bad/Work", [4])).message == [4] else {
        throw BadSocket.Failure("streams that wait kept a unary call from running")
      }
    },
  ]
}
