import GuobanAccess
import GuobanClient
import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Testing

/// What AccessService takes and refuses.
@Suite(.serialized) struct GrantTests {
  @Test func nobodyGivesMoreThanHeHas() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      try office.upsert(Place.regions)
      let home = try await office.client("home", [.admin], region: Place.home)
      let create = { (grant: Ledger.Grant) in
        await outcome(home, Office.access("CreateGrant"), Ledger.CreateGrantRequest(grant: grant).packed())
      }
      // A region's admin makes another, for the region or for less.
      #expect(await create(Ledger.Grant(name: "deputy", roles: [.admin], region: Place.home)).code == .ok)
      #expect(await create(Ledger.Grant(name: "town", roles: [.clerk], region: "410928100")).code == .ok)
      for (name, region) in [("everywhere", ""), ("city", "410900"), ("next", "410922")] {
        let status = await create(Ledger.Grant(name: name, roles: [.viewer], region: region))
        #expect(status.code == .permissionDenied && status.message.contains("home"), "\(name): \(status)")
      }
      // Nor does he make his own or another's grant wider.
      for name in ["home", "town"] {
        for region in ["", "410900"] {
          let update = Ledger.UpdateGrantRequest(
            grant: Ledger.Grant(name: name, region: region), updateMask: Google.FieldMask(paths: ["region"]))
          let status = await outcome(home, Office.access("UpdateGrant"), update.packed())
          #expect(status.code == .permissionDenied, "\(name) “\(region)”: \(status)")
        }
      }
      await home.shutdown()
    }
  }

  @Test func whatIsNotRightIsRefusedInWords() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let admin = try await office.admin()
      let good = Ledger.Grant(name: "zhang", roles: [.clerk])
      let _: Ledger.GrantWithToken = try await admin.call(
        Office.access("CreateGrant"), Ledger.CreateGrantRequest(grant: good))
      let change = { (body: (inout Ledger.Grant) -> Void) -> Ledger.Grant in
        var grant = Ledger.Grant(name: "li", roles: [.clerk])
        body(&grant)
        return grant
      }
      let cases: [(Ledger.Grant, Status.Code, String)] = [
        (good, .alreadyExists, "ALREADY_EXISTS"),
        (change { $0.name = "token" }, .invalidArgument, "GRANT_NAME_TAKEN"),
        (change { $0.name = "Token" }, .invalidArgument, "GRANT_NAME_TAKEN"),
        (change { $0.name = "daemon" }, .invalidArgument, "GRANT_NAME_TAKEN"),
        (change { $0.name = "uid:0" }, .invalidArgument, "GRANT_NAME"),
        (change { $0.name = "" }, .invalidArgument, "REQUIRED"),
        (change { $0.roles = [] }, .invalidArgument, "REQUIRED"),
        (change { $0.roles = [.init(rawValue: 99)] }, .invalidArgument, "UNKNOWN_CHOICE"),
        (change { $0.region = "410928" }, .invalidArgument, "NO_SUCH_REGION"),
        (change { $0.expireTime = Google.Timestamp(seconds: 5) }, .invalidArgument, "IN_THE_PAST"),
        (change { $0.credential = .unixUserId(0) }, .invalidArgument, "ROOT"),
        (change { $0.credential = .token(Ledger.TokenCredential(id: "x")) }, .invalidArgument, "TOKEN_GIVEN"),
      ]
      for (grant, code, reason) in cases {
        let status = await outcome(
          admin, Office.access("CreateGrant"), Ledger.CreateGrantRequest(grant: grant).packed())
        let given = status.violations(limits: .standard).first?.reason ?? status.reason(limits: .standard)
        #expect(status.code == code && given == reason, "\(reason): \(status)")
      }
      await admin.shutdown()
    }
  }

  @Test func twoGrantsForOneUserAreRefusedAndARevokedOneMakesRoom() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let admin = try await office.admin()
      let create = { (name: String) in
        let grant = Ledger.Grant(name: name, roles: [.viewer], credential: .unixUserId(1234))
        return await outcome(admin, Office.access("CreateGrant"), Ledger.CreateGrantRequest(grant: grant).packed())
      }
      #expect(await create("one").code == .ok)
      #expect(await create("two").reason(limits: .standard) == "CREDENTIAL_IN_USE")
      try await office.revoke("one")
      #expect(await create("two").code == .ok)
      let again = Ledger.RevokeGrantRequest(name: "one", reason: "x").packed()
      #expect(await outcome(admin, Office.access("RevokeGrant"), again).reason(limits: .standard) == "REVOKED")
      let rotate = Ledger.RotateTokenRequest(name: "two").packed()
      #expect(await outcome(admin, Office.access("RotateToken"), rotate).reason(limits: .standard) == "NOT_A_TOKEN")
      await admin.shutdown()
    }
  }

  @Test func onlyWhoManagesAccessReadsGrantsHoweverHeAsks() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let clerk = try await office.client("clerk", [.clerk, .operator, .auditor])
      let list = await outcome(clerk, Office.access("ListGrants"), [])
      #expect(list.code == .permissionDenied)
      let export = try await refusal {
        let stream = try clerk.stream(
          "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: "Grant"), as: Ledger.ExportResponse.self)
        for try await _ in stream {}
      }
      #expect(export.code == .invalidArgument && !export.message.contains("、Grant"), "\(export)")
      await clerk.shutdown()
    }
  }
}
