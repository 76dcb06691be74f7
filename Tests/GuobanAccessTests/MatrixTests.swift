import GuobanAccess
import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanServer
import GuobanTestSupport
import GuobanWire
import Testing

/// Every role × method × region relation, on a real server with a real ledger.
@Suite(.serialized) struct MatrixTests {
  @Test func theRolesAllowWhatTheirDutiesSay() {
    #expect(duties.map(\.key) == Role.allCases)
    for (role, duty) in duties {
      #expect(Set(Principal(name: "x", roles: [role]).permissions.permissions) == duty)
      #expect(
        Set(Principal(name: "x", roles: [role], region: Place.home).permissions.permissions)
          == duty.subtracting(wholeLedger))
    }
  }

  @Test func everyMethodAsksEveryRoleForItsPermission() async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      try office.upsert(Place.regions)
      #expect(office.methods.count > 60)
      for (role, duty) in duties {
        for region in ["", Place.home] {
          let client = try await office.client(
            "\(role)-\(region.isEmpty ? "all" : "home")", [.init(role)], region: region)
          let allowed = region.isEmpty ? duty : duty.subtracting(wholeLedger)
          #expect(client.hello.permissions == allowed.map(\.rawValue).sorted())
          for method in office.methods {
            let isAllowed = allowed.contains(method.permission)
            let status =
              method.clientStreaming || method.serverStreaming
              ? await streamOutcome(client, method, isAllowed: isAllowed) : await outcome(client, method.name, [])
            let isRefused = status.reason(limits: .standard) == "PERMISSION_MISSING"
            #expect(isRefused == !isAllowed, "\(role) at “\(region)” \(method.name): \(status)")
            if isRefused {
              #expect(status.code == .permissionDenied && status.message.contains(method.permission.rawValue))
            }
          }
          await client.shutdown()
        }
      }
    }
  }

  /// How a stream ends that is sent nothing more. One that is let in may go on for good, and need not be heard to its end.
  private func streamOutcome(_ client: GuobanClient, _ method: MethodDefinition, isAllowed: Bool) async -> Status {
    do throws(Status) {
      let timeout = Duration.milliseconds(isAllowed ? 50 : 10_000)
      if method.clientStreaming {
        let stream = try client.upload(method.name, timeout: timeout)
        _ = try await stream.finish()
      } else {
        for try await _ in try client.stream(method.name, message: [], timeout: timeout) {}
      }
      return Status(.ok, english: "")
    } catch {
      return error
    }
  }

  @Test func everyRegionRelationIsAllowedOrRefusedAsTheRolesSay() async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      for records in Place.stock { try office.upsert(records) }
      let cases = recordCases() + managedCases()
      let methods = Dictionary(uniqueKeysWithValues: office.methods.map { ($0.name, $0) })
      var done = 0
      for (role, duty) in duties {
        let scoped = try await office.client("\(role)-home", [.init(role)], region: Place.home)
        let unscoped = try await office.client("\(role)-all", [.init(role)])
        for each in cases {
          let permission = try #require(methods[each.method]).permission
          for (client, expected) in [(scoped, each.scoped), (unscoped, each.unscoped)] {
            let message = try each.message(office)
            let status = await outcome(client, each.method, message)
            done += 1
            let note: Comment = "\(client.hello.principal) \(each.method) \(each.place): \(status)"
            if duty.contains(permission) {
              #expect(expected.holds(status), note)
              if expected == .denied {
                #expect(status.message.contains(client.hello.principal) && status.message.contains(Place.home), note)
              }
              if status.code == .ok { try each.undo(office) }
            } else {
              #expect(status.reason(limits: .standard) == "PERMISSION_MISSING", note)
            }
          }
        }
        await scoped.shutdown()
        await unscoped.shutdown()
      }
      print("region relations checked: \(done)")
      #expect(done == cases.count * Role.allCases.count * 2)
      // What has no case here lists, streams or is about everything: the other suites have it.
      let covered = Set(cases.map(\.method))
      let others = office.methods.filter { method in
        !covered.contains(method.name) && !wholeLedger.contains(method.permission) && method.permission != .connect
          && !method.name.contains("/List")
      }.map { $0.name.split(separator: "/").last ?? "" }.sorted()
      #expect(
        others == [
          "Apply", "BatchFigures", "CoverageFigures", "Export", "GetLedgerDigest", "Query", "RunReport",
          "TicketFigures", "Undelete",
          "Watch",
        ])
    }
  }
}
