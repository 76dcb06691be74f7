import Foundation
import GuobanArchive
import GuobanStorage
import GuobanTestSupport
import Testing

struct RetentionTests {
  private let day: Int64 = 86_400
  // 2023-11-21 00:00 in Shanghai, a Tuesday.
  private let midnight: Int64 = 1_700_496_000

  private func id(_ seconds: Int64) throws -> SnapshotID {
    try #require(SnapshotID(epochSeconds: seconds, revision: 1))
  }

  @Test func theNewestAlwaysStays() throws {
    let ids = try (0..<5).map { try id(midnight + $0 * 60) }
    let retention = Retention(last: 0, daily: 0, weekly: 0, monthly: 0, zoneOffsetSeconds: 28_800)
    #expect(retention.expired(ids) == Array(ids[..<4]))
    #expect(retention.expired([]) == [])
  }

  @Test func theNewestOfEachLocalDayStays() throws {
    // Two at either side of midnight in Shanghai, which is 16:00 UTC.
    let ids = try [midnight - 7200, midnight - 60, midnight + 60, midnight + 7200].map(id)
    let retention = Retention(last: 1, daily: 2, weekly: 0, monthly: 0, zoneOffsetSeconds: 28_800)
    #expect(retention.expired(ids) == [ids[0], ids[2]])
  }

  @Test func weeksBeginOnMondayAndMonthsOnTheirFirst() throws {
    let weekly = Retention(last: 1, daily: 0, weekly: 2, monthly: 0, zoneOffsetSeconds: 28_800)
    // Saturday 18, Sunday 19, Monday 20, Tuesday 21.
    let week = try [-3, -2, -1, 0].map { try id(midnight + $0 * day) }
    #expect(weekly.expired(week) == [week[0], week[2]])
    let monthly = Retention(last: 1, daily: 0, weekly: 0, monthly: 3, zoneOffsetSeconds: 28_800)
    // 30 September, 1 October, 31 October, 1 November, 21 November.
    let month = try [-52, -51, -21, -20, 0].map { try id(midnight + $0 * day) }
    #expect(monthly.expired(month) == [month[1], month[3]])
  }

  @Test func pruningKeepsTheChainWholeAndRemovesOnlyFiles() throws {
    var generator = SeededGenerator("pruning")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 20, &generator)
    let files = try (0..<4).map { try Fixture.writer(folder).create(from: store, epochSeconds: midnight + $0 * 60) }
    let retention = Retention(last: 2, daily: 0, weekly: 0, monthly: 0, zoneOffsetSeconds: 28_800)
    let pruner = SnapshotPruner(directory: folder.path + "/snapshots", limits: Fixture.limits)
    #expect(try pruner.prune(retention) == files[..<2].map(\.id))
    #expect(try pruner.prune(retention) == [])
    #expect(try Fixture.catalog(folder).list().map(\.id) == [files[3].id, files[2].id])
    #expect(try Fixture.verifier(folder).verify(files[3].id).chainedManifests == 3)
    let names = try folder.names("snapshots")
    #expect(names.filter { $0.hasSuffix(".pruned") }.count == 2)
    #expect(names.filter { $0.hasSuffix(".zst") }.count == 2)
    #expect(throws: ArchiveError.self) { try Fixture.verifier(folder).verify(files[0].id) }
  }
}
