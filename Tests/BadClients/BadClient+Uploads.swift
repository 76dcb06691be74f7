import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore

extension BadClient {
  /// Client-streaming calls, and credit, against the rules.
  static let uploads: [BadClient] = [
    BadClient(
      name: "more Data than the stream's credit", expects: .refused(.resourceExhausted, "stream's credit"),
      limits: { $0.streamCreditBytes = 1000 }
    ) { socket, _ in
      let id = open(socket, "/bad/Deaf")
      for _ in 0..<30 { socket.send(data(id, bytes: 100)) }
    },
    BadClient(
      name: "more Data than the connection's credit", expects: .goAway(.resourceExhausted, "connection's credit"),
      limits: {
        $0.streamCreditBytes = 500
        $0.connectionCreditBytes = 500
      }
    ) { socket, _ in
      // The server reads at least 2 KiB at once, and grants new credit after a read.
      let id = open(socket, "/bad/Deaf")
      socket.send([UInt8](repeating: 0, count: 100).flatMap { _ in BadSocket.wire(data(id, bytes: 200)) })
    },
    BadClient(name: "one Data frame over the message limit", expects: .refused(.resourceExhausted, "limit")) {
      socket, _ in
      let id = open(socket, "/bad/Upload")
      socket.send(data(id, bytes: ServerConfiguration().messageBytesMax + 1))
    },
    BadClient(name: "Data after the last Data", expects: .goAway(.invalidArgument, "end_stream")) { socket, _ in
      let id = open(socket, "/bad/Deaf")
      for _ in 0..<2 { socket.send(data(id, bytes: 1, isLast: true)) }
    },
    BadClient(
      name: "a million empty messages", expects: .refused(.resourceExhausted, "wait to be consumed"),
      limits: { $0.streamMessagesMax = 1000 }
    ) { socket, stage in
      let id = open(socket, "/bad/Deaf")
      let hundred = [UInt8](repeating: 0, count: 100).flatMap { _ in BadSocket.wire(data(id, bytes: 0)) }
      for _ in 0..<100 / stage.effort where socket.send(hundred) {}
    },
    BadClient(
      name: "an upload that stops", expects: .refused(.deadlineExceeded, "stream_stall_timeout"),
      limits: { $0.streamStallTimeout = .milliseconds(300) }
    ) { socket, _ in
      let id = open(socket, "/bad/Upload")
      socket.send(data(id, bytes: 10))
    },
    BadClient(
      name: "slowloris in the middle of a frame", expects: .goAway(.deadlineExceeded, "frame_timeout"),
      limits: { $0.frameTimeout = .milliseconds(300) }
    ) { socket, _ in
      for byte in [0, 0, 0, 1, 0] + [UInt8](repeating: 1, count: 15) {
        socket.send([UInt8(byte)])
        usleep(30_000)
      }
    },
    BadClient(name: "a million empty zstd blocks", expects: .goAway(.invalidArgument, "without a body")) { socket, _ in
      // One frame that says it holds nothing: magic, descriptor with a size, the size, the blocks, the last one.
      let blocks = [UInt8](repeating: 0, count: 3 << 20)
      socket.send(body: [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0] + blocks + [1, 0, 0], flags: 1)
    },
    BadClient(name: "a zstd bomb", expects: .goAway(.resourceExhausted, "over the limit")) { socket, _ in
      // A frame whose header promises 4 GiB: magic, descriptor with 8 bytes of size, the size, one empty last block.
      socket.send(body: [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], flags: 1)
    },
  ]

  private static func open(_ socket: BadSocket, _ method: String) -> UInt32 {
    var frame = socket.callFrame(method)
    if case .call(var call) = frame.body {
      call.endStream = false
      frame.body = .call(call)
    }
    socket.send(frame)
    return frame.streamId
  }

  private static func data(_ stream: UInt32, bytes: Int, isLast: Bool = false) -> RPC.Frame {
    RPC.Frame(
      streamId: stream, body: .data(.init(message: [UInt8](repeating: 1, count: bytes), endStream: isLast)))
  }
}
