import Foundation
import GuobanAccess
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Synchronization
import Testing

@testable import GuobanServer

/// How many may watch, and for how long.
extension WatchTests {
  @Test func oneWatchTooManyIsRefusedAndAPlaceComesBack() async throws {
    try await WatchPlace.with { limits, _ in
      limits.watchersMax = 2
      limits.connectionWatchersMax = 1
    } _: { place in
      let first = try await place.watch()
      try await first.next()
      let twin = WatchClient(first.raw, Ledger.WatchRequest(), grantsCredit: true)
      let own = try await twin.ending()
      #expect(own.reason(limits: .standard) == "TOO_MANY_WATCHES" && own.retryDelay(limits: .standard) == nil)
      let second = try await place.watch()
      try await second.next()
      let third = try await place.watch().ending()
      #expect(third.code == .resourceExhausted && third.reason(limits: .standard) == "TOO_MANY_WATCHES")
      #expect(try #require(third.retryDelay(limits: .standard)) > .zero)
      try await second.raw.kill()
      // The place is free as soon as the server has noticed.
      var refusals = 0
      while refusals < 1000 {
        do {
          try await place.watch().next()
          break
        } catch is Status {
          refusals += 1
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      #expect(refusals < 1000)
    }
  }

  @Test func aDrainEndsWatchesAtOnceAndSaysWhereToResume() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      let watch = try await place.watch()
      try await watch.next()
      let last = try await place.upsert([WatchPlace.project(1, in: "410928")])
      try await watch.follow(to: last)
      let start = ContinuousClock.now
      async let drained: Void = place.drain()
      let status = try await watch.ending()
      await drained
      #expect(status.code == .unavailable && status.metadata("resume_revision") == "\(last)", "\(status)")
      #expect(ContinuousClock.now - start < .seconds(60), "nobody waits for a watch to end by itself")
    }
  }

  @Test func aReaderThatTakesNothingIsEndedAndOthersHold() async throws {
    try await WatchPlace.with { limits, configuration in
      limits.stallTimeout = .milliseconds(300)
      limits.ringBytesMax = 64 << 10
      configuration.streamCreditBytes = 32 << 10
    } _: { place in
      try await place.upsert(WatchPlace.regions)
      let slow = try await place.watch(grantsCredit: false)
      let good = try await place.watch()
      for watch in [slow, good] { try await watch.next() }
      var last: UInt64 = 0
      for number in 0..<300 { last = try await place.upsert([WatchPlace.project(number, in: "410928")]) }
      try await good.follow(to: last)
      let status = try await slow.ending()
      #expect(status.code == .resourceExhausted && status.reason(limits: .standard) == "WATCH_TOO_SLOW", "\(status)")
      #expect(status.metadata("resume_revision") == "\(slow.progress)")
      #expect(slow.progress < last)
      let again = try await place.watch(Ledger.WatchRequest(start: .afterRevision(slow.progress)))
      try await again.follow(to: last)
      let truth = try place.truth().dropFirst(5).map(Told.init)
      #expect((slow.events + again.events).map(Told.init) == truth)
      #expect(good.events.map(Told.init) == truth)
    }
  }
}
