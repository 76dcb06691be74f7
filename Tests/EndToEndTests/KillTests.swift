import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The promise of the ledger: what was acknowledged is there, whole, whatever happens to the process.
struct KillTests {
  private static let kills = 50

  @Test(.timeLimit(.minutes(10))) func whatWasAcknowledgedSurvivesFiftyKills() async throws {
    let given = ProcessInfo.processInfo.environment["GUOBAN_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? .random(in: 1...UInt64(UInt32.max))
    print("kill -9: GUOBAN_TEST_SEED=\(seed)")
    var random = RandomSource(seed: seed)
    let place = try Workplace()
    let start = ContinuousClock.now
    var workers = (0..<4).map { KillWorker(id: $0, seed: seed) }
    var (revision, silent, lost) = (Calls.revisionAtFirst + 1, 0, 0)

    var daemon = try await Guoband(place)
    var client = try await daemon.connect()
    let region: Ledger.Region = try await client.call(
      "/guoban.v1.RegionService/CreateRegion",
      Ledger.CreateRegionRequest(region: Ledger.Region(code: "410928", name: "濮阳县", kind: .county)))
    #expect(region.meta?.revision == revision)
    for kill in 1...Self.kills {
      let first = workers.map(\.acknowledged.count)
      let moment = Duration.milliseconds(Int.random(in: 5...300, using: &random))
      workers = try await withThrowingTaskGroup(of: KillWorker.self) { group in
        for worker in workers { group.addTask { [client] in await worker.working(client) } }
        try await Task.sleep(for: moment)
        try await daemon.kill()
        return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.id < $1.id }
      }
      await client.shutdown()
      let context = "seed \(seed), kill \(kill)"
      for worker in workers { #expect(worker.surprise == nil, "\(context): \(worker.surprise?.description ?? "")") }
      let promised = workers.compactMap { $0.acknowledged.last?.answer.revision }.max() ?? 1

      daemon = try await Guoband(place)
      client = try await daemon.connect()
      var audit = KillAudit(client, context: context)
      revision = try await audit.revision(since: max(revision, promised))
      for index in workers.indices { try await audit.check(&workers[index], from: first[index]) }
      silent += audit.silent
      lost += audit.lost
      revision = try await audit.revision(since: revision)
      try await askSQLite(place, daemon, "PRAGMA integrity_check", expecting: "ok", context)
      let contiguous = "SELECT min(revision), max(revision) - count(*) FROM change_log"
      try await askSQLite(place, daemon, contiguous, expecting: "1|0", context)
    }

    for index in workers.indices where workers[index].pending != nil { try await workers[index].sendNext(client) }
    #expect(try await KillAudit(client, context: "at last").revision(since: 0) >= revision)
    let batches = workers.flatMap(\.acknowledged)
    try await askSQLite(
      place, daemon,
      """
      SELECT request_id, count(*), max(revision) - min(revision) + 1, max(revision) FROM change_log
      WHERE request_id <> '' GROUP BY request_id HAVING min(commit_revision) = max(revision) ORDER BY request_id
      """,
      expecting: batches.sorted { $0.batch.requestID < $1.batch.requestID }.map { batch, answer in
        "\(batch.requestID)|\(batch.size)|\(batch.size)|\(answer.revision)"
      }.joined(separator: "\n"), "seed \(seed)")
    print(
      "\(Self.kills) kills: \(batches.count) batches, \(revision) changes; not answered: \(silent) written, \(lost) not; "
        + "\(ContinuousClock.now - start)")
    #expect(batches.count > Self.kills)
    // Kills that hit nothing would prove nothing.
    #expect(lost > Self.kills)
    try await daemon.stop()
  }

  /// The `sqlite3` program's own opinion of the file.
  private func askSQLite(
    _ place: Workplace, _ daemon: Guoband, _ question: String, expecting answer: String, _ context: String
  ) async throws {
    let given = try await place.run(
      "/usr/bin/sqlite3", ["-readonly", "\(daemon.dataDirectory)/ledger.sqlite", question])
    #expect(given.trimmingCharacters(in: .newlines) == answer, "\(context): \(question)")
  }
}
