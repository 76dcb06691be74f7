import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore

extension BadClient {
  /// Too much of what is allowed.
  static let floods: [BadClient] = [
    BadClient(name: "a flood of pings", expects: .goAway(.resourceExhausted, "pings")) { socket, _ in
      for index in 0..<1000 { socket.send(RPC.Frame(body: .ping(.init(payload: [UInt8(index & 127)])))) }
    },
    BadClient(
      name: "a flood of credit", expects: .goAway(.resourceExhausted, "too many"), limits: { $0.controlBurstMax = 1000 }
    ) { socket, _ in
      let credit = BadSocket.wire(RPC.Frame(body: .credit(.init(bytes: .max))))
      for _ in 0..<40 where socket.send([UInt8](repeating: 0, count: 1000).flatMap { _ in credit }) {}
    },
    BadClient(name: "credit until it overflows", expects: .served) { socket, _ in
      for _ in 0..<2000 { socket.send(RPC.Frame(body: .credit(.init(bytes: .max)))) }
    },
    BadClient(
      name: "a flood of cancels", expects: .goAway(.resourceExhausted, "too many"),
      limits: { $0.controlBurstMax = 1000 }
    ) { socket, _ in
      let id = socket.call("/bad/Echo")
      let cancel = BadSocket.wire(RPC.Frame(streamId: id, body: .cancel(.init())))
      for _ in 0..<40 where socket.send([UInt8](repeating: 0, count: 1000).flatMap { _ in cancel }) {}
    },
    BadClient(
      name: "open and cancel, as fast as it goes", expects: .goAway(.resourceExhausted, "too many"),
      limits: { $0.controlBurstMax = 100 }
    ) { socket, stage in
      try openAndCancel(socket, stage, count: 60_000, method: "/bad/Work")
    },
    BadClient(
      name: "a million open-and-cancel, the control rate being no limit", expects: .served,
      limits: {
        $0.controlBurstMax = 100_000_000
        $0.streamsMax = 32
        $0.outboundBytesMax = 64 << 20
      }
    ) { socket, stage in
      try openAndCancel(socket, stage, count: 1_000_000 / stage.effort, method: "/bad/Work")
      // The good client has one call at a time.
      let seen = try stage.backstage.seen
      guard seen.slotsMost <= 33, seen.runningMost <= 32 else {
        throw BadSocket.Failure("\(seen.slotsMost) handlers ran at once, over streamsMax")
      }
    },
    BadClient(name: "2000 calls at once, over the cap", expects: .served) { socket, stage in
      let ids = (0..<2000).map { _ in socket.call("/bad/Hold") }
      for _ in 0..<(2000 - 128) {
        let reply = try socket.reply()
        guard reply.statusMessage.contains("streams_max") else { throw BadSocket.Failure(reply.statusMessage) }
      }
      guard try stage.backstage.seen.runningMost == 128 else {
        throw BadSocket.Failure("not exactly the cap ran at once")
      }
      for id in ids.prefix(128) { socket.send(RPC.Frame(streamId: id, body: .cancel(.init()))) }
      for _ in 0..<128 { _ = try socket.reply() }
    },
    BadClient(name: "10 000 calls in one go", expects: .served) { socket, _ in
      let count = 10_000
      var written: [UInt8] = []
      for _ in 0..<count { written += BadSocket.wire(socket.callFrame("/bad/Echo", [1])) }
      socket.send(written)
      for _ in 0..<count {
        let reply = try socket.reply()
        guard reply.code == 0 else {
          throw BadSocket.Failure("a call of the batch was refused: \(reply.statusMessage)")
        }
      }
    },
    BadClient(name: "deadlines of a millisecond", expects: .served) { socket, _ in
      for _ in 0..<100 { socket.call("/bad/Hold", timeoutMs: 1) }
      for _ in 0..<100 {
        guard Status.Code(number: try socket.reply().code) == .deadlineExceeded else {
          throw BadSocket.Failure("a deadline that passed was not said")
        }
      }
    },
    BadClient(name: "more work than there are threads", expects: .served, limits: { $0.workerQueueMax = 10 }) {
      socket, _ in
      for _ in 0..<100 { socket.call("/bad/Work") }
      for _ in 0..<100 {
        let code = Status.Code(number: try socket.reply().code)
        guard [.ok, .resourceExhausted, .unavailable].contains(code) else {
          throw BadSocket.Failure("work was answered with \(code)")
        }
      }
    },
  ]

  /// Opens streams and cancels them at once. Replies are read meanwhile, and must be one for each stream.
  private static func openAndCancel(_ socket: BadSocket, _ stage: Stage, count: Int, method: String) throws {
    let perWrite = 200
    for _ in 0..<(count / perWrite) {
      var written: [UInt8] = []
      for _ in 0..<perWrite {
        let call = socket.callFrame(method)
        written += BadSocket.wire(call)
        written += BadSocket.wire(RPC.Frame(streamId: call.streamId, body: .cancel(.init())))
      }
      guard socket.send(written) else { return }
      for _ in 0..<perWrite {
        guard let frame = try socket.nextReplyOrGoAway() else { return }
        guard [.cancelled, .resourceExhausted, .ok].contains(Status.Code(number: frame.code)) else {
          throw BadSocket.Failure("a cancelled call was answered with \(frame.code): \(frame.statusMessage)")
        }
      }
    }
  }
}
