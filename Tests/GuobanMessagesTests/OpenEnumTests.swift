import GuobanMessages
import Testing

@Suite struct OpenEnumTests {
  @Test func namesAreShort() {
    #expect(Ledger.ProjectTier.provincial.name == "PROVINCIAL")
    #expect(Ledger.ProjectTier.sangaoSixin.rawValue == 3)
    #expect(Ledger.Finality.final.name == "FINAL")
    #expect(Health.HealthCheckResponse.ServingStatus.notServing.name == "NOT_SERVING")
    #expect("\(Ledger.PassState.replaced)" == "REPLACED")
  }

  @Test func aNumberThisVersionDoesNotKnowIsKept() throws {
    let pass = Ledger.Pass(kind: .init(rawValue: 77), conditions: [.escort, .init(rawValue: -3)])
    #expect(pass.kind.name == "77")
    #expect(pass.kind.knownName == nil)
    #expect(try Ledger.Pass(packed: pass.packed(), limits: .standard) == pass)
  }

  @Test func aValueIsFoundByItsShortOrFullName() {
    #expect(Ledger.ProjectTier(name: "PROVINCIAL") == .provincial)
    #expect(Ledger.ProjectTier(name: "PROJECT_TIER_PROVINCIAL") == .provincial)
    #expect(Ledger.ProjectTier(name: "provincial") == nil)
    #expect(Ledger.ProjectTier(name: "") == nil)
    #expect(Ledger.ProjectTier(name: "1") == nil)
    #expect(
      Ledger.ProjectTier.allCases.map(\.name) == ["UNSPECIFIED", "PROVINCIAL", "MUNICIPAL", "SANGAO_SIXIN", "COUNTY"])
  }
}
