import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// What must hold when the daemon is back after a kill.
struct KillAudit {
  let client: GuobanClient
  let context: String
  /// Batches that were written though nobody was told.
  private(set) var silent = 0
  /// Batches that left nothing.
  private(set) var lost = 0

  init(_ client: GuobanClient, context: String) {
    self.client = client
    self.context = context
  }

  /// Checks the change log from a revision that was seen before, and gives the newest.
  func revision(since known: UInt64) async throws -> UInt64 {
    let verified: Ledger.VerifyChangeLogResponse = try await client.call(
      "/guoban.v1.LedgerService/VerifyChangeLog", Ledger.VerifyChangeLogRequest(fromRevision: known))
    #expect(verified.intact, "\(context): \(verified.problem)")
    #expect(verified.revision >= known, "\(context): back from \(known) to \(verified.revision)")
    return verified.revision
  }

  /// Checks one worker's batches from the `first` acknowledged on, and sends what was not answered again.
  mutating func check(_ worker: inout KillWorker, from first: Int) async throws {
    for (batch, _) in worker.acknowledged[first...] {
      let written = try await projects(batch.prefix)
      #expect(written.count == batch.newCount, "\(context): \(batch.label) was acknowledged")
      #expect(written.allSatisfy { $0.labels == ["batch": batch.label, "size": "\(batch.size)"] }, "\(context)")
    }
    let shared = Set(try await projects(KillBatch.sharedPrefix(worker.id)).map { $0.labels["batch"] ?? "" })
    var expected = worker.acknowledged.last.map { Set([$0.batch.label]) } ?? []
    var isWritten = false
    if let pending = worker.pending {
      let count = try await projects(pending.prefix).count
      #expect(count == 0 || count == pending.newCount, "\(context): half of \(pending.label)")
      isWritten = count > 0
      if isWritten { expected = [pending.label] }
    }
    #expect(shared == expected, "\(context): worker \(worker.id)")

    if let (batch, answer) = worker.acknowledged.last {
      let before = try await revision(since: answer.revision)
      #expect(try await batch.send(client) == answer, "\(context): the first answer again for \(batch.label)")
      #expect(try await revision(since: before) == before, "\(context): \(batch.label) was written twice")
    }
    // Half of those that were not answered are sent again only under load, where the next kill may hit them again.
    if let pending = worker.pending {
      silent += isWritten ? 1 : 0
      lost += isWritten ? 0 : 1
      guard Bool.random(using: &worker.random) else { return }
      let before = try await revision(since: worker.acknowledged.last?.answer.revision ?? 1)
      let answer = try await worker.sendNext(client)
      #expect(answer == pending.counts(revision: answer.revision), "\(context): \(pending.label) again")
      let after = before + (isWritten ? 0 : UInt64(pending.size))
      #expect(try await revision(since: before) == after, "\(context): \(pending.label) has a double effect")
    }
  }

  private func projects(_ prefix: String) async throws -> [Ledger.Project] {
    let page: Ledger.ListProjectsResponse = try await client.call(
      "/guoban.v1.ProjectService/ListProjects",
      Ledger.ListRecordsRequest(pageSize: 1000, filter: "key >= \"\(prefix)\" AND key < \"\(prefix)~\""))
    #expect(page.nextPageToken.isEmpty)
    return page.projects
  }
}
