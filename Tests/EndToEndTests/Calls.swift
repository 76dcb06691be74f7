import GuobanClient
import GuobanMessages
import GuobanWire

/// The calls that several tests make.
struct Calls {
  let client: GuobanClient

  /// The first start writes down which keys it has made, of personal data and of passes' signatures.
  static let revisionAtFirst: UInt64 = 2

  init(_ client: GuobanClient) { self.client = client }

  func createRegion(_ code: String, _ name: String) async throws(Status) {
    let _: Ledger.Region = try await client.call(
      "/guoban.v1.RegionService/CreateRegion",
      Ledger.CreateRegionRequest(region: Ledger.Region(code: code, name: name, kind: .county)))
  }

  /// A call that does not end by itself: it asked for more than its credit, and reads no further than its first message.
  func unreadExport() async throws -> ServerStream {
    let long = String(repeating: "x", count: 200)
    let labels = ["a": long, "b": long, "c": long, "d": long, "e": long]
    let zones = (0..<900).map { number in
      Ledger.Region(
        code: "Z\(1000 + number)", labels: labels, name: "区\(number)",
        kind: .zone)
    }
    let _: Ledger.BatchUpsertResponse = try await client.call(
      "/guoban.v1.RegionService/BatchUpsertRegions", Ledger.BatchUpsertRegionsRequest(regions: zones))
    let export = try client.stream(
      "/guoban.v1.LedgerService/Export", message: Ledger.ExportRequest(recordType: "Region").packed())
    var messages = export.makeAsyncIterator()
    _ = try await messages.next()
    return export
  }

  @discardableResult
  func upsert(
    _ projects: [Ledger.Project], requestID: String = "", validateOnly: Bool = false
  ) async throws(Status) -> Ledger.BatchUpsertResponse {
    try await client.call(
      "/guoban.v1.ProjectService/BatchUpsertProjects",
      Ledger.BatchUpsertProjectsRequest(projects: projects, requestId: requestID, validateOnly: validateOnly))
  }

  func list(_ request: Ledger.ListRecordsRequest) async throws(Status) -> Ledger.ListProjectsResponse {
    try await client.call("/guoban.v1.ProjectService/ListProjects", request)
  }

  func digest() async throws(Status) -> Ledger.LedgerDigest {
    try await client.call("/guoban.v1.LedgerService/GetLedgerDigest", Ledger.GetLedgerDigestRequest())
  }

  func revision() async throws(Status) -> UInt64 { try await digest().revision }

  /// `count` projects of region 410928, by number.
  static func projects(_ count: Int, prefix: String = "P") -> [Ledger.Project] {
    (0..<count).map { number in
      Ledger.Project(
        code: "\(prefix)-\(1000 + number)", name: "项目 \(number)", region: "410928",
        tier: number % 2 == 0 ? .municipal : .county, totalInvestmentFen: Int64(number) * 100)
    }
  }
}

struct NotRefused: Error {}

/// The status that a call is refused with; throws when it is not refused.
func refusal<Answer>(_ call: () async throws -> Answer) async throws -> Status {
  do {
    _ = try await call()
  } catch let status as Status {
    return status
  }
  throw NotRefused()
}
