import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// What every record service promises its callers.
struct RecordTests {
  @Test func writesAreWholeGuardedAndMayBeTried() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let rpc = Calls(client)
    try await rpc.createRegion("410928", "濮阳县")
    let start = try await rpc.revision()

    let tried = try await rpc.upsert(Calls.projects(3), requestID: "batch", validateOnly: true)
    #expect(tried.created == 3)
    #expect(try await rpc.revision() == start)
    let done = try await rpc.upsert(Calls.projects(3), requestID: "batch")
    #expect(done == Ledger.BatchUpsertResponse(created: 3, revision: start + 3))
    #expect(try await rpc.upsert(Calls.projects(3), requestID: "batch") == done)
    #expect(try await rpc.upsert(Calls.projects(3)) == Ledger.BatchUpsertResponse(unchanged: 3, revision: start + 3))

    var bad = Calls.projects(5, prefix: "Q")
    bad[3].tier = .unspecified
    bad[4].region = "410999"
    let refused = try await refusal { try await rpc.upsert(bad) }
    #expect(refused.code == .invalidArgument)
    #expect(refused.violations(limits: .standard).map(\.field) == ["projects[3].tier"])
    bad[3].tier = .county
    let dangling = try await refusal { try await rpc.upsert(bad) }
    #expect(dangling.violations(limits: .standard).map(\.field) == ["projects[4].region"], "\(dangling)")
    #expect(try await rpc.revision() == start + 3)

    var project: Ledger.Project = try await client.call(
      "/guoban.v1.ProjectService/GetProject", Ledger.GetRecordRequest(key: "P-1000"))
    let etag = try #require(project.meta?.etag)
    project.name = "改名"
    let renamed = try await update(client, project, etag: etag)
    #expect(renamed.name == "改名" && renamed.meta?.etag != etag)
    project.name = "又改名"
    let stale = try await refusal {
      try await update(client, project, etag: etag)
    }
    #expect(stale.code == .aborted && stale.reason(limits: .standard) == "ETAG_MISMATCH")
    #expect(try await rpc.list(Ledger.ListRecordsRequest(filter: "name = \"改名\"")).projects == [renamed])
    #expect(try await rpc.revision() == start + 4)

    for method in ["/guoban.v1.ProjectService/DropProjects", "/guoban.v1.NoService/Get"] {
      let unknown = try await refusal { try await client.call(method, message: []) }
      #expect(unknown.code == .unimplemented)
    }
    try await daemon.stop()
  }

  @Test func pageTokensWalkTheWholeListAndNoOther() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let rpc = Calls(try await daemon.connect())
    try await rpc.createRegion("410928", "濮阳县")
    try await rpc.upsert(Calls.projects(250))
    var (keys, sizes, token) = ([String](), [Int](), "")
    repeat {
      let page = try await rpc.list(Ledger.ListRecordsRequest(pageSize: 60, pageToken: token))
      keys += page.projects.map(\.code)
      sizes.append(page.projects.count)
      token = page.nextPageToken
    } while !token.isEmpty && sizes.count < 10
    #expect(sizes == [60, 60, 60, 60, 10])
    #expect(keys == Calls.projects(250).map(\.code))

    let filter = "tier = \"COUNTY\""
    let county = try await rpc.list(Ledger.ListRecordsRequest(pageSize: 100, filter: filter))
    #expect(county.projects.count == 100 && county.projects.allSatisfy { $0.tier == .county })
    let rest = try await rpc.list(
      Ledger.ListRecordsRequest(pageSize: 100, pageToken: county.nextPageToken, filter: filter))
    #expect(rest.projects.count == 25 && rest.nextPageToken.isEmpty)
    let token2 = county.nextPageToken
    for wrong in [
      Ledger.ListRecordsRequest(pageSize: 10, pageToken: token2),
      Ledger.ListRecordsRequest(pageSize: 10, pageToken: token2, filter: "tier = \"MUNICIPAL\""),
      Ledger.ListRecordsRequest(pageToken: "AAAA"),
      Ledger.ListRecordsRequest(pageSize: -1),
      Ledger.ListRecordsRequest(filter: "colour = \"red\""),
    ] {
      let refused = try await refusal { try await rpc.list(wrong) }
      #expect(refused.code == .invalidArgument, "\(wrong)")
    }
    #expect(try await rpc.list(Ledger.ListRecordsRequest()).projects.count == 100)
    #expect(try await rpc.list(Ledger.ListRecordsRequest(pageSize: .max)).projects.count == 250)
    try await daemon.stop()
  }

  private func update(
    _ client: GuobanClient, _ project: Ledger.Project, etag: String
  ) async throws(Status) -> Ledger.Project {
    try await client.call(
      "/guoban.v1.ProjectService/UpdateProject", Ledger.UpdateProjectRequest(project: project, etag: etag))
  }
}
