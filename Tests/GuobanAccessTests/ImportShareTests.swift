import GuobanClient
import GuobanMessages
import GuobanServer
import GuobanTestSupport
import GuobanWire
import Testing

/// What is open of imports is shared out: one principal cannot keep the others from importing.
struct ImportShareTests {
  @Test func whoTakesAllHisImportsLeavesRoomForOthers() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let greedy = try await office.client("greedy", [.clerk])
      let other = try await office.client("other", [.clerk])
      let begin = Ledger.BeginImportRequest(recordType: "Project")
      var ids: [String] = []
      for _ in 0..<ServiceLimits().importsPerOwnerMax {
        let begun: Ledger.BeginImportResponse = try await greedy.call(Self.method("BeginImport"), begin)
        ids.append(begun.importId)
      }
      let refused = await outcome(greedy, Self.method("BeginImport"), begin.packed())
      #expect(refused.code == .resourceExhausted && refused.reason(limits: .standard) == "TOO_MANY_IMPORTS")
      #expect(await outcome(other, Self.method("BeginImport"), begin.packed()).code == .ok)

      let abort = Ledger.AbortImportRequest(importId: ids[0]).packed()
      // Another's import is not there to be dropped.
      #expect(await outcome(other, Self.method("AbortImport"), abort).code == .ok)
      #expect(await outcome(greedy, Self.method("BeginImport"), begin.packed()).code == .resourceExhausted)
      #expect(await outcome(greedy, Self.method("AbortImport"), abort).code == .ok)
      #expect(await outcome(greedy, Self.method("BeginImport"), begin.packed()).code == .ok)
      await greedy.shutdown()
      await other.shutdown()
    }
  }

  @Test func bytesAreSharedOutAndComeBack() async throws {
    var limits = ServiceLimits()
    limits.importsPerOwnerBytesMax = 64
    limits.importsBytesMax = 96
    try await Office.with(try TemporaryFolder(), limits: limits) { office in
      let greedy = try await office.client("greedy", [.clerk])
      let other = try await office.client("other", [.clerk])
      let full = await append(40, greedy).status
      #expect(full.code == .ok, "\(full)")
      let second = await append(40, greedy)
      #expect(second.status.reason(limits: .standard) == "IMPORTS_FULL", "\(second.status)")
      let theirs = await append(40, other)
      #expect(theirs.status.code == .ok, "\(theirs.status)")
      // Together they are at 80 of 96.
      #expect(await append(20, other).status.reason(limits: .standard) == "IMPORTS_FULL")
      let abort = Ledger.AbortImportRequest(importId: theirs.id).packed()
      #expect(await outcome(other, Self.method("AbortImport"), abort).code == .ok)
      #expect(await append(20, greedy).status.code == .ok)
      await greedy.shutdown()
      await other.shutdown()
    }
  }

  /// Opens an import and sends one record of so many bytes, which need not be sound.
  private func append(_ bytes: Int, _ client: GuobanClient) async -> (id: String, status: Status) {
    do throws(Status) {
      let begun: Ledger.BeginImportResponse = try await client.call(
        Self.method("BeginImport"), Ledger.BeginImportRequest(recordType: "Project"))
      let request = Ledger.AppendImportRequest(
        importId: begun.importId, records: [[UInt8](repeating: 0xFF, count: bytes)])
      return (begun.importId, await outcome(client, Self.method("AppendImport"), request.packed()))
    } catch {
      return ("", error)
    }
  }

  private static func method(_ name: String) -> String { "/guoban.v1.ImportService/\(name)" }
}
