import GuobanClient
import GuobanMessages
import GuobanWire

/// Records that are to be written together: new ones, and the worker's own few, which every batch of it writes again.
/// Each carries the batch's number, so that half a batch would show.
struct KillBatch: Sendable {
  /// Records that every batch of a worker writes.
  static let sharedCount = 8
  private static let recordsPerAppend = 100

  let worker: Int
  let number: Int
  let newCount: Int
  let isImport: Bool

  init(worker: Int, number: Int, isImport: Bool, _ random: inout RandomSource) {
    self.worker = worker
    self.number = number
    self.isImport = isImport
    newCount = isImport ? .random(in: 150...350, using: &random) : .random(in: 10...80, using: &random)
  }

  var size: Int { newCount + Self.sharedCount }
  var requestID: String { "worker-\(worker)-batch-\(number)" }
  var label: String { "\(worker)/\(number)" }
  var prefix: String { "K\(worker)-\(number)-" }
  static func sharedPrefix(_ worker: Int) -> String { "S\(worker)-" }

  /// What the first answer must say, but for the revision.
  func counts(revision: UInt64) -> Ledger.BatchUpsertResponse {
    let updated = number == 0 ? 0 : Self.sharedCount
    return Ledger.BatchUpsertResponse(
      created: UInt32(size - updated), updated: UInt32(updated), unchanged: 0, revision: revision)
  }

  private var records: [Ledger.Project] {
    let keys =
      (0..<newCount).map { prefix + "\(1000 + $0)" }
      + (0..<Self.sharedCount).map { Self.sharedPrefix(worker) + "\(1000 + $0)" }
    return keys.map { key in
      Ledger.Project(
        code: key, labels: ["batch": label, "size": "\(size)"], name: "\(label) 的项目 \(key)", region: "410928",
        tier: .municipal, totalInvestmentFen: 100)
    }
  }

  func send(_ client: GuobanClient) async throws(Status) -> Ledger.BatchUpsertResponse {
    guard isImport else {
      return try await client.call(
        "/guoban.v1.ProjectService/BatchUpsertProjects",
        Ledger.BatchUpsertProjectsRequest(projects: records, requestId: requestID))
    }
    let begun: Ledger.BeginImportResponse = try await client.call(
      "/guoban.v1.ImportService/BeginImport",
      Ledger.BeginImportRequest(recordType: "Project", requestId: requestID))
    let packed = records.map { $0.packed() }
    for (sequence, start) in stride(from: 0, to: packed.count, by: Self.recordsPerAppend).enumerated() {
      let part = Array(packed[start..<min(start + Self.recordsPerAppend, packed.count)])
      let appended: Ledger.AppendImportResponse = try await client.call(
        "/guoban.v1.ImportService/AppendImport",
        Ledger.AppendImportRequest(importId: begun.importId, sequence: UInt32(sequence), records: part))
      guard appended.fieldViolations.isEmpty else {
        throw Status(.internalError, english: "\(appended.fieldViolations)")
      }
    }
    return try await client.call(
      "/guoban.v1.ImportService/CommitImport", Ledger.CommitImportRequest(importId: begun.importId))
  }
}

/// One of several that send batch after batch at once, and note what was acknowledged.
struct KillWorker: Sendable {
  let id: Int
  var random: RandomSource
  /// Acknowledged, with the answers.
  var acknowledged: [(batch: KillBatch, answer: Ledger.BatchUpsertResponse)] = []
  /// Sent, and never answered.
  var pending: KillBatch?
  /// What no crash explains.
  var surprise: Status?

  private var isImporter: Bool { id % 2 == 0 }

  init(id: Int, seed: UInt64) {
    self.id = id
    random = RandomSource(seed: seed &+ UInt64(id))
  }

  /// Sends until the daemon is gone.
  func working(_ client: GuobanClient) async -> KillWorker {
    var worker = self
    do {
      while true { try await worker.sendNext(client) }
    } catch {
      if error.code != .unavailable { worker.surprise = error }
    }
    return worker
  }

  /// Sends the batch that was not answered, or else a new one.
  @discardableResult
  mutating func sendNext(_ client: GuobanClient) async throws(Status) -> Ledger.BatchUpsertResponse {
    let number = (acknowledged.last?.batch.number ?? -1) + 1
    let batch = pending ?? KillBatch(worker: id, number: number, isImport: isImporter, &random)
    pending = batch
    let answer = try await batch.send(client)
    acknowledged.append((batch, answer))
    pending = nil
    return answer
  }
}
