import Foundation
import Testing

/// Random histories of the ledger's operations against a plain model of it, through a real daemon that is killed again and
/// again while months go by: every answer, every record, every figure and the whole log agree.
struct ModelCheckTests {
  @Test(.timeLimit(.minutes(10))) func randomHistoriesAgreeWithTheModelWhateverIsKilled() async throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["GUOBAN_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...UInt64(UInt32.max))
    let rounds = environment["GUOBAN_MODEL_ROUNDS"].flatMap { Int($0) } ?? 12
    print("model check: GUOBAN_TEST_SEED=\(seed)")
    var run = try await ModelRun(seed: seed)
    for round in 1...rounds { try await run.round(round) }
    let counts = run.counts
    print(
      "model check: \(counts), \(rounds) kills; \(run.model.revision) changes, from \(run.model.oldest) on still there")
    #expect(counts.done > rounds * 10 && counts.refused > rounds)
    try await run.end()
  }
}
