import Foundation
import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanSQLite

private let schema = RecordSchema(name: "Item", columns: [ColumnSchema("batch", .integer)], indexes: [["batch"]])
private let batchSize = 7

/// Kills a program that writes batches, at random moments, again and again on one directory.
@Test func everyAcknowledgedBatchSurvivesAKillAndNoBatchIsHalf() async throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var random = seed
  let directory = FileManager.default.temporaryDirectory.appending(path: "crash-\(UUID())").path
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  var acknowledged: Set<Int> = []
  var next = 0
  var chain = ChangeChain()
  for kill in 0..<50 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let started = try writeAndKill(directory, from: next, afterMilliseconds: Int(random >> 33) % 120)
    acknowledged.formUnion(started)
    let check = try await ProgramRun("sqlite3", [directory + "/ledger.sqlite", "PRAGMA quick_check"])
    #expect(check.text == "ok\n", "kill \(kill)")
    let batches = try inspect(directory, &chain)
    #expect(acknowledged.isSubset(of: batches.keys), "kill \(kill)")
    #expect(batches.values.allSatisfy { $0 == batchSize }, "kill \(kill)")
    next = (batches.keys.max() ?? -1) + 1
  }
  print("\(acknowledged.count) batches acknowledged, \(chain.revision) rows")
  #expect(acknowledged.count > 100)
}

/// Runs the writer, kills it, and returns what it said was acknowledged.
private func writeAndKill(_ directory: String, from first: Int, afterMilliseconds delay: Int) throws -> Set<Int> {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "guoban-storage-crash")
  process.arguments = [directory, String(first)]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  // The first line says that the store is open; opening itself is killed too, every now and then.
  let head = delay % 10 == 0 ? Data() : output.fileHandleForReading.availableData
  usleep(UInt32(delay) * 1000)
  kill(process.processIdentifier, SIGKILL)
  let text = String(decoding: head + output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationReason == .uncaughtSignal)
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
  return Set(lines.compactMap { Int($0) })
}

/// Opens the ledger, which checks it, walks the log since the last time, and counts the records of each batch.
private func inspect(_ directory: String, _ chain: inout ChangeChain) throws -> [Int: Int] {
  let store = try TemporaryLedger.open(directory, schemas: [schema])
  defer { try? store.close() }
  return try store.read { reader in
    while true {
      let changes = try reader.changes(after: chain.revision, limit: 1000)
      if changes.isEmpty { break }
      for change in changes { try chain.verify(change) }
    }
    try chain.finish()
    #expect(chain.headHash == (try reader.headHash))
    let groups = try reader.group(
      GroupQuery(source: "Item", filter: nil, groupBy: ["batch"], measures: [.count], rowsMax: 1_000_000))
    var batches: [Int: Int] = [:]
    for (batch, count) in zip(groups.columns[0], groups.columns[1]) {
      if case .integer(let batch) = batch, case .integer(let count) = count { batches[Int(batch)] = Int(count) }
    }
    return batches
  }
}
