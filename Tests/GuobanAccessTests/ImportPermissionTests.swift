import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanServer
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Testing

/// An import asks for what the records that it brings need, not for a permission of its own.
@Suite(.serialized) struct ImportPermissionTests {
  @Test func eachTypeAsksForItsOwnPermission() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      for (role, duty) in duties {
        let client = try await office.client("\(role)", [.init(role)])
        for definition in RecordCatalog.all {
          let status = await outcome(client, begin, Ledger.BeginImportRequest(recordType: definition.name).packed())
          let isImportable = RecordCatalog.importable.contains { $0.name == definition.name }
          switch (duty.contains(definition.type.writePermission), isImportable) {
          case (true, true): #expect(status.code == .ok, "\(role) \(definition.name): \(status)")
          case (true, false): #expect(status.code == .invalidArgument, "\(role) \(definition.name): \(status)")
          case (false, _):
            #expect(status.reason(limits: .standard) == "PERMISSION_MISSING", "\(role) \(definition.name): \(status)")
          }
        }
        await client.shutdown()
      }
    }
  }

  /// A checkpoint meets vehicles from everywhere: what it wrote down while it was offline is about any region's passes.
  @Test func aCheckpointBringsInTripsOnPassesOfAnyRegion() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      for records in Place.stock { try office.upsert(records) }
      let gate = try await office.client("gate", [.checkpoint], region: Place.home)
      let passes = try await office.client("officer", [.passOfficer], region: Place.home)
      for place in Place.allCases {
        var trip = place.trip
        (trip.sequence, trip.place) = (0, "南门")
        #expect(try await bring("PassTrip", [trip], gate).code == .ok, "\(place)")
        // One that is there is not written over, whoever asks.
        trip = place.trip
        trip.loadKg = 99
        #expect(try await bring("PassTrip", [trip], gate).code == .invalidArgument, "\(place)")
        // Passes are their division's.
        var pass = place.pass
        pass.tags = ["改"]
        let status = try await bring("Pass", [pass], passes)
        #expect(status.code == (place.isWithin ? .ok : .permissionDenied), "\(place): \(status)")
      }
      await gate.shutdown()
      await passes.shutdown()
    }
  }

  /// An import outlives its connection, and what its owner may do is asked anew.
  @Test func whoMayNoLongerWriteCommitsNothing() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let token = try await office.grant("zhang", [.clerk])
      let clerk = try await office.client(token)
      let begun: Ledger.BeginImportResponse = try await clerk.call(
        begin, Ledger.BeginImportRequest(recordType: "Region"))
      let region = Ledger.Region(code: "410928", name: "濮阳县", kind: .county)
      let _: Ledger.AppendImportResponse = try await clerk.call(
        "/guoban.v1.ImportService/AppendImport",
        Ledger.AppendImportRequest(importId: begun.importId, records: [region.packed()]))
      let admin = try await office.admin()
      let _: Ledger.Grant = try await admin.call(
        Office.access("UpdateGrant"),
        Ledger.UpdateGrantRequest(
          grant: Ledger.Grant(name: "zhang", roles: [.viewer]), updateMask: Google.FieldMask(paths: ["roles"])))
      let viewer = try await office.client(token)
      let status = await outcome(
        viewer, "/guoban.v1.ImportService/CommitImport", Ledger.CommitImportRequest(importId: begun.importId).packed())
      #expect(status.reason(limits: .standard) == "PERMISSION_MISSING", "\(status)")
      #expect(try office.store.read { try $0.record("Region", "410928") } == nil)
      for client in [clerk, admin, viewer] { await client.shutdown() }
    }
  }

  private let begin = "/guoban.v1.ImportService/BeginImport"

  private func bring(_ type: String, _ records: [any LedgerRecord], _ client: GuobanClient) async throws -> Status {
    let begun: Ledger.BeginImportResponse = try await client.call(begin, Ledger.BeginImportRequest(recordType: type))
    let append = Ledger.AppendImportRequest(importId: begun.importId, records: records.map { $0.packed() })
    let _: Ledger.AppendImportResponse = try await client.call("/guoban.v1.ImportService/AppendImport", append)
    let status = await outcome(
      client, "/guoban.v1.ImportService/CommitImport", Ledger.CommitImportRequest(importId: begun.importId).packed())
    let abort = Ledger.AbortImportRequest(importId: begun.importId).packed()
    _ = await outcome(client, "/guoban.v1.ImportService/AbortImport", abort)
    return status
  }
}
