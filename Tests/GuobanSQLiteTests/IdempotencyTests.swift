import GuobanMessages
import GuobanStorage
import Synchronization
import Testing

@testable import GuobanSQLite

@Test func repeatedRequestGetsTheFirstAnswerAndDoesNotRun() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "before"))
  let runs = Atomic(0)
  let body: @Sendable (any LedgerWriter) throws -> Void = { writer in
    runs.add(1, ordering: .relaxed)
    try writer.put(Item(key: "a").stored, operation: .create)
    try writer.put(Item(key: "b").stored, operation: .create)
  }
  let first = try ledger.write(id: "r", digest: [1], body)
  try ledger.put(Item(key: "after"))
  for _ in 0..<2 {
    let again = try ledger.write(id: "r", digest: [1], body)
    #expect(again.replayed)
    #expect(again.changes == first.changes)
    #expect(again.changes.map(\.key) == ["a", "b"])
    #expect(again.revision == 3)
    try ledger.reopen()
  }
  #expect(runs.load(ordering: .relaxed) == 1)
  #expect(ledger.store.revision == 4)
}

@Test func aRequestThatChangedNothingIsNotDoneOnceMoreLater() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a", name: "一"))
  let body: @Sendable (any LedgerWriter) throws -> Void = { writer in
    writer.rememberRequest()
    if try writer.record("Project", "a") != Item(key: "a", name: "一").bytes {
      try writer.put(Item(key: "a", name: "一").stored, operation: .update)
    }
  }
  let first = try ledger.write(id: "r", digest: [1], body)
  #expect(first.changes.isEmpty && !first.replayed && first.revision == 1)
  try ledger.write { try $0.put(Item(key: "a", name: "二").stored, operation: .update) }
  try ledger.reopen()
  let again = try ledger.write(id: "r", digest: [1], body)
  #expect(again.replayed && again.changes.isEmpty && again.revision == 1)
  #expect(try ledger.store.read { try $0.record("Project", "a") } == Item(key: "a", name: "二").bytes)
  let other = #expect(throws: StorageError.self) { try ledger.write(id: "r", digest: [2], body) }
  #expect(other?.code == .requestIDReused)
  // Many at once: one of them is done.
  let request = WriteRequest(
    actor: "c", requestID: "same", requestDigest: [7], admit: {}, body: { $0.rememberRequest() })
  let outcomes = try ledger.submit(Array(repeating: request, count: 20)).map { try $0.get() }
  #expect(outcomes.filter { !$0.replayed }.count == 1)
  // A compacted log knows them no more.
  _ = try ledger.store.compact(through: 2) {}
  #expect(try !ledger.write(id: "r", digest: [2]) { $0.rememberRequest() }.replayed)
}

@Test func repeatsWithinOneGroupRunOnce() throws {
  let ledger = try TemporaryLedger()
  let request = WriteRequest(
    actor: "c", requestID: "same", requestDigest: [7], admit: {},
    body: { try $0.put(Item(key: "a").stored, operation: .create) })
  let outcomes = try ledger.submit(Array(repeating: request, count: 20)).map { try $0.get() }
  #expect(outcomes.filter { !$0.replayed }.count == 1)
  #expect(ledger.store.revision == 1)
}

@Test func reusedRequestIDIsRefused() throws {
  let ledger = try TemporaryLedger()
  try ledger.write(id: "r", digest: [1]) { try $0.put(Item(key: "a").stored, operation: .create) }
  let error = #expect(throws: StorageError.self) {
    try ledger.write(id: "r", digest: [2]) { try $0.put(Item(key: "b").stored, operation: .create) }
  }
  #expect(error?.code == .requestIDReused)
  #expect(error?.message.contains("“r”") == true)
  // Another actor's ids are its own.
  try ledger.write(id: "r", digest: [2], actor: "other") { try $0.put(Item(key: "b").stored, operation: .create) }
  #expect(ledger.store.revision == 2)
}

@Test func failedRequestMayBeTriedAgainUnderItsID() throws {
  struct Refusal: Error {}
  let ledger = try TemporaryLedger()
  #expect(throws: Refusal.self) {
    try ledger.write(id: "r", digest: [1]) { writer in
      try writer.put(Item(key: "a").stored, operation: .create)
      throw Refusal()
    }
  }
  let second = try ledger.write(id: "r", digest: [1]) { try $0.put(Item(key: "a").stored, operation: .create) }
  #expect(!second.replayed)
}
