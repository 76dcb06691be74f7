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

  /// Before anybody else comes.
  private static let aloneMicroseconds: UInt32 = 2_000_000

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

  func figures() throws -> Figures {
    let good = try GoodClient(stage)
    var p99Alone = 0.0
    var p99Before = 0.0
    let turns: Int
    if Self.isMeasured {
      // Before the first figure, so that nothing begins while one is taken.
      let process = try BadProcess(client, on: stage)
      usleep(200_000)
      _ = good.takeP99()
      usleep(Self.aloneMicroseconds)
      p99Alone = good.takeP99()
      _ = try process.take(.visits)
      p99Before = good.takeP99()
      turns = try process.take(.turns)
    } else {
      turns = try Trouble(client, on: stage).take(.turns)
    }
    let calls = good.count
    let during = good.takeP99()
    try good.stop(mayBeSentAway: client.endsServer)
    return Figures(
      name: client.name, answer: "\(client.expects)", p99Alone: p99Alone, p99Before: p99Before, p99During: during,
      goodCalls: calls, turns: turns)
  }
}
