import Foundation
import GuobanMessages
import GuobanStorage
import Synchronization
import Testing

@testable import GuobanSQLite

@Test func writtenRecordIsReadBackAndLogged() throws {
  let ledger = try TemporaryLedger()
  let item = Item(key: "p1", name: "扩建", region: "410928", amount: 5, tags: ["a"], plans: [2026: 7])
  let outcome = try ledger.put(item)
  #expect(outcome.revision == 1 && !outcome.replayed)
  #expect(ledger.store.revision == 1)
  #expect(ledger.store.cached("Project", "p1") == item.bytes)
  try ledger.reopen()
  #expect(ledger.store.revision == 1)
  #expect(ledger.store.cached("Project", "p1") == nil)
  try ledger.store.read { reader in
    #expect(try reader.record("Project", "p1") == item.bytes)
    #expect(try reader.record("Project", "p2") == nil)
    #expect(try reader.count("Project") == 1)
    let changes = try reader.changes(after: 0, limit: 10)
    #expect(changes == outcome.changes)
    #expect(try reader.headHash == changes.last?.hash)
    #expect(changes[0].record == item.bytes)
    #expect(changes[0].actor == "clerk")
    #expect(changes[0].time == Google.Timestamp(seconds: 1_700_000_000, nanos: 5))
  }
  #expect(ledger.store.cached("Project", "p1") == item.bytes)
}

@Test func updateAndDeleteReplaceRecordColumnsAndChildren() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "p", name: "old", plans: [2025: 1, 2026: 2]))
  try ledger.write { try $0.put(Item(key: "p", name: "new", plans: [2027: 3]).stored, operation: .update) }
  #expect(
    try await ledger.sqlite3("SELECT name, revision FROM Project; SELECT year, fen FROM ProjectPlan")
      == "new|2\n2027|3\n")
  let outcome = try ledger.write { writer in
    let deleted = [try writer.delete("Project", "p"), try writer.delete("Project", "p")]
    #expect(deleted == [true, false])
  }
  #expect(outcome.changes.map(\.operation) == [.delete])
  #expect(outcome.changes[0].record.isEmpty)
  #expect(ledger.store.cached("Project", "p") == nil)
  #expect(try await ledger.sqlite3("SELECT count(*) FROM Project; SELECT count(*) FROM ProjectPlan") == "0\n0\n")
}

@Test func requestSeesItsOwnWritesAndItsRevisions() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a"))
  let outcome = try ledger.write { writer in
    #expect(writer.nextRevision == 2)
    try writer.put(Item(key: "b").stored, operation: .create)
    #expect(writer.nextRevision == 3)
    #expect(try writer.record("Project", "b") != nil)
    #expect(try writer.count("Project") == 2)
    try writer.put(Item(key: "c").stored, operation: .create)
  }
  #expect(outcome.changes.map(\.revision) == [2, 3])
  #expect(outcome.changes.map(\.commitRevision) == [3, 3])
}

@Test func requestWithoutChangesWritesNothing() async throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a"))
  let outcome = try ledger.write(id: "look") { _ = try $0.record("Project", "a") }
  #expect(outcome.changes.isEmpty && outcome.revision == 1)
  #expect(try await ledger.sqlite3("SELECT count(*) FROM change_log") == "1\n")
}

@Test func failingRequestIsUndoneAlone() async throws {
  struct Refusal: Error {}
  let ledger = try TemporaryLedger()
  let requests = (0..<50).map { number in
    WriteRequest(actor: "clerk", requestID: "r\(number)", requestDigest: [], admit: {}) { writer in
      try writer.put(Item(key: "k\(number)", plans: [1: 1]).stored, operation: .create)
      if number % 3 == 0 { throw Refusal() }
    }
  }
  let results = ledger.submit(requests)
  for (number, result) in results.enumerated() {
    if number % 3 == 0 {
      #expect(throws: Refusal.self) { try result.get() }
    } else {
      #expect(throws: Never.self) { try result.get() }
    }
    #expect((ledger.store.cached("Project", "k\(number)") == nil) == (number % 3 == 0))
  }
  try ledger.store.read { reader in
    #expect(try reader.count("Project") == 33)
    var chain = ChangeChain()
    for change in try reader.changes(after: 0, limit: 100) { try chain.verify(change) }
    #expect(chain.revision == 33)
  }
  #expect(try await ledger.sqlite3("SELECT count(*) FROM ProjectPlan") == "33\n")
}

/// Requests that form one group, and how often each of their bodies ran.
private func runsInOneGroup(
  _ ledger: TemporaryLedger, failing: Set<Int>, isTrial: Bool = false, count: Int, name: String
) -> [Int] {
  struct Refusal: Error {}
  let (held, gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
  let runs = Mutex([Int](repeating: 0, count: count))
  // The first one waits until all of its group have queued, unless it is done again.
  let isFirst = Atomic(true)
  let first = WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) { _ in
    guard isFirst.exchange(false, ordering: .relaxed) else { return }
    held.signal()
    gate.wait()
  }
  ledger.store.submit(first) { _ in done.signal() }
  held.wait()
  for number in 0..<count {
    let tries = isTrial && failing.contains(number)
    let request = WriteRequest(actor: "c", requestID: "", requestDigest: [], isTrial: tries, admit: {}) { writer in
      #expect(writer.isTrial == tries)
      runs.withLock { $0[number] += 1 }
      try writer.put(Item(key: "\(name)\(number)").stored, operation: .create)
      if failing.contains(number) { throw Refusal() }
    }
    ledger.store.submit(request) { _ in done.signal() }
  }
  gate.signal()
  for _ in 0...count { done.wait() }
  return runs.withLock { $0 }
}

@Test func aGroupIsDoneAgainOnceWhenOneOfItFails() throws {
  let ledger = try TemporaryLedger()
  #expect(runsInOneGroup(ledger, failing: [], count: 6, name: "a") == [1, 1, 1, 1, 1, 1])
  #expect(runsInOneGroup(ledger, failing: [2, 4], count: 6, name: "b") == [2, 2, 1, 1, 1, 1])
  // For some groups after that each request can be undone by itself.
  #expect(runsInOneGroup(ledger, failing: [2, 4], count: 6, name: "c") == [1, 1, 1, 1, 1, 1])
  try ledger.store.read { reader in
    #expect(try reader.count("Project") == 6 + 4 + 4)
    var chain = ChangeChain()
    for change in try reader.changes(after: 0, limit: 100) { try chain.verify(change) }
    #expect(chain.revision == 14)
  }
}

/// Whoever tries all the time does not make everybody's work twice as much.
@Test func aTrialIsUndoneAlone() throws {
  let ledger = try TemporaryLedger()
  for name in ["a", "b"] {
    let runs = runsInOneGroup(ledger, failing: [0, 2, 5], isTrial: true, count: 6, name: name)
    #expect(runs == [1, 1, 1, 1, 1, 1])
  }
  try ledger.store.read { reader in
    #expect(try reader.count("Project") == 6)
    var chain = ChangeChain()
    for change in try reader.changes(after: 0, limit: 100) { try chain.verify(change) }
    #expect(chain.revision == 6)
  }
}

@Test func theLastKeyIsTheGreatestWithItsPrefix() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "4103"), Item(key: "4104001"), Item(key: "4104020"), Item(key: "4105"), Item(key: "县2"))
  let found = Mutex<[String?]>([])
  try ledger.write { writer in
    try writer.put(Item(key: "4104100").stored, operation: .create)
    let keys = try ["4104", "4105", "4106", "县", ""].map { try writer.lastKey(of: "Project", prefix: $0) }
    found.withLock { $0 = keys }
  }
  #expect(found.withLock { $0 } == ["4104100", "4105", nil, "县2", "县2"])
}

@Test func requestThatIsNotAdmittedDoesNotRun() throws {
  struct Cancelled: Error {}
  let ledger = try TemporaryLedger()
  let request = WriteRequest(
    actor: "c", requestID: "", requestDigest: [], admit: { throw Cancelled() }, body: { _ in Issue.record("it ran") })
  #expect(throws: Cancelled.self) { try ledger.submit([request])[0].get() }
}

@Test func groupsShareACommitAndRespectTheirLimits() throws {
  var configuration = SQLiteConfiguration()
  configuration.groupRequestsMax = 4
  configuration.groupBytesMax = 100
  let ledger = try TemporaryLedger(configuration)
  let requests = (0..<40).map { number in
    WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) {
      try $0.put(Item(key: "k\(number)", name: String(repeating: "x", count: 60)).stored, operation: .create)
    }
  }
  let revisions = try ledger.submit(requests).map { try $0.get().revision }
  #expect(revisions == Array(1...40))
}

@Test func recordKeyAndRequestLimitsHoldAtTheirEdges() throws {
  var configuration = SQLiteConfiguration()
  configuration.recordBytesMax = 100
  configuration.keyBytesMax = 10
  configuration.requestChangesMax = 3
  let ledger = try TemporaryLedger(configuration)
  func code(_ body: @escaping @Sendable (any LedgerWriter) throws -> Void) -> StorageError.Code? {
    do { try ledger.write(body) } catch { return (error as? StorageError)?.code }
    return nil
  }
  func record(_ key: String, _ count: Int) -> StoredRecord {
    StoredRecord(type: "Region", key: key, bytes: [UInt8](repeating: 1, count: count), columns: [.text("")])
  }
  let (fits, tooLarge) = (record("a", 100), record("a", 101))
  #expect(code { try $0.put(fits, operation: .create) } == nil)
  #expect(code { try $0.put(tooLarge, operation: .create) } == .tooLarge)
  #expect(code { try $0.put(Item(key: "0123456789").stored, operation: .create) } == nil)
  #expect(code { try $0.put(Item(key: "0123456789x").stored, operation: .create) } == .tooLarge)
  #expect(code { try $0.put(Item(key: "").stored, operation: .create) } == .invalidQuery)
  #expect(code { try $0.put(Item(key: "a\u{0}b").stored, operation: .create) } == .invalidQuery)
  #expect(code { writer in for n in 0..<3 { try writer.put(Item(key: "\(n)").stored, operation: .create) } } == nil)
  #expect(
    code { writer in for n in 0..<4 { try writer.put(Item(key: "\(n)").stored, operation: .create) } } == .tooLarge)
  #expect(
    code { try $0.put(StoredRecord(type: "Ghost", key: "a", bytes: [], columns: []), operation: .create) }
      == .invalidQuery)
  #expect(
    code { try $0.put(StoredRecord(type: "Region", key: "a", bytes: [], columns: []), operation: .create) }
      == .invalidQuery)
}

@Test func queueTakesItsLimitAndRefusesOneMore() throws {
  var configuration = SQLiteConfiguration()
  configuration.queueRequestsMax = 5
  configuration.groupRequestsMax = 1
  let ledger = try TemporaryLedger(configuration)
  let (started, gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
  ledger.store.submit(
    WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) { _ in
      started.signal()
      gate.wait()
    }
  ) { _ in done.signal() }
  started.wait()
  let wait = WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}, body: { _ in })
  for _ in 0..<5 { ledger.store.submit(wait) { result in if case .success = result { done.signal() } } }
  let refused = DispatchSemaphore(value: 0)
  ledger.store.submit(wait) { result in
    if case .failure(let error as StorageError) = result, error.code == .overloaded { refused.signal() }
  }
  #expect(refused.wait(timeout: .now()) == .success)
  gate.signal()
  for _ in 0..<6 { #expect(done.wait(timeout: .now() + 10) == .success) }
}

/// What completions have left, and what of it was handed on.
private final class Tray: CompletionBatch {
  struct Letters {
    var left = 0
    var deliveries: [Int] = []
  }

  let letters = Mutex(Letters())

  func deliver() {
    letters.withLock {
      $0.deliveries.append($0.left)
      $0.left = 0
    }
  }
}

@Test func whatTheCompletionsOfAGroupLeaveIsHandedOnTogether() throws {
  let ledger = try TemporaryLedger()
  let (started, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
  let tray = Tray()
  let other = Tray()
  func submit(_ tray: Tray, _ body: @escaping @Sendable () throws -> Void) {
    ledger.store.submit(
      WriteRequest(actor: "c", requestID: "", requestDigest: [], batch: tray, admit: {}) { _ in try body() }
    ) { _ in tray.letters.withLock { $0.left += 1 } }
  }
  submit(tray) {
    started.signal()
    gate.wait()
  }
  started.wait()
  // They join the group that the first one holds up. One that fails is completed, too.
  for number in 1..<200 { submit(tray) { if number % 7 == 0 { throw StorageError(.invalidQuery, "refused") } } }
  submit(other) {}
  gate.signal()
  try ledger.store.close()
  #expect(tray.letters.withLock { $0.deliveries } == [64, 64, 64, 8])
  #expect(other.letters.withLock { $0.deliveries } == [1])
  // What is refused at once does not wait for a group.
  submit(other) {}
  #expect(other.letters.withLock { $0.deliveries } == [1, 1])
}

@Test func closeFinishesWhatIsQueuedAndRefusesTheRest() async throws {
  let ledger = try TemporaryLedger()
  let group = DispatchGroup()
  for number in 0..<100 {
    group.enter()
    ledger.store.submit(
      WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) {
        try $0.put(Item(key: "\(number)").stored, operation: .create)
      }
    ) { result in
      if case .failure(let error) = result { Issue.record(error) }
      group.leave()
    }
  }
  try ledger.store.close()
  #expect(group.wait(timeout: .now()) == .success)
  try ledger.store.close()
  #expect(throws: StorageError.self) { try ledger.put(Item(key: "late")) }
  let error = #expect(throws: StorageError.self) { try ledger.store.read { try $0.revision } }
  #expect(error?.code == .closed)
  #expect(try await ledger.sqlite3("SELECT count(*) FROM Project") == "100\n")
  // Everything is in the one file: it may be copied.
  let log = try? FileManager.default.attributesOfItem(atPath: ledger.file + "-wal")
  #expect(log?[.size] as? Int ?? 0 == 0)
}
