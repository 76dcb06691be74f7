import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire

extension BadClient {
  /// Frames that no client should send.
  static let frames: [BadClient] = [
    BadClient(name: "reserved flag bits", expects: .goAway(.invalidArgument, "bits 1 to 7")) { socket, _ in
      socket.send(body: [1], flags: 0x82)
    },
    BadClient(name: "a zstd frame that is none", expects: .goAway(.invalidArgument, "zstd")) { socket, _ in
      socket.send(body: [0x28, 0xB5, 0x2F, 0xFD, 0, 0xFF], flags: 1)
    },
    BadClient(name: "a frame one byte too long", expects: .goAway(.resourceExhausted, "over the limit")) { socket, _ in
      let length = UInt32(ServerConfiguration().frameBytesMax + 1)
      socket.send([0] + withUnsafeBytes(of: length.bigEndian) { Array($0) })
    },
    BadClient(name: "a garbage body", expects: .goAway(.invalidArgument, "could not be read")) { socket, _ in
      socket.send(body: [255, 255, 255, 255])
    },
    BadClient(name: "an empty frame", expects: .goAway(.invalidArgument, "without a body")) { socket, _ in
      socket.send(body: [])
    },
    BadClient(name: "10 000 groups inside each other", expects: .goAway(.invalidArgument, "group")) { socket, _ in
      socket.send(body: [UInt8](repeating: 0x1B, count: 10_000))
    },
    BadClient(name: "10 000 unknown fields", expects: .goAway(.invalidArgument, "unknown")) { socket, _ in
      socket.send(body: [UInt8](repeating: 0, count: 10_000).flatMap { [0xF8, 0x01, $0] })
    },
    BadClient(name: "a metadata bomb", expects: .goAway(.invalidArgument, "elements")) { socket, _ in
      guard case .call(var call) = socket.callFrame("/bad/Echo").body else { return }
      call.metadata = (0..<100_000).map { _ in RPC.Metadata() }
      socket.send(RPC.Frame(streamId: 1, body: .call(call)))
    },
    BadClient(name: "a second Hello", expects: .goAway(.invalidArgument, "once")) { socket, _ in
      socket.send(RPC.Frame(body: .hello(.init(protocolVersions: [1], token: Stage.token))))
    },
    BadClient(name: "a reply from a client", expects: .goAway(.invalidArgument, "only the server")) { socket, _ in
      socket.send(RPC.Frame(streamId: 1, body: .reply(.init())))
    },
    BadClient(name: "a reply to nobody, while a call runs", expects: .goAway(.invalidArgument, "only the server")) {
      socket, _ in
      let id = socket.call("/bad/Hold")
      socket.send(RPC.Frame(streamId: id, body: .reply(.init(message: [1]))))
    },
    BadClient(name: "GoAway, and calls after it", expects: .served) { socket, _ in
      socket.send(RPC.Frame(body: .goAway(.init(lastStreamId: 0, code: 13, reason: "I go"))))
    },
    BadClient(name: "the answer to a ping that was never sent", expects: .served) { socket, _ in
      for _ in 0..<50 { socket.send(RPC.Frame(body: .ping(.init(payload: [1], answer: true)))) }
    },
    BadClient(name: "a ping of 1025 bytes", expects: .goAway(.resourceExhausted, "ping")) { socket, _ in
      socket.send(RPC.Frame(body: .ping(.init(payload: [UInt8](repeating: 0, count: 1025)))))
    },
    BadClient(name: "a string with a NUL", expects: .goAway(.invalidArgument, "NUL")) { socket, _ in
      socket.send(body: [8, 1, 0x1A, 5, 0x0A, 3, 0x2F, 0, 0x2F])
    },
    BadClient(name: "metadata that is not UTF-8", expects: .goAway(.invalidArgument, "UTF-8")) { socket, _ in
      socket.send(body: [8, 1, 0x1A, 6, 0x22, 4, 0x0A, 2, 0xFF, 0xFE])
    },
  ]
}
