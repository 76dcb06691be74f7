import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The life of a pass over RPC.
struct PassTests {
  private static let holder = Ledger.Contact(name: "张三丰", phone: "13812341234")

  @Test func aPassIsIssuedVerifiedReplacedAndRevoked() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let rpc = Calls(client)
    for (code, name) in [("430500", "邵阳市"), ("430100", "长沙市")] { try await rpc.createRegion(code, name) }
    let start = try await rpc.revision()

    let first: Ledger.IssuePassResponse = try await client.call("/guoban.v1.PassService/IssuePass", request("issue-1"))
    let pass = try #require(first.pass)
    #expect(pass.number == "430500000001" && pass.state == .issued && first.replaced.isEmpty)
    #expect(pass.holder?.name == "张**" && pass.holder?.phone == "138****1234" && pass.holder?.sealed.isEmpty == false)
    let retried: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass", request("issue-1"))
    #expect(retried == first)
    #expect(try await rpc.revision() == start + 1)
    let reused = try await refusal {
      let other = request("issue-1", goods: "口罩")
      let _: Ledger.IssuePassResponse = try await client.call("/guoban.v1.PassService/IssuePass", other)
    }
    #expect(reused.reason(limits: .standard) == "REQUEST_ID_REUSED")

    #expect(try await verdict(client, number: pass.number) == .valid)
    #expect(try await verdict(client, number: pass.number, plate: "湘E12345") == .valid)
    #expect(try await verdict(client, plate: "湘E12345") == .valid)
    #expect(try await verdict(client, number: pass.number, plate: "湘E54321") == .wrongPlate)
    #expect(try await verdict(client, plate: "湘E54321") == .notFound)
    #expect(try await verdict(client, number: "430500000009") == .notFound)
    #expect(try await verdict(client, number: pass.number, date: "2099-10-31") == .notYetValid)
    #expect(try await verdict(client, number: pass.number, date: "2099-11-08") == .expired)

    var trial = request("issue-2")
    trial.validateOnly = true
    let tried: Ledger.IssuePassResponse = try await client.call("/guoban.v1.PassService/IssuePass", trial)
    #expect(tried.pass?.number == "430500000002" && tried.replaced == [pass.number])
    #expect(try await rpc.revision() == start + 1)
    let second: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass", request("issue-2"))
    #expect(second.pass?.number == "430500000002" && second.replaced == [pass.number])
    let secondAgain: Ledger.IssuePassResponse = try await client.call(
      "/guoban.v1.PassService/IssuePass", request("issue-2"))
    #expect(secondAgain == second)
    #expect(try await verdict(client, number: pass.number) == .replaced)
    #expect(try await verdict(client, plate: "湘E12345") == .valid)

    var revoke = Ledger.RevokePassRequest(number: "430500000002", reason: "装载与申报不符", etag: "r0")
    let stale = try await refusal { try await self.revoke(client, revoke) }
    #expect(stale.code == .aborted && stale.reason(limits: .standard) == "ETAG_MISMATCH")
    revoke.etag = second.pass?.meta?.etag ?? ""
    revoke.requestId = "revoke-1"
    let revoked = try await self.revoke(client, revoke)
    #expect(revoked.state == .revoked && revoked.revokeReason == "装载与申报不符")
    let revokedAgain = try await self.revoke(client, revoke)
    #expect(revokedAgain == revoked)
    #expect(try await verdict(client, number: "430500000002") == .revoked)
    #expect(try await rpc.revision() == start + 4)
    #expect(!daemon.text.contains("13812341234"))
    try await daemon.stop()
  }

  private func request(_ id: String, goods: String = "面粉") -> Ledger.IssuePassRequest {
    Ledger.IssuePassRequest(
      division: "430500", kind: .province, plate: "湘E12345", plateColor: .yellow, goods: goods, loadKg: 20_000,
      origin: "430500", destination: "430100", conditions: [.driverStaysInCab], validFrom: "2099-11-01",
      validUntil: "2099-11-07", holder: Self.holder, requestId: id)
  }

  private func revoke(_ client: GuobanClient, _ request: Ledger.RevokePassRequest) async throws(Status) -> Ledger.Pass {
    try await client.call("/guoban.v1.PassService/RevokePass", request)
  }

  private func verdict(
    _ client: GuobanClient, number: String = "", plate: String = "", date: String = "2099-11-03"
  ) async throws -> Ledger.PassVerdict {
    let answer: Ledger.VerifyPassResponse = try await client.call(
      "/guoban.v1.PassService/VerifyPass", Ledger.VerifyPassRequest(number: number, plate: plate, date: date))
    #expect(!answer.reason.isEmpty)
    return answer.verdict
  }
}
