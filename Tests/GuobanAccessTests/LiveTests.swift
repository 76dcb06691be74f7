import Foundation
import GuobanAccess
import GuobanArchive
import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Testing

/// Grants over time: on live connections, over restarts, through snapshots.
@Suite(.serialized) struct LiveTests {
  /// A stream that stays open as long as it is let.
  private func watch(_ client: GuobanClient) async throws
    -> AsyncThrowingMapSequence<ServerStream, Health.HealthCheckResponse>.AsyncIterator
  {
    var iterator = try client.stream(
      "/grpc.health.v1.Health/Watch", Health.HealthCheckRequest(), as: Health.HealthCheckResponse.self
    ).makeAsyncIterator()
    _ = try #require(try await iterator.next())
    return iterator
  }

  /// Waits until the stream ends, and gives the reason and how long it took.
  private func end(
    _ stream: AsyncThrowingMapSequence<ServerStream, Health.HealthCheckResponse>.AsyncIterator
  ) async throws -> (Status, Duration) {
    var stream = stream
    let start = ContinuousClock.now
    let status = try await refusal { while try await stream.next() != nil {} }
    return (status, ContinuousClock.now - start)
  }

  @Test(.timeLimit(.minutes(1))) func whoIsRevokedIsGoneWithinASecond() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let token = try await office.grant("zhang", [.clerk])
      let client = try await office.client(token)
      let other = try await office.client("other", [.clerk])
      let stream = try await watch(client)
      let start = ContinuousClock.now
      try await office.revoke("zhang")
      // At once for whoever comes: the grant is over before RevokeGrant is answered.
      let late = try await refusal { try await office.client(token) }
      #expect(late.code == .unauthenticated)
      let (status, _) = try await end(stream)
      let took = ContinuousClock.now - start
      print("revoked stream ended after \(took)")
      #expect(took < .seconds(5))
      #expect(status.code == .unauthenticated, "\(status)")
      #expect(status.message.contains("zhang") && status.englishMessage.contains("revoked"), "\(status)")
      #expect(await outcome(other, Office.access("WhoAmI"), []).code == .ok)
      await other.shutdown()
      await client.shutdown()
    }
  }

  @Test(.timeLimit(.minutes(1))) func whoseTimeIsOverIsGone() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let token = try await office.grant("brief", [.viewer], expireSecond: Office.now() + 3)
      let client = try await office.client(token)
      let (status, took) = try await end(try await watch(client))
      print("expired stream ended after \(took)")
      #expect(status.code == .unauthenticated && status.englishMessage.contains("expired"), "\(status)")
      #expect(try await refusal { try await office.client(token) }.code == .unauthenticated)
      await client.shutdown()
    }
  }

  @Test(.timeLimit(.minutes(1))) func whoIsChangedComesBackAsSomebodyElse() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      try office.upsert(Place.regions)
      let token = try await office.grant("zhang", [.clerk])
      let client = try await office.client(token)
      let stream = try await watch(client)
      let admin = try await office.admin()
      let _: Ledger.Grant = try await admin.call(
        Office.access("UpdateGrant"),
        Ledger.UpdateGrantRequest(
          grant: Ledger.Grant(name: "zhang", roles: [.viewer], region: Place.home),
          updateMask: Google.FieldMask(paths: ["roles", "region"])))
      let (status, _) = try await end(stream)
      #expect(status.code == .unauthenticated && status.englishMessage.contains("changed"), "\(status)")
      let again = try await office.client(token)
      let who: Ledger.WhoAmIResponse = try await again.call(Office.access("WhoAmI"), Ledger.WhoAmIRequest())
      #expect(who.name == "zhang" && who.roles == [.viewer] && who.region == Place.home)
      #expect(who.permissions == [.connect, .readRecords])
      for client in [client, admin, again] { await client.shutdown() }
    }
  }

  @Test func aTokenIsToldOnceAndKeptNowhere() async throws {
    let folder = try TemporaryFolder()
    let token = try await Office.with(folder) { office in
      let admin = try await office.admin()
      let request = Ledger.CreateGrantRequest(grant: Ledger.Grant(name: "gate", roles: [.checkpoint]), requestId: "r1")
      let made: Ledger.GrantWithToken = try await admin.call(Office.access("CreateGrant"), request)
      let again: Ledger.GrantWithToken = try await admin.call(Office.access("CreateGrant"), request)
      #expect(!made.token.isEmpty && again.token.isEmpty && again.grant == made.grant)
      let rotated: Ledger.GrantWithToken = try await admin.call(
        Office.access("RotateToken"), Ledger.RotateTokenRequest(name: "gate"))
      #expect(try await refusal { try await office.client(made.token) }.code == .unauthenticated)
      try await office.client(rotated.token).shutdown()
      await admin.shutdown()
      return rotated.token
    }
    let secret = try #require(token.split(separator: "_").last)
    for name in try folder.names("data") {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/data/\(name)")))
      #expect(!contains(bytes, Array(secret.utf8)), "\(name)")
    }
  }

  @Test func grantsOutliveARestartAndASnapshot() async throws {
    let folder = try TemporaryFolder()
    var tokens: [String] = []
    try await Office.with(folder) { office in
      try office.upsert(Place.regions)
      tokens = [try await office.grant("kept", [.clerk], region: Place.home), try await office.grant("gone", [.clerk])]
      try await office.revoke("gone")
      let admin = try await office.admin()
      let _: Ledger.Snapshot = try await admin.call(
        "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest())
      await admin.shutdown()
    }
    let check = { (office: Office) async throws in
      let kept = try await office.client(tokens[0])
      #expect(kept.hello.principal == "kept")
      let region = await outcome(
        kept, "/guoban.v1.EnterpriseService/CreateEnterprise",
        Ledger.RawCreateRequest(record: Place.sibling.record("Enterprise", 5).packed()).packed())
      #expect(region.code == .permissionDenied)
      #expect(try await refusal { try await office.client(tokens[1]) }.code == .unauthenticated)
      await kept.shutdown()
    }
    try await Office.with(folder) { try await check($0) }

    let restored = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: restored.path + "/data", withIntermediateDirectories: true)
    let store = try Office.open(restored.path + "/data")
    let id = try #require(try SnapshotCatalog(path: folder.path + "/snapshots", limits: ArchiveLimits()).newestID())
    _ = try SnapshotRestorer(directory: folder.path + "/snapshots", limits: ArchiveLimits()).restore(
      id, prepare: { store },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
    try store.close()
    try await Office.with(restored) { try await check($0) }
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...(bytes.count - part.count)).contains {
      bytes[$0] == part[0] && bytes[$0..<($0 + part.count)].elementsEqual(part)
    }
  }
}
