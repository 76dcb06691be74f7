import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Coverage as callers of different regions see it.
struct CoverageTests {
  private static let codes = ["91410928MA4000004U", "91410928MA4000012N", "91410927MA40000203"]

  private static func coverage(
    _ client: GuobanClient, _ request: Ledger.CoverageFiguresRequest
  ) async throws -> [String] {
    let answer: Ledger.CoverageFiguresResponse = try await client.call(
      "/guoban.v1.AssignmentService/CoverageFigures", request)
    return (answer.rows + [answer.total ?? .init()]).map { "\($0.region) \($0.covered)/\($0.enterprises)" }
  }

  @Test func everybodyCountsTheEnterprisesOfTheirOwnRegion() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      let scales: [Ledger.EnterpriseScale] = [.above, .below, .above]
      try await office.upsert(
        "Enterprise", "Enterprises",
        Ledger.BatchUpsertEnterprisesRequest(
          enterprises: zip(Self.codes, scales).enumerated().map { index, one in
            Ledger.Enterprise(
              uscc: one.0, name: "企业\(index)", region: index < 2 ? "410928" : "410927", scale: one.1)
          }))
      try await office.upsert(
        "Officer", "Officers",
        Ledger.BatchUpsertOfficersRequest(officers: [Ledger.Officer(id: "O-1", name: "张三", region: "410900")]))
      try await office.upsert(
        "Assignment", "Assignments",
        Ledger.BatchUpsertAssignmentsRequest(
          assignments: [0, 2].map {
            Ledger.Assignment(
              id: "A-\($0)", officer: "O-1", role: .serviceSteward, enterprise: Self.codes[$0], since: "2023-01-01")
          }))
      let all = Ledger.CoverageFiguresRequest(role: .serviceSteward)
      let above = Ledger.CoverageFiguresRequest(role: .serviceSteward, scale: .above)
      #expect(try await Self.coverage(office.client, all) == ["410927 1/1", "410928 1/2", " 2/3"])
      #expect(try await Self.coverage(office.client, above) == ["410927 1/1", "410928 1/1", " 2/2"])
      let county = try await office.caller("濮阳县", "410928")
      #expect(try await Self.coverage(county, all) == ["410928 1/2", " 1/2"])
      #expect(try await Self.coverage(county, above) == ["410928 1/1", " 1/1"])
      // Of a region above, what is their own; of another, nothing.
      var other = all
      other.region = "410900"
      #expect(try await Self.coverage(county, other) == ["410928 1/2", " 1/2"])
      other.region = "410927"
      #expect(try await Self.coverage(county, other) == [" 0/0"])
      let city = try await office.caller("濮阳市", "410900")
      #expect(try await Self.coverage(city, other) == ["410927 1/1", " 1/1"])
      other.region = "419999"
      let status = await refused { try await Self.coverage(office.client, other) }
      #expect(status?.code == .notFound)
      let roleless = await refused { try await Self.coverage(office.client, .init()) }
      #expect(roleless?.code == .invalidArgument)
    }
  }
}
