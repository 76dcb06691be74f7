import GuobanLedger
import GuobanMessages
import GuobanWire
import Synchronization
import Testing

@testable import GuobanServer

@Suite(.serialized, .timeLimit(.minutes(10))) struct ManyWatchersTests {
  /// A thousand sockets, each with a watch; every watch sees every commit, whole and in order.
  @Test func aThousandWatchersSeeEveryCommit() async throws {
    let watchers = 1000
    let commits = 20
    try await WatchPlace.with { limits, configuration in
      // A loaded machine must not look like bad clients.
      limits.stallTimeout = .seconds(600)
      configuration.handshakeTimeout = .seconds(600)
      configuration.connectionsMax = watchers + 10
      // They all come from here, and at once.
      configuration.connectionsPerAddressMax = watchers + 10
      configuration.greetingsMax = watchers
    } _: { place in
      try await place.upsert(WatchPlace.regions)
      let begun = Counter()
      let complete = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<watchers {
          group.addTask {
            // Some are alike, some are not.
            let regions = [[], ["410000"], ["410900"], ["410928"]][number % 4]
            let watch = try await begin(place, regions, begun)
            try await watch.follow(to: UInt64(5 + commits * 3))
            try await watch.raw.kill()
            return watch.events.map(\.revision) == Array(6...UInt64(5 + commits * 3))
          }
        }
        try await eventually("all watches begin", within: .seconds(300)) {
          begun.value.load(ordering: .relaxed) == watchers
        }
        for commit in 0..<commits {
          try await place.upsert((0..<3).map { WatchPlace.project(commit * 3 + $0, in: "410928100") })
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(complete == watchers)
    }
  }
}

/// A watch that has begun. One that fails is not waited for either.
private func begin(_ place: WatchPlace, _ regions: [String], _ begun: Counter) async throws -> WatchClient {
  defer { begun.value.add(1, ordering: .relaxed) }
  let watch = try await place.watch(Ledger.WatchRequest(regions: regions))
  try await watch.next()
  return watch
}

private final class Counter: Sendable {
  let value = Atomic(0)
}
