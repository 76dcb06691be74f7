import Foundation
import GuobanAccess
import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanServer
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import NIOCore
import Synchronization
import Testing

/// The ledger's services on a real socket and a real database, with a day that the test turns.
final class TicketOffice: Sendable {
  static let regions = [
    Ledger.Region(code: "410000", name: "河南省", kind: .province),
    Ledger.Region(code: "410400", name: "平顶山市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410421", name: "宝丰县", kind: .county, parent: "410400"),
    Ledger.Region(code: "410421100", name: "城关镇", kind: .township, parent: "410421"),
    Ledger.Region(code: "410200", name: "开封市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410223", name: "尉氏县", kind: .county, parent: "410200"),
    Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410923", name: "南乐县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410926", name: "范县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410927", name: "台前县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
    Ledger.Region(code: "PY-GYYQ", name: "濮阳工业园区", kind: .zone, parent: "410900"),
  ]

  let client: GuobanClient
  private let folder: TemporaryFolder
  let store: SQLiteStore
  private let server: Server
  private let endpoint: Endpoint
  private let day: Box<CivilDate>
  private let others = Mutex<[GuobanClient]>([])

  static func with<Result>(
    on day: String, rules: TicketRules = TicketRules(), _ body: (TicketOffice) async throws -> Result
  ) async throws -> Result {
    let office = try await TicketOffice(try CivilDate(day), rules)
    do {
      let result = try await body(office)
      try await office.close()
      return result
    } catch {
      try await office.close()
      throw error
    }
  }

  private init(_ day: CivilDate, _ rules: TicketRules) async throws {
    folder = try TemporaryFolder()
    let clock = Box(day)
    self.day = clock
    store = try SQLiteStore(
      lock: try DirectoryLock(directory: folder.path), schemas: RecordCatalog.schemas,
      configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: 1_700_000_000) },
      keyWrap: try PersonalKeyRing([try KeyMaterial(.personalData, bytes: [UInt8](repeating: 2, count: 32))]),
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
    var limits = ServiceLimits()
    limits.tickets = rules
    let access = AccessDirectory()
    access.replace(grants: [AccessGrant](), subtrees: Self.subtrees)
    let dependencies = ServiceDependencies(
      store: store, access: access, filters: FilterParser(catalog: try SchemaCatalog(store.schemas), limits: .standard),
      keys: OneKey(signingKey: try KeyMaterial(.passSigning, bytes: [UInt8](repeating: 1, count: 32))),
      today: { clock.value.withLock { $0 } }, now: { Google.Timestamp(seconds: 1_700_000_000) }, limits: limits)
    var configuration = ServerConfiguration()
    configuration.handshakeTimeout = .seconds(60)
    server = Server(
      configuration: configuration, methods: Services.ledgerMethods(dependencies), authenticator: NamedCallers(),
      observer: nil)
    endpoint = try await server.start([.tcp(host: "127.0.0.1", port: 0)])[0]
    client = try await GuobanClient.connect(
      to: endpoint, token: "省厅||admin", name: "test/1", configuration: Self.patient)
    try await upsert("Region", "Regions", Ledger.BatchUpsertRegionsRequest(regions: Self.regions))
  }

  private static var subtrees: [String: Set<String>] {
    var tree = RegionTree()
    for region in regions { tree.set(region.code, parent: region.parent) }
    return tree.subtrees(of: Set(regions.map(\.code)))
  }

  private func close() async throws {
    for client in others.withLock({ $0 }) + [client] { await client.shutdown() }
    await server.drain(timeout: .zero)
    try store.close()
  }

  /// A loaded machine may be slow to say Hello.
  private static var patient: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.connectTimeout = .seconds(60)
    return configuration
  }

  /// Turns the calendar.
  func turn(to day: String) throws {
    let date = try CivilDate(day)
    self.day.value.withLock { $0 = date }
  }

  /// A caller of this name who is held to a region; "" = none.
  func caller(_ name: String, _ region: String, _ role: Role = .clerk) async throws -> GuobanClient {
    let client = try await GuobanClient.connect(
      to: endpoint, token: "\(name)|\(region)|\(role.rawValue)", name: "test/1", configuration: Self.patient)
    others.withLock { $0.append(client) }
    return client
  }

  @discardableResult
  func upsert<Request: Message & Sendable>(
    _ type: String, _ plural: String, _ request: Request
  ) async throws -> Ledger.BatchUpsertResponse {
    try await client.call("/guoban.v1.\(type)Service/BatchUpsert\(plural)", request)
  }

  /// In batches, as large as the server takes them.
  @discardableResult
  func importTickets(_ tickets: [Ledger.Ticket]) async throws -> Ledger.BatchUpsertResponse {
    var sum = Ledger.BatchUpsertResponse()
    let size = ServiceLimits().batchRecordsMax
    for start in stride(from: 0, to: tickets.count, by: size) {
      let batch = Array(tickets[start..<min(start + size, tickets.count)])
      let done = try await upsert("Ticket", "Tickets", Ledger.BatchUpsertTicketsRequest(tickets: batch))
      sum.created += done.created
      sum.updated += done.updated
      sum.unchanged += done.unchanged
    }
    return sum
  }

  func figures(_ request: Ledger.TicketFiguresRequest = .init()) async throws -> Ledger.TicketFiguresResponse {
    try await client.call("/guoban.v1.TicketService/TicketFigures", request)
  }

  func due(_ request: Ledger.ListDueTicketsRequest = .init()) async throws -> Ledger.ListDueTicketsResponse {
    try await client.call("/guoban.v1.TicketService/ListDueTickets", request)
  }

  func ticket(_ number: String) async throws -> Ledger.Ticket {
    try await client.call("/guoban.v1.TicketService/GetTicket", Ledger.GetRecordRequest(key: number))
  }

  func count(_ type: String, _ plural: String, _ filter: String) async throws -> Int {
    var (count, token) = (0, "")
    repeat {
      let page: Ledger.RawListResponse = try await client.call(
        "/guoban.v1.\(type)Service/List\(plural)",
        Ledger.ListRecordsRequest(pageSize: 1000, pageToken: token, filter: filter))
      count += page.records.count
      token = page.nextPageToken
    } while !token.isEmpty
    return count
  }
}

/// Callers say who they are: "name|region|role".
private struct NamedCallers: Authenticator {
  func authenticate(token: String, peer: Peer) -> Principal? {
    let parts = token.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let role = Role(rawValue: parts[2]) else { return nil }
    return Principal(name: parts[0], roles: [role], region: parts[1].isEmpty ? nil : parts[1])
  }
}

/// What a clerk's sheet has in a row.
func sheetTicket(
  _ number: String, _ region: String, registered: String, _ change: (inout Ledger.Ticket) -> Void = { _ in }
) -> Ledger.Ticket {
  var ticket = Ledger.Ticket(
    number: number, region: region, title: "问题 \(number)", category: .other, channel: .visit, severity: .ordinary,
    registered: registered)
  change(&ticket)
  return ticket
}

extension Ledger.Ticket {
  /// Solved and closed on a day, and said to be good, or not asked.
  mutating func solve(on day: String, by owner: String = "县住建局", satisfaction: Ledger.TicketSatisfaction = .unspecified)
  {
    (assigned, closed, self.owner) = (registered, day, owner)
    (method, result, outcome) = ("现场协调", "已解决", .solved)
    self.satisfaction = satisfaction
  }
}

/// `number` takes a step as `client` asks for it.
extension GuobanClient {
  func step<Request: Message & Sendable>(_ method: String, _ request: Request) async throws(Status) -> Ledger.Ticket {
    try await call("/guoban.v1.TicketService/\(method)", request)
  }

  func submit(_ ticket: Ledger.Ticket, requestID: String = "") async throws(Status) -> Ledger.Ticket {
    try await step("SubmitTicket", Ledger.SubmitTicketRequest(ticket: ticket, requestId: requestID))
  }
}

/// The status that a call is refused with; nil when it is answered.
func refused<Answer>(_ call: () async throws -> Answer) async -> Status? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? Status
  }
}

/// A key that nobody changes.
private struct OneKey: KeyKeeping {
  let signingKey: KeyMaterial
  var resealing: (isRunning: Bool, records: UInt64) { (false, 0) }
  var lastEraseTime: Google.Timestamp? { nil }

  func rotate(_ purpose: Ledger.KeyPurpose, actor: String) -> Ledger.DaemonKey { Ledger.DaemonKey() }
  func drop(_ id: String, actor: String) -> Ledger.DaemonKey { Ledger.DaemonKey() }
  func eraseDue(
    validateOnly: Bool, checkCancellation: () throws -> Void
  ) -> Ledger.EraseDuePersonalDataResponse { Ledger.EraseDuePersonalDataResponse() }
}
