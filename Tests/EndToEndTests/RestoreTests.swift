import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The ledger read as streams, taken as a snapshot, and served again from another directory.
struct RestoreTests {
  private static let count = 3000

  @Test func aRestoredLedgerIsServedByASecondDaemon() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let rpc = Calls(client)
    try await rpc.createRegion("410928", "濮阳县")
    for part in 0..<3 { try await rpc.upsert(Calls.projects(Self.count / 3, prefix: "P\(part)")) }
    var changed = Calls.projects(500, prefix: "P1")
    for index in changed.indices { changed[index].supervised = true }
    #expect(try await rpc.upsert(changed).updated == 500)
    let _: Ledger.DeleteRecordResponse = try await client.call(
      "/guoban.v1.ProjectService/DeleteProject", Ledger.DeleteRecordRequest(key: "P2-1000"))
    let pass: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass",
      Ledger.IssuePassRequest(
        division: "410928", kind: .city, plate: "豫J12345", plateColor: .blue, goods: "面粉", loadKg: 1000,
        origin: "410928", destination: "410928",
        holder: Ledger.Contact(name: "李四", phone: "13900001111")))

    let digest = try await rpc.digest()
    // The first two say which keys the daemon made.
    #expect(digest.revision == UInt64(2 + 1 + Self.count + 500 + 1 + 1))
    let exported = try await export(client)
    #expect(exported.count == Self.count - 1)
    #expect(exported.map(\.code) == exported.map(\.code).sorted())
    #expect(exported.count { $0.supervised } == 500)
    let changes = try await changeLog(client)
    #expect(changes.map(\.revision) == Array(1...digest.revision))
    #expect(changes.last?.hash == digest.headHash)
    #expect(changes.count { $0.operation == .delete } == 1)

    let snapshot: Ledger.Snapshot = try await client.call(
      "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest(), timeout: .seconds(60),
      metadata: ["request-id": "monday-7"])
    #expect(daemon.text.split(separator: "\n").contains { $0.contains("snapshot taken") && $0.contains("monday-7") })
    #expect(snapshot.revision == digest.revision && snapshot.changeCount == digest.revision)
    // What comes later is not in the snapshot.
    try await rpc.upsert(Calls.projects(1, prefix: "LATE"))
    try await place.run(
      "guobanctl",
      ["snapshot", "restore", snapshot.id, "--into", "\(place.path)/restored", "--data-dir", daemon.dataDirectory])
    try await place.run("/usr/bin/zstd", ["--test", snapshot.path])

    let second = try await Guoband(place, data: "restored")
    let other = try await second.connect()
    #expect(try await Calls(other).digest() == digest)
    #expect(try await rpc.digest() != digest)
    #expect(try await export(other) == exported)
    #expect(try await changeLog(other) == changes)
    let verified: Ledger.VerifyChangeLogResponse = try await other.call(
      "/guoban.v1.LedgerService/VerifyChangeLog", Ledger.VerifyChangeLogRequest())
    #expect(verified.intact && verified.checked == digest.revision)
    let verdict: Ledger.VerifyPassResponse = try await other.call(
      "/guoban.v1.PassService/VerifyPass", Ledger.VerifyPassRequest(plate: "豫J12345"))
    #expect(verdict.verdict == .valid && verdict.pass == pass.pass)
    let keys = [daemon, second].map { FileManager.default.contents(atPath: $0.dataDirectory + "-keys/personal.keys") }
    #expect(keys[0] != nil && keys[0] == keys[1])
    // The second ledger goes on from there, and opens what the first sealed.
    let revealed: Ledger.RevealPersonalDataResponse = try await other.call(
      "/guoban.v1.PersonalDataService/RevealPersonalData",
      Ledger.RevealPersonalDataRequest(recordType: "Pass", key: pass.pass?.number ?? "", reason: "核对恢复"))
    #expect(revealed.contacts.first?.contact == Ledger.Contact(name: "李四", phone: "13900001111"))
    try await Calls(other).createRegion("410923", "南乐县")
    #expect(try await Calls(other).revision() == digest.revision + 2)
    try await daemon.stop()
    try await second.stop()
  }

  private func export(_ client: GuobanClient) async throws -> [Ledger.Project] {
    var projects: [Ledger.Project] = []
    let stream: AsyncThrowingMapSequence<ServerStream, Ledger.ExportResponse> = try client.stream(
      "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: "Project"))
    for try await part in stream {
      projects += try part.records.map { try Ledger.Project(packed: $0, limits: .standard) }
    }
    return projects
  }

  private func changeLog(_ client: GuobanClient) async throws -> [Ledger.Change] {
    var changes: [Ledger.Change] = []
    let stream: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try client.stream(
      "/guoban.v1.LedgerService/ReadChangeLog", Ledger.ReadChangeLogRequest())
    for try await part in stream { changes += part.changes }
    return changes
  }
}
