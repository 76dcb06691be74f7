import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanClient

@Suite struct WatchAssemblerTests {
  private func event(_ revision: UInt64, commit: UInt64) -> Ledger.WatchEvent {
    Ledger.WatchEvent(revision: revision, commitRevision: commit, recordType: "Pass", key: "\(revision)")
  }

  @Test func aCommitInSeveralMessagesIsGivenWhole() throws {
    var assembler = WatchAssembler(after: 0, commitChangesMax: 10, includesProgress: false)
    let first = try assembler.received(
      Ledger.WatchResponse(events: [event(1, commit: 1), event(2, commit: 3)], progressRevision: 1, continued: true))
    #expect(first.map(\.revision) == [1] && assembler.position == 1)
    let second = try assembler.received(Ledger.WatchResponse(events: [event(3, commit: 3)], progressRevision: 3))
    #expect(second.map(\.revision) == [3] && second[0].events.map(\.revision) == [2, 3])
  }

  @Test func progressMovesThePositionAndIsGivenWhenAskedFor() throws {
    for includesProgress in [true, false] {
      var assembler = WatchAssembler(after: nil, commitChangesMax: 10, includesProgress: includesProgress)
      #expect(assembler.position == nil)
      let marks = try assembler.received(Ledger.WatchResponse(progressRevision: 7))
      #expect(assembler.position == 7 && marks == (includesProgress ? [LedgerCommit(revision: 7, events: [])] : []))
      #expect(try assembler.received(Ledger.WatchResponse(progressRevision: 7)).isEmpty)
    }
  }

  @Test func aCommitOverTheBoundIsRefused() throws {
    var assembler = WatchAssembler(after: 0, commitChangesMax: 2, includesProgress: false)
    _ = try assembler.received(
      Ledger.WatchResponse(events: [event(1, commit: 3), event(2, commit: 3)], continued: true))
    let status = #expect(throws: Status.self) {
      try assembler.received(Ledger.WatchResponse(events: [event(3, commit: 3)], progressRevision: 3))
    }
    #expect(status?.code == .resourceExhausted)
  }

  /// A log of random commits, told in random pieces over connections that are cut anywhere, each going on where the
  /// assembler says: every commit comes once, whole, in order.
  @Test func nothingIsMissingAndNothingComesTwiceWhereverItIsCut() throws {
    var random = SeededGenerator("watch assembler")
    for _ in 0..<300 {
      let log = makeLog(&random)
      let start = UInt64.random(in: 0...(log.last?.last ?? 0), using: &random)
      let begin = log.last(where: { ($0.last ?? 0) <= start })?.last ?? 0
      var assembler = WatchAssembler(after: begin, commitChangesMax: 1000, includesProgress: false)
      var told: [LedgerCommit] = []
      while assembler.position != log.last?.last {
        var messages = tell(log, after: assembler.position ?? 0, &random)
        if Bool.random(using: &random) {
          messages = Array(messages.prefix(Int.random(in: 0...messages.count, using: &random)))
        }
        for message in messages { told += try assembler.received(message) }
        assembler.interrupted()
      }
      let expected = log.filter { ($0.last ?? 0) > begin }
      #expect(told.map { $0.events.map(\.revision) } == expected, "seed \(random.seed)")
      #expect(told.map(\.revision) == expected.map { $0.last ?? 0 })
    }
  }

  /// Commits as lists of revisions.
  private func makeLog(_ random: inout SeededGenerator) -> [[UInt64]] {
    var revision: UInt64 = 0
    return (0..<Int.random(in: 1...12, using: &random)).map { _ in
      (0..<Int.random(in: 1...6, using: &random)).map { _ in
        revision += 1
        return revision
      }
    }
  }

  /// What a server would say: events in order, cut into messages anywhere.
  private func tell(_ log: [[UInt64]], after: UInt64, _ random: inout SeededGenerator) -> [Ledger.WatchResponse] {
    var messages = [Ledger.WatchResponse(progressRevision: after)]
    var current = Ledger.WatchResponse(progressRevision: after)
    for commit in log where (commit.last ?? 0) > after {
      for revision in commit {
        current.events.append(event(revision, commit: commit.last ?? 0))
        if revision != commit.last, Int.random(in: 0..<3, using: &random) == 0 {
          current.continued = true
          messages.append(current)
          current = Ledger.WatchResponse(progressRevision: current.progressRevision)
        }
      }
      current.progressRevision = commit.last ?? 0
      if Bool.random(using: &random) {
        messages.append(current)
        current = Ledger.WatchResponse(progressRevision: current.progressRevision)
      }
    }
    if !current.events.isEmpty { messages.append(current) }
    return messages
  }
}
