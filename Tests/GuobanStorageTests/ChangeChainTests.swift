import Foundation
import GuobanMessages
import GuobanModel
import GuobanStorage
import GuobanTestSupport
import Testing

/// Four rows: two commits of one, one of two.
private func sample() -> [Ledger.Change] {
  var chain = ChangeChain()
  return zip(1..., [1, 2, 4, 4] as [UInt64]).map { number, commit in
    var change = Ledger.Change(
      commitRevision: commit, time: Google.Timestamp(seconds: 5), actor: "clerk", operation: .create,
      recordType: "Region", key: "4109\(number)", record: [1, 2, UInt8(number)], requestId: "r", requestDigest: [9])
    chain.seal(&change)
    return change
  }
}

private func problem(_ changes: [Ledger.Change]) -> StorageError? {
  var chain = ChangeChain()
  do {
    for change in changes { try chain.verify(change) }
    try chain.finish()
    return nil
  } catch {
    return error
  }
}

@Test func sealedRowsAreIntact() {
  #expect(problem(sample()) == nil)
  #expect(sample().map(\.revision) == [1, 2, 3, 4])
  #expect(sample()[0].previousHash == [UInt8](repeating: 0, count: 32))
}

@Test func everyAlteredFieldBreaksTheChain() throws {
  let alterations: [(inout Ledger.Change) -> Void] = [
    { $0.revision += 1 }, { $0.commitRevision += 1 }, { $0.time?.seconds += 1 }, { $0.time = nil },
    { $0.actor = "other" },
    { $0.operation = .update }, { $0.recordType = "Project" }, { $0.key += "0" }, { $0.record[2] ^= 1 },
    { $0.requestId = "" }, { $0.requestDigest = [] }, { $0.previousHash[0] ^= 1 }, { $0.hash[31] ^= 1 },
  ]
  for (index, alter) in alterations.enumerated() {
    var changes = sample()
    alter(&changes[1])
    let error = try #require(problem(changes), "alteration \(index)")
    #expect(error.code == .corrupted)
    #expect(error.message.contains("revision 2") || error.message.contains("revision 3"), "\(error.message)")
  }
}

@Test func missingSwappedAndCutRowsAreFound() {
  let changes = sample()
  #expect(problem(Array(changes.dropFirst())) != nil)
  #expect(problem([changes[0], changes[2], changes[3]]) != nil)
  #expect(problem([changes[1], changes[0]]) != nil)
  #expect(problem(Array(changes.dropLast()))?.message.contains("inside the commit") == true)
  #expect(problem(Array(changes.prefix(2))) == nil)
}

@Test func chainCanBeEnteredAtAnyRow() throws {
  let changes = sample()
  for start in changes.indices {
    var chain = ChangeChain(startingAt: changes[start])
    for change in changes[start...] { try chain.verify(change) }
    try chain.finish()
    #expect(chain.headHash == changes.last?.hash)
  }
}

@Test func hashIsWhatSha256sumSays() async throws {
  let change = sample()[1]
  var unsealed = change
  unsealed.hash = []
  let run = try await ProgramRun("sha256sum", [], input: change.previousHash + unsealed.packed())
  #expect(run.text.hasPrefix(hexadecimal(change.hash)))
}
