import Foundation
import GuobanAccess
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanStorage
import GuobanWire
import NIOCore
import Synchronization
import Testing

@testable import GuobanServer

/// A real server that watches a real ledger, in a directory of its own.
final class WatchPlace: Sendable {
  static let token = AccessToken(randomBytes: Array(0..<32))
  let directory: String
  let store: SQLiteStore
  let endpoint: Endpoint
  private let hub: WatchHub
  private let server: Server

  /// Opens, runs `body` and takes everything down. `directory`: a ledger that is there already.
  static func with<Result>(
    directory: String? = nil, roles: Set<Role> = Set(Role.allCases), region: String? = nil,
    _ change: (inout WatchLimits, inout ServerConfiguration) -> Void = { _, _ in },
    _ body: (WatchPlace) async throws -> Result
  ) async throws -> Result {
    var limits = WatchLimits()
    // So that nobody waits long for what a filter hides.
    limits.progressIntervalMin = .milliseconds(50)
    limits.progressIntervalDefault = .milliseconds(100)
    var configuration = ServerConfiguration()
    // A loaded machine may be slow to say Hello.
    configuration.handshakeTimeout = .seconds(60)
    change(&limits, &configuration)
    let place = try await WatchPlace(directory: directory, Guest(roles: roles, region: region), limits, configuration)
    do {
      let result = try await body(place)
      try await place.stop()
      if directory == nil { try FileManager.default.removeItem(atPath: place.directory) }
      return result
    } catch {
      try await place.stop()
      throw error
    }
  }

  private init(
    directory: String?, _ guest: Guest, _ limits: WatchLimits, _ configuration: ServerConfiguration
  ) async throws {
    self.directory = directory ?? FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID())").path
    store = try Self.open(self.directory)
    hub = WatchHub(store: store, limits: limits, decode: .standard)
    server = Server(
      configuration: configuration, methods: WatchService(hub, decode: .standard).methods,
      authenticator: guest, observer: nil)
    endpoint = try await server.start([.tcp(host: "127.0.0.1", port: 0)])[0]
  }

  static func open(_ directory: String) throws -> SQLiteStore {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return try SQLiteStore(
      lock: DirectoryLock(directory: directory), schemas: RecordCatalog.schemas, configuration: SQLiteConfiguration(),
      now: { Google.Timestamp(seconds: 1_700_000_000) },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
  }

  private func stop() async throws {
    await server.drain(timeout: .zero)
    await hub.stop()
    try store.close()
  }

  func drain() async { await server.drain(timeout: .seconds(60)) }

  /// Writes atomically, and returns when it is durable.
  @discardableResult
  func write(_ body: @escaping @Sendable (any LedgerWriter) throws -> Void) async throws -> UInt64 {
    try await withCheckedThrowingContinuation { done in
      store.submit(WriteRequest(actor: "测试员", requestID: "", requestDigest: [], admit: {}, body: body)) { result in
        done.resume(with: result.map(\.revision))
      }
    }
  }

  /// Creates or replaces records in one commit.
  @discardableResult
  func upsert(_ records: [any LedgerRecord]) async throws -> UInt64 {
    try await write { _ = try $0.upsert(records, field: "records", checkCancellation: {}) }
  }

  func delete(_ type: any LedgerRecord.Type, _ key: String) async throws {
    try await write { try $0.delete(type, key: key, etag: "", schemas: RecordCatalog.schemas) }
  }

  /// Everything that was ever changed, by the change log.
  func truth() throws -> [Ledger.Change] {
    try store.read { try $0.changes(after: 0, limit: 1_000_000) }
  }

  /// A connection that watches.
  func watch(_ request: Ledger.WatchRequest = Ledger.WatchRequest(), grantsCredit: Bool = true) async throws
    -> WatchClient
  {
    let raw = try await RawClient(to: endpoint)
    try await raw.greet(token: Self.token.text)
    return WatchClient(raw, request, grantsCredit: grantsCredit)
  }

  /// 河南省 › 濮阳市 › 濮阳县 › 城关镇, and 安阳市 beside.
  static let regions: [any LedgerRecord] = [
    Ledger.Region(code: "410000", name: "河南省", kind: .province),
    Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410928100", name: "城关镇", kind: .township, parent: "410928"),
    Ledger.Region(code: "410500", name: "安阳市", kind: .city, parent: "410000"),
  ]

  static func project(_ number: Int, in region: String, name: String = "项目") -> Ledger.Project {
    Ledger.Project(code: "P-\(number)", name: "\(name) \(number)", region: region, tier: .county)
  }
}

/// Lets everybody in as the same principal.
private struct Guest: Authenticator {
  let roles: Set<Role>
  let region: String?

  func authenticate(token: String, peer: Peer) -> Principal? { Principal(name: "guest", roles: roles, region: region) }
}

/// One watch on a raw connection.
final class WatchClient {
  let raw: RawClient
  private let stream: UInt32
  private let grantsCredit: Bool
  /// Where to resume.
  private(set) var progress: UInt64 = 0
  /// Messages that had events.
  private(set) var batches: [Ledger.WatchResponse] = []
  /// Events of commits that were told to their end.
  private(set) var events: [Ledger.WatchEvent] = []
  private var open: [Ledger.WatchEvent] = []

  init(_ raw: RawClient, _ request: Ledger.WatchRequest, grantsCredit: Bool) {
    self.raw = raw
    self.grantsCredit = grantsCredit
    stream = raw.call("/guoban.v1.WatchService/Watch", request.packed())
  }

  /// The next message; throws the status when the watch has ended.
  @discardableResult
  func next() async throws -> Ledger.WatchResponse {
    while let frame = try await raw.next() {
      switch frame.body {
      case .data(let data):
        let response = try Ledger.WatchResponse(packed: data.message, limits: RawClient.limits)
        take(response)
        if grantsCredit {
          for id in [stream, 0] {
            raw.send(RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: UInt32(data.message.count)))))
          }
        }
        return response
      case .reply(let reply): throw try #require(Status(reply, limits: .standard), "a watch never just ends")
      default: continue
      }
    }
    throw RawClient.Unexpected()
  }

  /// Reads until everything up to `revision` has been told.
  func follow(to revision: UInt64) async throws {
    while progress < revision { try await next() }
  }

  /// The status that the watch ends with.
  func ending() async throws -> Status {
    do {
      while true { try await next() }
    } catch let status as Status {
      return status
    }
  }

  private func take(_ response: Ledger.WatchResponse) {
    if !response.events.isEmpty { batches.append(response) }
    open += response.events
    #expect(response.progressRevision >= progress, "progress goes forward")
    progress = response.progressRevision
    guard !response.continued else { return }
    #expect(open.allSatisfy { $0.commitRevision <= progress }, "a commit is split without a word")
    events += open
    open = []
  }
}

extension Status {
  /// One entry of the first `ErrorInfo` that has it.
  func metadata(_ key: String) -> String? {
    for detail in details {
      if let info = try? Google.ErrorInfo(packed: detail.value, limits: .standard), let value = info.metadata[key] {
        return value
      }
    }
    return nil
  }
}

/// What must be equal between an event and the change that it tells of.
struct Told: Equatable, CustomStringConvertible {
  var revision: UInt64
  var commitRevision: UInt64
  var operation: Ledger.ChangeOperation
  var name: String
  var record: [UInt8]

  init(_ event: Ledger.WatchEvent) {
    (revision, commitRevision, operation) = (event.revision, event.commitRevision, event.operation)
    name = "\(event.recordType) \(event.key)"
    record = event.record
  }

  init(_ change: Ledger.Change) {
    (revision, commitRevision, operation) = (change.revision, change.commitRevision, change.operation)
    name = "\(change.recordType) \(change.key)"
    record = change.record
  }

  var description: String { "\(revision)/\(commitRevision) \(operation) \(name) \(record.count)" }
}
