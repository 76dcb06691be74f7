import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanServer
import GuobanTestSupport
import GuobanWire
import Testing

/// How long a pass may be good does not hang on the way that it comes in.
struct PassImportTests {
  private static let first = "2026-06-01"
  /// Thirty days, first and last among them, and one more.
  private static let (last, late) = ("2026-06-30", "2026-07-01")

  @Test func aTableIsHeldToTheDaysOfAPassThatIsIssued() async throws {
    var limits = ServiceLimits()
    limits.recordBounds.passValidDaysMax = 30
    try await Office.with(try TemporaryFolder(), limits: limits) { office in
      try office.upsert([Ledger.Region(code: "410928", name: "濮阳县", kind: .county)])
      let client = try await office.client("desk", [.passOfficer])
      let issued = try await refusal {
        try await client.call(
          "/guoban.v1.PassService/IssuePass",
          message: Ledger.IssuePassRequest(
            division: "410928", kind: .city, plate: "豫J12345", goods: "米", origin: "410928", destination: "410928",
            validFrom: Self.first, validUntil: Self.late
          ).packed())
      }
      let rule = try #require(issued.violations(limits: .standard).first)
      #expect(
        rule.field == "valid_until" && rule.reason == "TOO_LONG_VALID" && rule.description.contains("31 天，最多 30 天"))

      let table = [Self.pass(1, until: Self.last), Self.pass(2, until: Self.late)]
      let upserted = try await refusal {
        try await client.call(
          "/guoban.v1.PassService/BatchUpsertPasses",
          message: Ledger.BatchUpsertPassesRequest(passes: table).packed())
      }
      let said = upserted.violations(limits: .standard)
      #expect(said.map { "\($0.field) \($0.reason)" } == ["passes[1].valid_until TOO_LONG_VALID"])
      #expect(said.map(\.description) == [rule.description])

      let begun: Ledger.BeginImportResponse = try await client.call(
        Self.method("BeginImport"), Ledger.BeginImportRequest(recordType: "Pass"))
      let appended: Ledger.AppendImportResponse = try await client.call(
        Self.method("AppendImport"),
        Ledger.AppendImportRequest(importId: begun.importId, records: table.map { $0.packed() }))
      let found = appended.fieldViolations
      #expect(found.map { "\($0.field) \($0.reason)" } == ["records[1].valid_until TOO_LONG_VALID"])
      #expect(found.allSatisfy { $0.description.contains(Self.late) && $0.description.contains("31 天，最多 30 天") })
      let committed = await outcome(
        client, Self.method("CommitImport"), Ledger.CommitImportRequest(importId: begun.importId).packed())
      #expect(committed.code == .invalidArgument, "\(committed)")

      let counts: Ledger.BatchUpsertResponse = try await client.call(
        "/guoban.v1.PassService/BatchUpsertPasses", Ledger.BatchUpsertPassesRequest(passes: [table[0]]))
      #expect(counts.created == 1)
      await client.shutdown()
    }
  }

  private static func pass(_ sequence: Int, until: String) -> Ledger.Pass {
    Ledger.Pass(
      number: "41092800000\(sequence)", kind: .city, plate: "豫J1234\(sequence)", goods: "米", origin: "410928",
      destination: "410928", validFrom: first, validUntil: until, state: .issued)
  }

  private static func method(_ name: String) -> String { "/guoban.v1.ImportService/\(name)" }
}
