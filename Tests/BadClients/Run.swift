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

  /// A machine has bad moments of its own: of so many rounds the one in the middle counts. Where that comes near what a
  /// good client may suffer, or is over it, there are more, and none is left out.
  private static let rounds = 3
  private static let roundsInDoubt = 9
  /// A good client's p99 at most doubles; from here on three rounds say too little.
  private static let doubtfulRatio = 1.5
  /// Until what a round leaves behind is gone.
  private static let pauseMicroseconds: UInt32 = 500_000

  init(_ client: BadClient, on stage: Stage) {
    self.client = client
    self.stage = stage
  }

  struct Figures: Sendable {
    var name: String
    var answer: String
    /// Of the good client, in milliseconds, while somebody who behaves comes as often as the bad client will.
    var p99Before: Double
    var p99During: Double
    var goodCalls: Int
    var turns: Int
    var rounds = 1

    var ratio: Double { p99Before > 0 ? p99During / p99Before : 1 }

    var line: String {
      String(
        format:
          "bad client | %@ | %@ | rounds %d | turns %d | good calls %d | p99 beside a visitor %.2f ms, beside this "
          + "%.2f ms, ratio %.2f", name, answer, rounds, turns, goodCalls, p99Before, p99During, ratio)
    }
  }

  /// Of the round in the middle, by what the bad client does to the good one.
  func figures() throws -> Figures {
    let good = try GoodClient(stage)
    var rounds: [Figures] = []
    if Self.isMeasured {
      // Before the first figure, so that nothing begins while one is taken.
      let process = try BadProcess(client, on: stage)
      repeat {
        usleep(Self.pauseMicroseconds)
        _ = good.takeP99()
        _ = try process.take(.visits)
        let before = good.takeP99()
        rounds.append(figures(of: good, before: before, turns: try process.take(.turns)))
      } while !client.endsServer && !Self.suffice(rounds)
    } else {
      rounds.append(figures(of: good, before: 0, turns: try Trouble(client, on: stage).take(.turns)))
    }
    try good.stop(mayBeSentAway: client.endsServer)
    return Self.middle(of: rounds)
  }

  private static func suffice(_ rounds: [Figures]) -> Bool {
    // Not as soon as they come out well: that would favour the server.
    rounds.count == Self.rounds ? middle(of: rounds).ratio < doubtfulRatio : rounds.count == roundsInDoubt
  }

  private static func middle(of rounds: [Figures]) -> Figures {
    var middle = rounds.sorted { $0.ratio < $1.ratio }[rounds.count / 2]
    middle.rounds = rounds.count
    return middle
  }

  private func figures(of good: GoodClient, before: Double, turns: Int) -> Figures {
    let calls = good.count
    return Figures(
      name: client.name, answer: "\(client.expects)", p99Before: before, p99During: good.takeP99(), goodCalls: calls,
      turns: turns)
  }
}
