import Foundation
import GuobanArchive
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

struct WriterTests {
  @Test func whatIsRestoredIsWhatWasThere() throws {
    for round in 0..<5 {
      var generator = SeededGenerator("whatIsRestored \(round)")
      let folder = try TemporaryFolder()
      let store = Fixture.ledger(records: Int.random(in: 1...400, using: &generator), &generator)
      let file = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
      let restored = try Fixture.restore(file.id, from: folder)
      let before = store.contents
      let after = restored.contents
      #expect(after.changes == before.changes)
      for type in Fixture.types { #expect((after.records[type] ?? [:]) == (before.records[type] ?? [:])) }
    }
  }

  @Test func whoeverWaitsNoLongerStopsTheWork() throws {
    var generator = SeededGenerator("whoeverWaitsNoLonger")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 20, &generator)
    let earlier = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let before = try folder.names("snapshots")
    // At every question, from the first on, until it is asked no more.
    var stopped = 0
    while true {
      let left = Atomic<Int>(stopped)
      var writer = Fixture.writer(folder)
      writer.isCancelled = { left.subtract(1, ordering: .relaxed).oldValue == 0 }
      do {
        _ = try writer.create(from: store, epochSeconds: Fixture.time + 60)
        break
      } catch let error as ArchiveError {
        #expect(error.code == .cancelled)
        #expect(try folder.names("snapshots") == before, "nothing is left of it")
      }
      stopped += 1
    }
    #expect(stopped > 20)
    var verifier = Fixture.verifier(folder)
    verifier.isCancelled = { true }
    #expect { _ = try verifier.verify(earlier.id) } throws: { ($0 as? ArchiveError)?.code == .cancelled }
  }

  /// The files as they were at each step are what a `kill -9` there leaves behind.
  @Test(arguments: SnapshotWriter.Step.allCases)
  func aKillAtAnyStepLeavesNoHalfSnapshot(_ step: SnapshotWriter.Step) throws {
    var generator = SeededGenerator("aKillAtAnyStep \(step)")
    let folder = try TemporaryFolder()
    let killed = try TemporaryFolder()
    let store = Fixture.ledger(records: 50, &generator)
    let earlier = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    store.commit([("Pass", "410928000001", [7])])
    var writer = Fixture.writer(folder)
    writer.onStep = {
      guard $0 == step else { return }
      try FileManager.default.copyItem(atPath: folder.path + "/snapshots", toPath: killed.path + "/snapshots")
    }
    let later = try writer.create(from: store, epochSeconds: Fixture.time + 60)

    let isCommitted = step == .committed
    #expect(try Fixture.catalog(killed).list().map(\.id) == (isCommitted ? [later.id, earlier.id] : [earlier.id]))
    #expect(try Fixture.catalog(killed).damaged().isEmpty)
    _ = try Fixture.verifier(killed).verify(earlier.id)
    // The next one cleans up and works.
    let next = try Fixture.writer(killed).create(from: store, epochSeconds: Fixture.time + 120)
    #expect(try Fixture.verifier(killed).verify(next.id).chainedManifests == (isCommitted ? 2 : 1))
    #expect(try killed.names("snapshots").filter { $0.hasSuffix(".partial") } == [])
    #expect(try Fixture.restore(next.id, from: killed).contents == store.contents)
  }

  @Test(arguments: SnapshotWriter.Step.allCases)
  func aFailureAtAnyStepIsToldAndLeavesNothing(_ step: SnapshotWriter.Step) throws {
    var generator = SeededGenerator("aFailureAtAnyStep \(step)")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 50, &generator)
    var writer = Fixture.writer(folder)
    writer.onStep = { if $0 == step { throw ArchiveError(.noSpace, "磁盘满", "disk full") } }
    let error = #expect(throws: ArchiveError.self) { try writer.create(from: store, epochSeconds: Fixture.time) }
    #expect(error?.code == .noSpace)
    let names = try folder.names("snapshots").filter { $0 != ".lock" }
    if step == .committed { #expect(names.count == 2) } else { #expect(names == []) }
  }

  @Test func neverTwoAtOnce() throws {
    var generator = SeededGenerator("neverTwoAtOnce")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 20, &generator)
    let second = Mutex<ArchiveError?>(nil)
    var writer = Fixture.writer(folder)
    writer.onStep = {
      guard $0 == .framesWritten else { return }
      do { _ = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time + 1) } catch let error
        as ArchiveError
      {
        second.withLock { $0 = error }
      }
    }
    let file = try writer.create(from: store, epochSeconds: Fixture.time)
    #expect(second.withLock { $0 }?.code == .busy)
    #expect(try Fixture.catalog(folder).list().map(\.id) == [file.id])
    _ = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time + 1)
  }

  /// What is on disk differs from what was written: a disk that lies.
  @Test func aFileThatReadsBackDifferentlyIsNotCommitted() throws {
    var generator = SeededGenerator("aFileThatReadsBackDifferently")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 50, &generator)
    var writer = Fixture.writer(folder)
    writer.onStep = {
      guard $0 == .fileSynced else { return }
      let name = try #require(try folder.names("snapshots").first { $0.hasSuffix(".zst.partial") })
      let url = URL(fileURLWithPath: folder.path + "/snapshots/" + name)
      var bytes = try Data(contentsOf: url)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: url)
    }
    let error = #expect(throws: ArchiveError.self) { try writer.create(from: store, epochSeconds: Fixture.time) }
    #expect(error?.code == .corrupted)
    #expect(try Fixture.catalog(folder).list().isEmpty)
  }

  @Test func aClockSetBackKeepsTheOrder() throws {
    let folder = try TemporaryFolder()
    let store = MemoryStore(types: Fixture.types)
    let first = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let second = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time - 3600)
    #expect(second.id > first.id)
    #expect(second.manifest.previousId == "\(first.id)")
  }

  @Test func anEntryAtTheLimitIsTakenAndOnePastItIsRefused() throws {
    for (extra, isAccepted) in [(0, true), (1, false)] {
      let folder = try TemporaryFolder()
      let store = MemoryStore(types: Fixture.types)
      store.commit([("Pass", "k", [UInt8](repeating: 5, count: 10_000 + extra))])
      var writer = Fixture.writer(folder)
      let change = try #require(store.contents.changes.first)
      writer.limits.entryBytesMax = Archive.Entry(body: .change(change)).packed().count - extra
      if isAccepted {
        _ = try writer.create(from: store, epochSeconds: Fixture.time)
      } else {
        let error = #expect(throws: ArchiveError.self) { try writer.create(from: store, epochSeconds: Fixture.time) }
        #expect(error?.code == .tooLarge)
      }
    }
  }

  @Test func aVerificationHoldsNoMoreKeysThanItsLimit() throws {
    let folder = try TemporaryFolder()
    let store = MemoryStore(types: Fixture.types)
    store.commit((0..<10).map { ("Pass", "\($0)", [1]) })
    let file = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    var limits = Fixture.limits
    limits.keysMax = 10
    _ = try SnapshotVerifier(directory: folder.path + "/snapshots", limits: limits).verify(file.id)
    limits.keysMax = 9
    let error = #expect(throws: ArchiveError.self) {
      try SnapshotVerifier(directory: folder.path + "/snapshots", limits: limits).verify(file.id)
    }
    #expect(error?.code == .tooLarge)
  }
}
