import Foundation
import GuobanAccess
import GuobanArchive
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
import ReporterHost
import Testing

/// A daemon's inside on a real ledger and a real socket: every service, grants, regions.
final class Office: Sendable {
  static let ownToken = AccessToken(randomBytes: [UInt8](repeating: 7, count: 32))
  /// A date on which everything in these tests is valid.
  static let today = "2026-06-30"
  /// At noon of it, in Asia/Shanghai.
  static let todayNoon = Google.Timestamp(seconds: 1_782_792_000)

  let folder: TemporaryFolder
  let store: SQLiteStore
  let access: AccessLedger
  let endpoint: Endpoint
  let methods: [MethodDefinition]
  private let server: Server
  private let jobs: JobPool
  private let watches: WatchHub

  /// Opens, or opens again, the ledger in `folder`.
  static func with<Result>(
    _ folder: TemporaryFolder, limits: ServiceLimits = ServiceLimits(),
    through wrap: (any LedgerStore) -> any LedgerStore = { $0 }, _ body: (Office) async throws -> Result
  ) async throws -> Result {
    let office = try await Office(folder, limits, wrap)
    do {
      let result = try await body(office)
      try await office.close()
      return result
    } catch {
      try await office.close()
      throw error
    }
  }

  private init(
    _ folder: TemporaryFolder, _ limits: ServiceLimits, _ wrap: (any LedgerStore) -> any LedgerStore
  ) async throws {
    self.folder = folder
    let data = folder.path + "/data"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    store = try Self.open(data)
    access = try AccessLedger(store)
    let today = try CivilDate(Self.today)
    let dependencies = ServiceDependencies(
      store: wrap(store), access: access.directory,
      filters: FilterParser(catalog: try SchemaCatalog(store.schemas), limits: .standard),
      keys: FixedKeys(signingKey: try KeyMaterial(.passSigning, bytes: [UInt8](repeating: 1, count: 32))),
      today: { today }, now: { Google.Timestamp(seconds: Self.now()) }, limits: limits)
    let keeper = SnapshotKeeper(
      store: store,
      writer: SnapshotWriter(
        directory: folder.path + "/snapshots", level: 3, limits: ArchiveLimits(), createdBy: "test"),
      retention: Retention(last: 3, daily: 0, weekly: 0, monthly: 0, zoneOffsetSeconds: 28_800), epochSeconds: Self.now,
      onTaken: { _, _, _ in })
    jobs = JobPool(threads: 1, queueMax: 16)
    let reporters = ReporterHostConfiguration(
      reportersFolder: folder.path + "/reporters", runsFolder: folder.path + "/runs", sandboxProgram: "/nowhere",
      libraryFolders: [], requiresAllProtections: false)
    watches = WatchHub(store: store, limits: WatchLimits(), decode: .standard)
    methods =
      Services.ledgerMethods(dependencies) + Services.watchMethods(dependencies, hub: watches)
      + Services.accessMethods(dependencies, nowSecond: Self.now)
      + Services.auditMethods(
        dependencies, jobs: jobs, daysKept: ChangeLogCompaction.daysMin, nowSecond: Self.now)
      + Services.jobMethods(dependencies, reporters: reporters, snapshots: keeper, jobs: jobs)
    server = Server(
      configuration: ServerConfiguration(), methods: methods,
      authenticator: GrantAuthenticator(
        own: TokenAuthenticator(token: Self.ownToken, userID: 4_000_000, roles: [.admin]), directory: access.directory,
        nowSecond: Self.now, onRefusal: { _, _ in }), observer: nil)
    endpoint = try await server.start([.tcp(host: "127.0.0.1", port: 0)])[0]
  }

  private func close() async throws {
    await server.drain(timeout: .zero)
    await jobs.stop()
    await watches.stop()
    try store.close()
  }

  static func open(_ directory: String) throws -> SQLiteStore {
    try SQLiteStore(
      lock: try DirectoryLock(directory: directory), schemas: RecordCatalog.schemas,
      configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: now()) },
      keyWrap: try PersonalKeyRing([try KeyMaterial(.personalData, bytes: [UInt8](repeating: 2, count: 32))]),
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
  }

  static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

  /// Comes in with the token file's token.
  func admin() async throws -> GuobanClient { try await client(Self.ownToken.text) }

  func client(_ token: String) async throws -> GuobanClient {
    try await GuobanClient.connect(to: endpoint, token: token, name: "test/1")
  }

  /// Makes a grant and comes in with its token.
  func client(
    _ name: String, _ roles: [Ledger.Role], region: String = "", expireSecond: Int64? = nil
  ) async throws -> GuobanClient {
    try await client(try await grant(name, roles, region: region, expireSecond: expireSecond))
  }

  /// Makes a grant and gives its token.
  func grant(
    _ name: String, _ roles: [Ledger.Role], region: String = "", expireSecond: Int64? = nil
  ) async throws -> String {
    let admin = try await admin()
    let made: Ledger.GrantWithToken = try await admin.call(
      Office.access("CreateGrant"),
      Ledger.CreateGrantRequest(
        grant: Ledger.Grant(
          name: name, roles: roles, region: region, expireTime: expireSecond.map { Google.Timestamp(seconds: $0) })))
    await admin.shutdown()
    return made.token
  }

  func revoke(_ name: String) async throws {
    let admin = try await admin()
    let _: Ledger.Grant = try await admin.call(
      Office.access("RevokeGrant"), Ledger.RevokeGrantRequest(name: name, reason: "left"))
    await admin.shutdown()
  }

  static func access(_ method: String) -> String { "/guoban.v1.AccessService/\(method)" }

  /// Writes records as the daemon itself does, without a region.
  func upsert(_ records: [any LedgerRecord]) throws {
    try write { _ = try $0.upsert(records, field: "records", checkCancellation: {}) }
  }

  func delete(_ record: any LedgerRecord) throws {
    try write { _ = try $0.delete(type(of: record).schema.name, record.key) }
  }

  private func write(_ body: @escaping @Sendable (any LedgerWriter) throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let box = Box()
    store.submit(
      WriteRequest(actor: "test", requestID: "", requestDigest: [], admit: {}, body: body)
    ) { result in
      if case .failure(let error) = result { box.error = error }
      done.signal()
    }
    done.wait()
    if let error = box.error { throw error }
  }

  // Safety: written before the semaphore is signalled, read after it was waited for.
  private final class Box: @unchecked Sendable {
    var error: (any Error)?
  }
}

/// Keys that never change.
struct FixedKeys: KeyKeeping {
  let signingKey: KeyMaterial
  var resealing: (isRunning: Bool, records: UInt64) { (false, 0) }
  var lastEraseTime: Google.Timestamp? { nil }

  func rotate(_ purpose: Ledger.KeyPurpose, actor: String) throws -> Ledger.DaemonKey { Ledger.DaemonKey() }
  func drop(_ id: String, actor: String) throws -> Ledger.DaemonKey { Ledger.DaemonKey() }
  func eraseDue(
    validateOnly: Bool, checkCancellation: () throws -> Void
  ) throws -> Ledger.EraseDuePersonalDataResponse { Ledger.EraseDuePersonalDataResponse() }
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

/// What a call ends with; OK when it is answered.
func outcome(_ client: GuobanClient, _ method: String, _ message: [UInt8]) async -> Status {
  do throws(Status) {
    _ = try await client.call(method, message: message)
    return Status(.ok, english: "")
  } catch {
    return error
  }
}
