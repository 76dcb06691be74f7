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

@Suite(.serialized, .timeLimit(.minutes(5))) struct WatchTests {
  @Test func everyCommitIsToldInOrderAndWhole() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      let live = try await place.watch()
      #expect(try await live.next().progressRevision == 5)
      let last = try await WriterCrowd(place, writers: 4, commits: 40, seed: .random(in: 0...UInt64.max)).run()
      try await live.follow(to: last)
      let late = try await place.watch(Ledger.WatchRequest(start: .afterRevision(0)))
      try await late.follow(to: last)
      let truth = try place.truth().map(Told.init)
      #expect(truth.count > 500)
      #expect(late.events.map(Told.init) == truth)
      #expect(live.events.map(Told.init) == Array(truth.dropFirst(5)))
    }
  }

  @Test(arguments: [true, false])
  func aCommitLargerThanAMessageGoesInSeveralAndIsToldWhole(isLive: Bool) async throws {
    try await WatchPlace.with { limits, _ in
      limits.batchBytesMax = 16 << 10
      // In the second case the commit fits neither into the ring nor into one read of the change log.
      if !isLive { limits.ringBytesMax = 64 << 10 }
    } _: { place in
      try await place.upsert(WatchPlace.regions)
      let watch = try await place.watch(Ledger.WatchRequest(recordTypes: ["Project"]))
      try await watch.next()
      try await place.upsert((0..<3000).map { WatchPlace.project($0, in: "410928") })
      let last = try await place.upsert([WatchPlace.project(9999, in: "410928")])
      try await watch.follow(to: last)
      let truth = try place.truth().dropFirst(5).map(Told.init)
      #expect(watch.events.map(Told.init) == truth)
      let parts = watch.batches.prefix { $0.continued }
      #expect(parts.count > 10)
      #expect(parts.allSatisfy { $0.progressRevision == 5 }, "nobody resumes inside a commit")
      #expect(watch.batches.allSatisfy { $0.packed().count <= 17 << 10 })
    }
  }

  @Test(arguments: [false, true]) func aRowThatChangesNoRecordIsNoEventAndHoldsNobodyUp(isLive: Bool) async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      let live = try await place.watch()
      try await live.next()
      try await place.upsert([WatchPlace.project(1, in: "410928")])
      for operation in [Ledger.ChangeOperation.reveal, .erase] {
        try await place.write {
          try $0.note(operation, "Project", WatchPlace.project(1, in: "410928").code, note: "why")
        }
      }
      let noted = place.store.revision
      let last = try await place.upsert([WatchPlace.project(2, in: "410928")])
      let watch = isLive ? live : try await place.watch(Ledger.WatchRequest(start: .afterRevision(5)))
      try await watch.follow(to: last)
      #expect(watch.events.map(\.revision) == [6, last], "6 and the last are records; the two between are not")
      let resumed = try await place.watch(Ledger.WatchRequest(start: .afterRevision(noted)))
      try await resumed.follow(to: last)
      #expect(resumed.events.map(\.revision) == [last])
    }
  }

  @Test(arguments: 0..<3)
  func whoeverIsCutOffResumesWithoutAGapOrADuplicate(_: Int) async throws {
    var random = SeededGenerator("watch resume")
    let seed = random.seed
    try await WatchPlace.with { limits, _ in
      // So small that a watch falls behind the ring again and again.
      limits.ringBytesMax = 8 << 10
      limits.batchBytesMax = 4 << 10
      limits.logReadBytesMax = 8 << 10
    } _: { place in
      try await place.upsert(WatchPlace.regions)
      let filters: [Ledger.WatchRequest] = [
        Ledger.WatchRequest(), Ledger.WatchRequest(recordTypes: ["Project"]), Ledger.WatchRequest(regions: ["410900"]),
        Ledger.WatchRequest(regions: ["410928", "410500"]),
      ]
      let end = Mutex<UInt64?>(nil)
      let crowd = WriterCrowd(place, writers: 3, commits: 80, seed: seed)
      let writing = Task {
        let last = try await crowd.run()
        end.withLock { $0 = last }
      }
      var told = filters.map { _ in [Ledger.WatchEvent]() }
      var reached = filters.map { _ in UInt64(0) }
      var cuts = 0
      while cuts < 100 || end.withLock({ $0 }) == nil {
        let which = Int.random(in: filters.indices, using: &random)
        var request = filters[which]
        request.start = .afterRevision(reached[which])
        let watch = try await place.watch(request)
        for _ in 0..<Int.random(in: 1...12, using: &random) where watch.progress < place.store.revision {
          try await watch.next()
        }
        told[which] += watch.events
        reached[which] = max(reached[which], watch.progress)
        try await watch.raw.kill()
        cuts += 1
      }
      try await writing.value
      let last = place.store.revision
      for index in filters.indices {
        var request = filters[index]
        request.start = .afterRevision(reached[index])
        let rest = try await place.watch(request)
        try await rest.follow(to: last)
        told[index] += rest.events
      }
      print("watch resume: \(cuts) cuts, \(last) revisions")
      let truth = try place.truth()
      let tree = try place.store.read { try RegionTree($0, limits: .standard) }
      for (filter, events) in zip(filters, told) {
        #expect(events.map(Told.init) == expected(filter, truth, tree), "seed \(seed), \(filter)")
      }
    }
  }

  @Test func aWatchIsKeptToItsTypesRegionsAndKeys() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      try await place.upsert([WatchPlace.project(1, in: "410928100"), WatchPlace.project(2, in: "410500")])
      let start = Ledger.WatchRequest.Start.afterRevision(7)
      let city = try await place.watch(Ledger.WatchRequest(start: start, regions: ["410900"]))
      let other = try await place.watch(Ledger.WatchRequest(start: start, regions: ["410500"]))
      let typed = try await place.watch(Ledger.WatchRequest(start: start, recordTypes: ["ProjectProgress"]))
      let keyed = try await place.watch(
        Ledger.WatchRequest(start: start, keys: [Ledger.RecordName(recordType: "Project", key: "P-2")]))
      let both = try await place.watch(
        Ledger.WatchRequest(start: start, recordTypes: ["Project"], regions: ["410928", "410500"]))

      try await place.upsert([Ledger.ProjectProgress(project: "P-1", month: "2023-06")])  // 8
      try await place.upsert([WatchPlace.project(1, in: "410500")])  // 9: from a township of 濮阳市 to 安阳市
      try await place.upsert([WatchPlace.project(2, in: "410500", name: "改名")])  // 10
      try await place.upsert([Ledger.ProjectProgress(project: "P-1", month: "2023-07")])  // 11
      try await place.upsert([Ledger.Region(code: "410928", name: "濮阳县城", kind: .county, parent: "410900")])  // 12
      try await place.delete(Ledger.Project.self, "P-2")  // 13
      try await place.upsert([Ledger.Indicator(code: "gdp", name: "GDP", unit: "亿元", nature: .cumulative)])  // 14
      let last = place.store.revision

      for watch in [city, other, typed, keyed, both] { try await watch.follow(to: last) }
      #expect(city.events.map(\.revision) == [8, 9, 12])
      #expect(city.events.map(\.left) == [false, true, false])
      #expect(city.events[1].record.isEmpty && city.events[1].operation == .update)
      #expect(other.events.map(\.revision) == [9, 10, 11, 13])
      #expect(!other.events[0].left && !other.events[0].record.isEmpty)
      #expect(other.events[3].operation == .delete && other.events[3].key == "P-2")
      #expect(typed.events.map(\.revision) == [8, 11])
      #expect(keyed.events.map(\.revision) == [10, 13])
      #expect(both.events.map(\.revision) == [9, 10, 13])
      #expect(both.events.allSatisfy { !$0.left }, "it stays in one of the regions that are watched")
      #expect(city.events.allSatisfy { $0.actor == "测试员" && $0.time?.seconds == 1_700_000_000 })
    }
  }

  @Test func whoeverIsHeldToARegionSeesItAndWhatIsEverybodys() async throws {
    try await WatchPlace.with(roles: [.viewer], region: "410928") { place in
      try await place.upsert(WatchPlace.regions)
      let all = try await place.watch(Ledger.WatchRequest(start: .afterRevision(0)))
      let above = try await place.watch(Ledger.WatchRequest(start: .afterRevision(0), regions: ["410900"]))
      try await place.upsert([WatchPlace.project(1, in: "410928100"), WatchPlace.project(2, in: "410500")])  // 6, 7
      try await place.upsert([WatchPlace.project(1, in: "410900")])  // 8: to the city above, out of sight
      try await place.upsert([WatchPlace.project(2, in: "410928")])  // 9: comes into sight
      try await place.upsert([Ledger.Indicator(code: "gdp", name: "GDP", unit: "亿元", nature: .cumulative)])  // 10
      try await place.delete(Ledger.Project.self, "P-2")  // 11
      try await place.delete(Ledger.Project.self, "P-1")  // 12
      let last = place.store.revision
      for watch in [all, above] { try await watch.follow(to: last) }
      #expect(all.events.map(\.revision) == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11])
      #expect(all.events.filter(\.left).map(\.revision) == [8])
      #expect(above.events.map(\.revision) == [2, 3, 4, 6, 8, 9, 11])
    }
  }

  @Test func aRegionThatMovesTakesItsRecordsAlong() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      try await place.upsert([WatchPlace.project(1, in: "410928")])
      let old = try await place.watch(Ledger.WatchRequest(regions: ["410900"]))
      let new = try await place.watch(Ledger.WatchRequest(regions: ["410500"]))
      for watch in [old, new] { try await watch.next() }
      try await place.upsert([Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410500")])  // 7
      let last = try await place.upsert([WatchPlace.project(1, in: "410928", name: "改名")])  // 8
      for watch in [old, new] { try await watch.follow(to: last) }
      #expect(old.events.map(\.revision) == [7] && old.events[0].left)
      #expect(new.events.map(\.revision) == [7, 8])
    }
  }

  @Test func progressIsMarkedWhenThereIsNothingToTell() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      let watch = try await place.watch(Ledger.WatchRequest(recordTypes: ["Enterprise"], progressIntervalMs: 50))
      #expect(try await watch.next() == Ledger.WatchResponse(progressRevision: 5))
      #expect(try await watch.next() == Ledger.WatchResponse(progressRevision: 5))
      // Not for this watch: it hears only how far the ledger is.
      let last = try await place.upsert([WatchPlace.project(1, in: "410928")])
      try await watch.follow(to: last)
      #expect(watch.batches.isEmpty)
      for interval in [UInt32(49), 600_001] {
        let refused = try await place.watch(Ledger.WatchRequest(progressIntervalMs: interval)).ending()
        #expect(refused.code == .invalidArgument)
      }
    }
  }

  @Test func whatTheLogNoLongerHasIsRefusedWithTheOldestRevision() async throws {
    let folder = try TemporaryFolder()
    let ledger = folder.path + "/ledger"
    try await WatchPlace.with(directory: ledger) { place in
      try await place.upsert(WatchPlace.regions)
      for number in 0..<20 { try await place.upsert([WatchPlace.project(number, in: "410928")]) }
    }
    let sql = "DROP TRIGGER change_log_keeps_rows; DELETE FROM change_log WHERE revision < 11"
    let run = try await ProgramRun("sqlite3", ["\(ledger)/ledger.sqlite", sql])
    #expect(run.complaint.isEmpty)
    try await WatchPlace.with(directory: ledger) { place in
      for revision: UInt64 in [0, 5, 9] {
        let status = try await place.watch(Ledger.WatchRequest(start: .afterRevision(revision))).ending()
        #expect(status.code == .outOfRange && status.reason(limits: .standard) == "WATCH_TOO_OLD", "\(status)")
        #expect(status.metadata("oldest_revision") == "11")
      }
      let watch = try await place.watch(Ledger.WatchRequest(start: .afterRevision(10)))
      try await watch.follow(to: 25)
      #expect(watch.events.map(\.revision) == Array(11...25))
      for revision in [UInt64(26), .max] {
        let status = try await place.watch(Ledger.WatchRequest(start: .afterRevision(revision))).ending()
        #expect(status.code == .outOfRange && status.reason(limits: .standard) == "WATCH_IN_FUTURE")
        #expect(status.metadata("ledger_revision") == "25")
      }
    }
  }

  @Test func aRevisionInsideACommitMeansThatCommit() async throws {
    try await WatchPlace.with { place in
      try await place.upsert(WatchPlace.regions)
      try await place.upsert((0..<10).map { WatchPlace.project($0, in: "410928") })  // 6…15
      let watch = try await place.watch(Ledger.WatchRequest(start: .afterRevision(9)))
      #expect(try await watch.next().progressRevision == 5)
      try await watch.follow(to: 15)
      #expect(watch.events.map(\.revision) == Array(6...15))
    }
  }

  @Test func namesThatMeanNothingAndWhatMayNotBeReadAreRefused() async throws {
    let cases: [(Ledger.WatchRequest, String)] = [
      (.init(recordTypes: ["Projekt"]), "record_types[0]"),
      (.init(recordTypes: ["Project", "Nothing"]), "record_types[1]"),
      (.init(regions: ["410928", "999999"]), "regions[1]"),
      (.init(keys: [.init(recordType: "Nothing", key: "x")]), "keys[0].record_type"),
      (.init(recordTypes: Array(repeating: "Project", count: 4)), "record_types"),
    ]
    try await WatchPlace.with { limits, _ in
      limits.filterEntriesMax = 3
    } _: { place in
      try await place.upsert(WatchPlace.regions)
      for (request, field) in cases {
        let status = try await place.watch(request).ending()
        #expect(status.code == .invalidArgument, "\(status)")
        #expect(status.violations(limits: .standard).map(\.field) == [field])
      }
      let atTheLimit = try await place.watch(.init(recordTypes: Array(repeating: "Project", count: 3)))
      #expect(try await atTheLimit.next().progressRevision == 5)
    }
    try await WatchPlace.with(roles: [.viewer]) { place in
      try await place.upsert(WatchPlace.regions)
      let refused = try await place.watch(.init(recordTypes: ["Project", "Grant"])).ending()
      #expect(refused.violations(limits: .standard).map(\.field) == ["record_types[1]"])
      let all = try await place.watch()
      try await all.next()
      try await place.upsert([Ledger.Grant(name: "scanner")])
      let last = try await place.upsert([WatchPlace.project(1, in: "410928")])
      try await all.follow(to: last)
      #expect(all.events.map(\.recordType) == ["Project"], "who may come in is for those who manage it")
    }
    try await WatchPlace.with(roles: [.checkpoint]) { place in
      let status = try await place.watch().ending()
      #expect(status.code == .permissionDenied)
    }
  }
}

/// What a watch that began with an empty ledger must have been told. Regions must not have moved.
private func expected(_ request: Ledger.WatchRequest, _ truth: [Ledger.Change], _ tree: RegionTree) -> [Told] {
  truth.compactMap { change in
    guard request.recordTypes.isEmpty || request.recordTypes.contains(change.recordType) else { return nil }
    let isIn = { (codes: [String]) in
      request.regions.isEmpty || codes.contains { code in request.regions.contains { tree.lies(code, in: $0) } }
    }
    if isIn(change.regions) { return Told(change) }
    guard isIn(change.leftRegions), !change.leftRegions.isEmpty else { return nil }
    var left = Told(change)
    left.record = []
    return left
  }
}

/// Writers at once, each making commits of one to many records that it creates, moves and deletes.
struct WriterCrowd {
  let place: WatchPlace
  let writers: Int
  let commits: Int
  let seed: UInt64

  init(_ place: WatchPlace, writers: Int, commits: Int, seed: UInt64) {
    (self.place, self.writers, self.commits, self.seed) = (place, writers, commits, seed)
    print("writers: seed \(seed)")
  }

  /// The last revision.
  func run() async throws -> UInt64 {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask { try await write(writer) }
      }
      try await group.waitForAll()
    }
    return place.store.revision
  }

  private func write(_ writer: Int) async throws {
    var random = SeededGenerator("writer \(writer)", seed: seed &+ UInt64(writer))
    for round in 0..<commits {
      let places = ["410900", "410928", "410928100", "410500"]
      // Now and then a commit larger than a message.
      let count = Int.random(in: 0..<10, using: &random) == 0 ? 60 : Int.random(in: 1...8, using: &random)
      var records: [any LedgerRecord] = []
      for number in 0..<count {
        let key = writer * 1_000_000 + Int.random(in: 0...100, using: &random) * 100 + number
        let region = places[Int.random(in: places.indices, using: &random)]
        records.append(WatchPlace.project(key, in: region, name: "第 \(round) 轮"))
      }
      try await place.upsert(records)
      if Int.random(in: 0..<4, using: &random) == 0 { try await place.delete(Ledger.Project.self, records[0].key) }
    }
  }
}
