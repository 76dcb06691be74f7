import GuobanClient
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Synchronization
import Testing

/// What was sent for an import is there until it is on disk.
struct ImportRetryTests {
  @Test func anImportWhoseGroupFailedIsCommittedAgain() async throws {
    let breaks = Breaks()
    try await Office.with(try TemporaryFolder(), through: { BreakingStore(base: $0, breaks: breaks) }) { office in
      let client = try await office.admin()
      let service = "/guoban.v1.ImportService"
      let begun: Ledger.BeginImportResponse = try await client.call(
        "\(service)/BeginImport", Ledger.BeginImportRequest(recordType: "Region"))
      let region = Ledger.Region(code: "410928", name: "濮阳县", kind: .county)
      let _: Ledger.AppendImportResponse = try await client.call(
        "\(service)/AppendImport", Ledger.AppendImportRequest(importId: begun.importId, records: [region.packed()]))
      let commit = Ledger.CommitImportRequest(importId: begun.importId)
      breaks.next()
      let lost = await outcome(client, "\(service)/CommitImport", commit.packed())
      #expect(lost.code != .ok && lost.reason(limits: .standard) != "NO_SUCH_IMPORT", "\(lost)")
      #expect(try office.store.read { try $0.record("Region", "410928") } == nil)
      let done: Ledger.BatchUpsertResponse = try await client.call("\(service)/CommitImport", commit)
      #expect(done.created == 1)
      let again = await outcome(client, "\(service)/CommitImport", commit.packed())
      #expect(again.reason(limits: .standard) == "NO_SUCH_IMPORT", "\(again)")
      await client.shutdown()
    }
  }
}

/// Says which write breaks.
final class Breaks: Sendable {
  private let isNext = Mutex(false)

  func next() { isNext.withLock { $0 = true } }

  func take() -> Bool {
    isNext.withLock { isNext in
      defer { isNext = false }
      return isNext
    }
  }
}

/// A store whose disk is full once a request has run.
private struct BreakingStore: LedgerStore {
  let base: any LedgerStore
  let breaks: Breaks

  var schemas: [RecordSchema] { base.schemas }
  var revision: UInt64 { base.revision }

  func cached(_ type: String, _ key: String) -> [UInt8]? { base.cached(type, key) }

  func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try base.read(isCancelled: isCancelled, body)
  }

  func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {
    var write = write
    if breaks.take() {
      write = write.with { [body = write.body] writer in
        try body(writer)
        throw StorageError(.diskFull, "the disk is full")
      }
    }
    base.submit(write, completion: completion)
  }

  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 { base.onCommit(listener) }

  func load(_ next: () throws -> LoadItem?) throws { try base.load(next) }

  func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64 {
    try base.compact(through: revision, checkCancellation: checkCancellation)
  }

  func close() throws { try base.close() }
}
