import GuobanLedger
import GuobanMessages
import GuobanTestSupport
import Testing

@testable import GuobanServer

/// Random commits, cut into runs anywhere, through random filters, into messages of any size: what comes out is what
/// went in, and no commit is split without a word.
@Test func aCursorTellsEverythingOnceWhateverTheSizes() throws {
  var random = SeededGenerator("watch cursor")
  for _ in 0..<300 {
    let changes = commits(using: &random)
    let filter = WatchFilter(
      types: Bool.random(using: &random) ? .max : WatchTypes.bit(of: "Project"),
      regions: Bool.random(using: &random) ? [] : ["A"])
    let bytesMax = Int.random(in: 1...3000, using: &random)
    let runs = pieces(of: changes, using: &random)
    var cursor = WatchCursor(after: 0)
    var told: [Ledger.WatchEvent] = []
    var isOpen = false
    for _ in 0..<10_000 {
      // As many runs as there happen to be.
      let some = runs.filter { $0.lastRevision > cursor.revision }.prefix(Int.random(in: 1...4, using: &random))
      if some.isEmpty { break }
      let before = cursor
      guard let message = cursor.next(some, filter, bytesMax: bytesMax) else {
        #expect(cursor.revision > before.revision, "a cursor that stays forever")
        continue
      }
      let response = try Ledger.WatchResponse(packed: message, limits: .standard)
      #expect(response.progressRevision == cursor.progress && cursor.progress >= before.progress)
      #expect(response.events.count <= 1 || message.count <= bytesMax + 16)
      #expect(response.continued == cursor.isInsideCommit)
      #expect(isOpen || !response.events.isEmpty, "a message about nothing")
      isOpen = response.continued
      if !isOpen { #expect(response.events.allSatisfy { $0.commitRevision <= response.progressRevision }) }
      told += response.events
    }
    #expect(!isOpen && cursor.progress == changes.last?.revision)
    let shown = changes.filter {
      filter.sight(of: WatchedChange($0, tree: RegionTree(), recordBytesMax: .max)) != .hidden
    }
    #expect(told.map(\.revision) == shown.map(\.revision), "seed \(random.seed)")
  }
}

@Test func aCommitThatFitsIntoAMessageIsNotSplit() throws {
  let changes = (1...6).map { change($0, commit: UInt64(($0 + 2) / 3 * 3), size: 100) }
  let runs = WatchedRun.runs(of: changes, tree: RegionTree(), recordBytesMax: .max)
  let oneCommit = runs[0].changes.reduce(0) { $0 + $1.event.count }
  for (bytesMax, sizes) in [
    (oneCommit * 2, [6]), (oneCommit * 2 - 1, [3, 3]), (oneCommit, [3, 3]), (oneCommit - 1, [2, 1, 2, 1]),
  ] {
    var cursor = WatchCursor(after: 0)
    var counts: [Int] = []
    while cursor.progress < 6, let message = cursor.next(runs, WatchFilter(types: .max), bytesMax: bytesMax) {
      counts.append(try Ledger.WatchResponse(packed: message, limits: .standard).events.count)
    }
    #expect(counts == sizes, "\(bytesMax)")
  }
}

@Test func aRecordThatFitsIntoNoMessageIsToldWithoutItsContent() throws {
  let long = WatchedChange(change(1, commit: 1, size: 1001), tree: RegionTree(), recordBytesMax: 1000)
  let event = try #require(try Ledger.WatchResponse(packed: long.event, limits: .standard).events.first)
  #expect(event.recordTooLong && event.record.isEmpty && event.key == "1")
  let fitting = WatchedChange(change(1, commit: 1, size: 1000), tree: RegionTree(), recordBytesMax: 1000)
  let whole = try #require(try Ledger.WatchResponse(packed: fitting.event, limits: .standard).events.first)
  #expect(!whole.recordTooLong && whole.record.count == 1000)
}

@Test func theRingKeepsTheNewestWithinItsBound() {
  var ring = WatchRing(after: 10, bytesMax: 5000)
  guard case .nothing = ring.after(10, bytesMax: 1000) else { return #expect(Bool(false)) }
  guard case .gone = ring.after(9, bytesMax: 1000) else { return #expect(Bool(false)) }
  for revision in 11...40 {
    let runs = WatchedRun.runs(
      of: [change(revision, commit: UInt64(revision), size: 200)], tree: RegionTree(), recordBytesMax: .max)
    for run in runs { ring.append(run) }
    for run in runs { ring.append(run) }  // told twice, kept once
  }
  #expect(ring.end == 40 && ring.start > 25 && ring.start < 38)
  guard case .gone = ring.after(ring.start - 1, bytesMax: 1000) else { return #expect(Bool(false)) }
  guard case .runs(let all) = ring.after(ring.start, bytesMax: .max) else { return #expect(Bool(false)) }
  #expect(all.map(\.lastRevision) == Array((ring.start + 1)...40))
  guard case .runs(let last) = ring.after(39, bytesMax: 1) else { return #expect(Bool(false)) }
  #expect(last.map(\.lastRevision) == [40])
  // A hole: what is before it can only come from the change log.
  let beyond = WatchedRun.runs(of: [change(50, commit: 50, size: 1)], tree: RegionTree(), recordBytesMax: .max)
  ring.append(beyond[0])
  #expect(ring.start == 49 && ring.end == 50)
}

private func change(_ revision: Int, commit: UInt64, size: Int, type: String = "Project") -> Ledger.Change {
  Ledger.Change(
    revision: UInt64(revision), commitRevision: commit, operation: .create, recordType: type, key: "\(revision)",
    record: [UInt8](repeating: 7, count: size))
}

private func commits(using random: inout SeededGenerator) -> [Ledger.Change] {
  var changes: [Ledger.Change] = []
  for _ in 0..<Int.random(in: 1...12, using: &random) {
    let count = Int.random(in: 1...15, using: &random)
    let end = UInt64(changes.count + count)
    for _ in 0..<count {
      var next = change(
        changes.count + 1, commit: end, size: Int.random(in: 0...400, using: &random),
        type: Bool.random(using: &random) ? "Project" : "Enterprise")
      next.regions = [Bool.random(using: &random) ? "A" : "B"]
      if Bool.random(using: &random) { next.leftRegions = ["A"] }
      changes.append(next)
    }
  }
  return changes
}

/// Whole commits, or parts of one, as reads of the change log cut them.
private func pieces(of changes: [Ledger.Change], using random: inout SeededGenerator) -> [WatchedRun] {
  var runs: [WatchedRun] = []
  var rest = changes[...]
  while !rest.isEmpty {
    let read = Array(rest.prefix(Int.random(in: 1...20, using: &random)))
    runs += WatchedRun.runs(of: read, tree: RegionTree(), recordBytesMax: .max)
    rest = rest.dropFirst(read.count)
  }
  return runs
}
