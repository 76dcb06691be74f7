import GuobanAccess
import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanServer

/// What the table of relations cannot say: lists, streams, moves, references, sums.
@Suite(.serialized) struct RegionScopeTests {
  /// A clerk of 濮阳县 beside one of everywhere.
  private func with(_ body: (Office, _ home: GuobanClient, _ all: GuobanClient) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      for records in Place.stock { try office.upsert(records) }
      let home = try await office.client("home", [.clerk, .passOfficer, .admin], region: Place.home)
      let all = try await office.client("all", [.clerk, .passOfficer, .admin])
      try await body(office, home, all)
      await home.shutdown()
      await all.shutdown()
    }
  }

  private func keys(_ client: GuobanClient, _ method: String, _ filter: String = "") async throws -> Int {
    var count = 0
    var token = ""
    repeat {
      let request = Ledger.ListRecordsRequest(pageSize: 2, pageToken: token, filter: filter)
      let page: Ledger.RawListResponse = try await client.call(method, request)
      count += page.records.count
      token = page.nextPageToken
    } while !token.isEmpty
    return count
  }

  @Test func listsAndExportsHoldWhatIsWithin() async throws {
    try await with { office, home, all in
      let within = Place.allCases.count(where: \.isWithin)
      // The first two have no List of their own, and keys are no clerk's to see.
      for definition in RecordCatalog.all
      where !["ReporterApproval", "Compaction", "DaemonKey"].contains(definition.name) {
        let service =
          switch definition.name {
          case "Grant": "AccessService"
          case "PassTrip": "PassService"
          default: "\(definition.name)Service"
          }
        let method = "/guoban.v1.\(service)/List\(definition.plural)"
        let (seen, total) = (try await keys(home, method), try await keys(all, method))
        if definition.type.isShared {
          #expect(seen == total && total > 0, "\(definition.name)")
        } else if definition.name == "Grant" {
          // The clerk's own grant is one of his region's.
          #expect(seen == within + 1 && total > seen)
        } else {
          let perPlace = total / Place.allCases.count
          #expect(perPlace > 0 && seen == perPlace * within, "\(definition.name): \(seen) of \(total)")
        }
        var exported = 0
        let stream = try home.stream(
          "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: definition.name),
          as: Ledger.ExportResponse.self)
        for try await part in stream { exported += part.records.count }
        #expect(exported == seen, "\(definition.name)")
      }
    }
  }

  @Test func noFilterAndNoForeignPageTokenShowsMore() async throws {
    try await with { _, home, all in
      let method = "/guoban.v1.EnterpriseService/ListEnterprises"
      for filter in [
        "region = \"430500\"", "NOT region = \"410928\"", "region = \"430500\" OR headcount >= 0", "headcount >= 0",
        "region.parent = \"430000\"",
      ] {
        let request = Ledger.ListRecordsRequest(pageSize: 1000, filter: filter)
        let page: Ledger.ListEnterprisesResponse = try await home.call(method, request)
        #expect(page.enterprises.allSatisfy { [Place.home, "410928100", "PY-JKQ"].contains($0.region) }, "\(filter)")
      }
      let first: Ledger.ListEnterprisesResponse = try await all.call(method, Ledger.ListRecordsRequest(pageSize: 1))
      let next: Ledger.ListEnterprisesResponse = try await home.call(
        method, Ledger.ListRecordsRequest(pageSize: 1000, pageToken: first.nextPageToken))
      #expect(next.enterprises.allSatisfy { $0.region != "430500" && $0.region != "410900" })
      // Another region's record cannot be felt for through a reference to it.
      let through = try await refusal {
        let _: Ledger.ListPassesResponse = try await home.call(
          "/guoban.v1.PassService/ListPasses", Ledger.ListRecordsRequest(filter: "enterprise.headcount > 100"))
      }
      #expect(through.code == .permissionDenied && through.reason(limits: .standard) == "PATH_OUTSIDE_REGION")
    }
  }

  @Test func aWatchTellsOfWhatIsWithinAndOfWhatIsShared() async throws {
    try await with { office, home, all in
      let start = Ledger.WatchRequest(start: .afterRevision(office.store.revision))
      let watch = { (client: GuobanClient) in
        try client.stream("/guoban.v1.WatchService/Watch", start, as: Ledger.WatchResponse.self).makeAsyncIterator()
      }
      var (mine, everything) = (try watch(home), try watch(all))
      for place in Place.allCases { try office.upsert([place.record("Enterprise", 7)]) }
      let spare = Place.elsewhere.grant("spare")
      try office.upsert([spare])
      try office.upsert([Ledger.Indicator(code: "LAST", name: "末", unit: "个", nature: .cumulative)])
      for (client, places) in [("home", Place.allCases.filter(\.isWithin)), ("all", Place.allCases)] {
        var keys: [String] = []
        while keys.last != "LAST" {
          let next = client == "home" ? try await mine.next() : try await everything.next()
          keys += try #require(next).events.map(\.key)
        }
        let expected = places.map { $0.record("Enterprise", 7).key }
        #expect(keys == expected + (client == "all" ? ["spare"] : []) + ["LAST"])
      }
    }
  }

  @Test func nothingIsMovedOutOfARegionOrIntoIt() async throws {
    try await with { _, home, all in
      let method = "/guoban.v1.ProjectService/BatchUpsertProjects"
      var mine = Place.same.project("P0")
      mine.region = "410922"
      let out = try await refusal {
        let _: Ledger.BatchUpsertResponse = try await home.call(
          method, Ledger.BatchUpsertProjectsRequest(projects: [mine]))
      }
      #expect(out.code == .permissionDenied && out.reason(limits: .standard) == "NEW_VALUE_OUTSIDE_REGION")
      var theirs = Place.sibling.project("P0")
      theirs.region = Place.home
      let into = try await refusal {
        let _: Ledger.BatchUpsertResponse = try await home.call(
          method, Ledger.BatchUpsertProjectsRequest(projects: [theirs]))
      }
      #expect(into.code == .permissionDenied && into.reason(limits: .standard) == "RECORD_OUTSIDE_REGION")
      #expect(into.message.contains("home") && into.message.contains(Place.home))
      // Within the region it may move; and one bad record undoes the batch.
      mine.region = "PY-JKQ"
      let _: Ledger.BatchUpsertResponse = try await home.call(
        method, Ledger.BatchUpsertProjectsRequest(projects: [mine]))
      mine.name = "改了名"
      _ = try await refusal {
        let _: Ledger.BatchUpsertResponse = try await home.call(
          method, Ledger.BatchUpsertProjectsRequest(projects: [mine, theirs]))
      }
      let kept: Ledger.Project = try await all.call(
        "/guoban.v1.ProjectService/GetProject", Ledger.GetRecordRequest(key: mine.code))
      #expect(kept.region == "PY-JKQ" && kept.name != "改了名")
    }
  }

  @Test func aReferenceToWhatIsNotSeenIsARefToNothing() async throws {
    try await with { office, home, _ in
      let enterprise = try #require(Place.elsewhere.record("Enterprise", 0) as? Ledger.Enterprise)
      var project = Place.same.project("P9")
      project.enterprise = enterprise.uscc
      let refused = try await refusal {
        let _: Ledger.Project = try await home.call(
          "/guoban.v1.ProjectService/CreateProject", Ledger.CreateProjectRequest(project: project))
      }
      #expect(refused.violations(limits: .standard).first?.reason == "NO_SUCH_ENTERPRISE")
      // And what others refer to stays, without a word about who they are.
      let mine = try #require(Place.same.record("Enterprise", 0) as? Ledger.Enterprise)
      var theirs = Place.sibling.project("SECRET")
      theirs.enterprise = mine.uscc
      try office.upsert([theirs])
      let inUse = try await refusal {
        let _: Ledger.DeleteRecordResponse = try await home.call(
          "/guoban.v1.EnterpriseService/DeleteEnterprise", Ledger.DeleteRecordRequest(key: mine.uscc))
      }
      #expect(inUse.code == .failedPrecondition && inUse.reason(limits: .standard) == "IN_USE")
      #expect(!inUse.message.contains("SECRET"))
    }
  }

  @Test func anImportIsHeldToTheRegionAsWell() async throws {
    try await with { _, home, _ in
      for (place, code) in [(Place.zone, Status.Code?.none), (.sibling, .permissionDenied)] {
        let begun: Ledger.BeginImportResponse = try await home.call(
          "/guoban.v1.ImportService/BeginImport", Ledger.BeginImportRequest(recordType: "Project"))
        let _: Ledger.AppendImportResponse = try await home.call(
          "/guoban.v1.ImportService/AppendImport",
          Ledger.AppendImportRequest(importId: begun.importId, records: [place.project("IMP").packed()]))
        let commit = Ledger.CommitImportRequest(importId: begun.importId).packed()
        let status = await outcome(home, "/guoban.v1.ImportService/CommitImport", commit)
        #expect(status.code == code ?? .ok, "\(status)")
      }
    }
  }

  @Test func sumsAndGroupsRunOverTheRegionAlone() async throws {
    try await with { office, home, _ in
      var plan = Place.sibling.project("PLAN")
      plan.plans = [Ledger.YearPlan(year: 2026, planFen: 1_000_000)]
      var mine = Place.township.project("PLAN")
      mine.plans = [Ledger.YearPlan(year: 2026, planFen: 5)]
      try office.upsert([plan, mine])
      let scope = RecordScope(principal: "home", region: office.access.directory.scope(of: Place.home))
      let store = ScopedStore(base: office.store, scope: scope)
      let total = try office.store.read { try $0.count("Project") }
      let (sum, regions) = try store.read { reader in
        let sum = try reader.group(
          GroupQuery(
            source: "ProjectPlan", filter: nil, groupBy: ["project.region"], measures: [.sum("plan_fen")], rowsMax: 9))
        let regions = try reader.group(
          GroupQuery(
            source: "ProjectProgress", filter: nil, groupBy: ["project.region.parent"], measures: [.count], rowsMax: 9))
        #expect(throws: Status.self) {
          _ = try reader.group(
            GroupQuery(source: "Project", filter: nil, groupBy: ["enterprise.name"], measures: [.count], rowsMax: 9))
        }
        #expect(throws: Status.self) { _ = try reader.headHash }
        #expect(try reader.count("Project") < total)
        return (sum, regions)
      }
      #expect(sum.columns == [[.text("410928100")], [.integer(5)]])
      #expect(Set(regions.columns[0]) == [.text("410900"), .text("410928")])
      let digest = await outcome(home, "/guoban.v1.LedgerService/GetLedgerDigest", [])
      #expect(digest.code == .permissionDenied && digest.reason(limits: .standard) == "ABOUT_EVERYTHING")
    }
  }

  @Test func aQueryAnswersForTheRegionAlone() async throws {
    try await with { office, home, all in
      for place in Place.allCases {
        var project = place.project("Q")
        project.plans = [Ledger.YearPlan(year: 2026, planFen: 7)]
        try office.upsert([project])
      }
      let request = Ledger.QueryRequest(
        query: Reporting.DataQuery(
          source: "project", groupBy: ["region"], measures: [Reporting.Measure(kind: .sum, column: "plan_fen")]),
        explain: true)
      let method = "/guoban.v1.QueryService/Query"
      let mine: Ledger.QueryResponse = try await home.call(method, request)
      let everything: Ledger.QueryResponse = try await all.call(method, request)
      let within = Place.allCases.filter(\.isWithin).map(\.region)
      #expect(Set(mine.columns?.columns.first?.texts ?? []) == Set(within))
      #expect(mine.columns?.columns.last?.integers == within.map { _ in 7 })
      #expect(everything.columns?.columns.first?.texts.count == Place.allCases.count)
      #expect(mine.period == "2026" && !mine.plan.isEmpty)
      #expect(mine.meanings.map(\.unit) == ["", "fen"] && mine.meanings.map(\.references) == ["Region", ""])
      // Levels above lead through shared regions only; other records may not be felt for.
      var other = request
      other.query?.groupBy = ["region@city", "enterprise.name"]
      let refused = try await refusal { let _: Ledger.QueryResponse = try await home.call(method, other) }
      #expect(refused.code == .permissionDenied)
      other.query?.groupBy = ["region@city"]
      let city: Ledger.QueryResponse = try await home.call(method, other)
      #expect(city.columns?.columns.map(\.integers).last == [Int64(7 * within.count)])
      // Grants are for who manages access.
      let clerk = try await office.client("only-clerk", [.clerk])
      var grants = request
      grants.query = Reporting.DataQuery(source: "grant", measures: [Reporting.Measure(kind: .count)])
      let denied = try await refusal { let _: Ledger.QueryResponse = try await clerk.call(method, grants) }
      #expect(denied.code == .permissionDenied && denied.reason(limits: .standard) == "SOURCE_DENIED")
      await clerk.shutdown()
    }
  }

  @Test func aBatchAndAnUndeleteAreHeldToTheRegion() async throws {
    try await with { office, home, _ in
      let apply = "/guoban.v1.LedgerService/Apply"
      let create = { (project: Ledger.Project) in
        Ledger.Mutation(kind: .create, recordType: "Project", record: project.packed())
      }
      let mixed = Ledger.ApplyRequest(mutations: [create(Place.same.project("B")), create(Place.sibling.project("B"))])
      let status = await outcome(home, apply, mixed.packed())
      #expect(status.code == .permissionDenied && status.reason(limits: .standard) == "NEW_VALUE_OUTSIDE_REGION")
      let mine = Ledger.ApplyRequest(mutations: [create(Place.same.project("B")), create(Place.zone.project("B"))])
      #expect(await outcome(home, apply, mine.packed()).code == .ok)
      for place in Place.allCases {
        let project = place.project("GONE")
        try office.upsert([project])
        try office.delete(project)
        let undelete = Ledger.UndeleteRequest(recordType: "Project", key: project.code).packed()
        let status = await outcome(home, "/guoban.v1.LedgerService/Undelete", undelete)
        #expect(status.code == (place.isWithin ? .ok : .notFound), "\(place): \(status)")
      }
      // What another region's record refers to is not deleted, and its key not told, in whichever order.
      let enterprise = try #require(Place.same.record("Enterprise", 0) as? Ledger.Enterprise)
      var theirs = Place.sibling.project("SECRET")
      theirs.enterprise = enterprise.uscc
      try office.upsert([theirs])
      let delete = Ledger.Mutation(kind: .delete, recordType: "Enterprise", key: enterprise.uscc)
      let inUse = await outcome(home, apply, Ledger.ApplyRequest(mutations: [delete]).packed())
      #expect(inUse.code == .failedPrecondition && !inUse.message.contains("SECRET"), "\(inUse)")
    }
  }

  @Test func aRegionThatMovesTakesItsRecordsWithItAtOnce() async throws {
    try await with { office, home, _ in
      let method = "/guoban.v1.EnterpriseService/GetEnterprise"
      let zone = Ledger.GetRecordRequest(key: Place.zone.record("Enterprise", 0).key).packed()
      #expect(await outcome(home, method, zone).code == .ok)
      try office.upsert([Ledger.Region(code: "PY-JKQ", name: "开发区", kind: .zone, parent: "410922")])
      #expect(await outcome(home, method, zone).code == .notFound)
      try office.upsert([Ledger.Region(code: "410922", name: "清丰县", kind: .county, parent: "410928")])
      #expect(await outcome(home, method, zone).code == .ok)
    }
  }
}
