import Foundation
import Glibc
import GuobanMessages
import GuobanWire

/// One bad client's turn: before, during, and what it came to.
struct Run {
  private let client: BadClient
  private let stage: Stage

  /// `make bad-clients` measures, and takes its time; `make test` only looks at what happens.
  static let isMeasured = ProcessInfo.processInfo.environment["GUOBAN_BAD_CLIENTS"] == "measure"
  /// Only clients whose name has this in it.
  static let named = ProcessInfo.processInfo.environment["GUOBAN_BAD_CLIENT"] ?? ""
  static let effort = isMeasured ? 1 : 5

  private static let measuredSeconds = 2.0
  /// SCHED_IDLE of <sched.h>, which Swift does not see.
  private static let idle: Int32 = 5
  /// A measured bad client comes back this often: a hundredth of a second is a short way to any other machine.
  private static let secondsPerTurn = 0.01

  init(_ client: BadClient, on stage: Stage) {
    self.client = client
    self.stage = stage
  }

  struct Figures: Sendable {
    var name: String
    var answer: String
    /// Of the good client alone, in milliseconds.
    var p99Alone: Double
    /// While somebody who behaves comes as often as the bad client will.
    var p99Before: Double
    var p99During: Double
    var goodCalls: Int
    var turns: Int

    var line: String {
      let ratio = p99Before > 0 ? String(format: "%.2f", p99During / p99Before) : "-"
      return String(
        format: "bad client | %@ | %@ | turns %d | good calls %d | p99 alone %.2f ms, beside a visitor %.2f ms, "
          + "beside this %.2f ms, ratio %@", name, answer, turns, goodCalls, p99Alone, p99Before, p99During, ratio)
    }
  }

  /// On a thread of its own (0 is the calling thread on Linux), which runs only while no other wants to: bad clients sit on
  /// other machines and do not take the server's processors. A low priority would not do, for who has begun a time slice of
  /// 3 ms may keep it.
  func figures() throws -> Figures {
    var parameters = sched_param()
    guard sched_setscheduler(0, Self.idle, &parameters) == 0 else { throw BadSocket.Failure("no idle scheduling") }
    let good = try GoodClient(stage)
    var p99Alone = 0.0
    if Self.isMeasured {
      usleep(200_000)
      _ = good.takeP99()
      usleep(UInt32(Self.measuredSeconds * 1e6))
      p99Alone = good.takeP99()
      _ = try takeTurns { try visit() }
    }
    let before = good.takeP99()
    let turns = try takeTurns { try turn() }
    let calls = good.count
    let during = good.takeP99()
    try good.stop(mayBeSentAway: client.endsServer)
    return Figures(
      name: client.name, answer: "\(client.expects)", p99Alone: p99Alone, p99Before: before, p99During: during,
      goodCalls: calls,
      turns: turns)
  }

  /// One turn; when it is measured, as many as there is time for, none sooner than ``secondsPerTurn`` after the one before.
  private func takeTurns(_ turn: () throws -> Void) throws -> Int {
    var turns = 0
    let start = ContinuousClock.now
    repeat {
      turns += 1
      try turn()
      let next = start + .seconds(Self.secondsPerTurn * Double(turns))
      if Self.isMeasured { Thread.sleep(forTimeInterval: max(0, (next - .now) / .seconds(1))) }
    } while Self.isMeasured && !client.endsServer && ContinuousClock.now - start < .seconds(Self.measuredSeconds)
    return turns
  }

  /// What somebody does who behaves: says Hello, is served once, and leaves.
  private func visit() throws {
    try expectService(stage.greet())
  }

  private func turn() throws {
    let socket = try stage.connect()
    if client.greets { try socket.greet(Stage.token) }
    try client.script(socket, stage)
    switch client.expects {
    case .goAway(let code, let text): try expectGoAway(socket, code, text)
    case .line(let text): try expectLine(socket, text)
    case .closed: try expectEnd(socket)
    case .refused(let code, let text): try expectRefusal(socket, code, text)
    case .served: try expectService(socket)
    }
  }

  private func expectGoAway(_ socket: BadSocket, _ code: Status.Code, _ text: String) throws {
    while let frame = try socket.next() {
      guard case .goAway(let goAway) = frame.body else { continue }
      guard Status.Code(number: goAway.code) == code, goAway.reason.contains(text) else {
        throw BadSocket.Failure("sent away with \(goAway.code) \"\(goAway.reason)\"")
      }
      return try expectEnd(socket)
    }
    throw BadSocket.Failure("the connection ended without GoAway")
  }

  private func expectLine(_ socket: BadSocket, _ text: String) throws {
    var all: [UInt8] = []
    while let bytes = try socket.receive() { all += bytes }
    let line = String(decoding: all, as: UTF8.self)
    guard line.contains(text), line.hasSuffix("\r\n"), line.filter(\.isNewline).count == 1 else {
      throw BadSocket.Failure("not one readable line about \(text): \(line)")
    }
  }

  private func expectEnd(_ socket: BadSocket) throws {
    while let bytes = try socket.receive() {
      guard bytes.count < 1 << 20 else { throw BadSocket.Failure("the connection goes on") }
    }
  }

  private func expectRefusal(_ socket: BadSocket, _ code: Status.Code, _ text: String) throws {
    let reply = try socket.reply()
    guard Status.Code(number: reply.code) == code, reply.statusMessage.contains(text) else {
      throw BadSocket.Failure("refused with \(reply.code) \"\(reply.statusMessage)\"")
    }
    if !client.endsServer { try expectService(socket) }
  }

  private func expectService(_ socket: BadSocket) throws {
    guard try socket.echo([1, 2, 3]) == [1, 2, 3] else { throw BadSocket.Failure("a wrong echo") }
  }
}
