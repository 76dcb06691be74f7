import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import Synchronization

/// A ledger whose clock the test sets, and whose file `sqlite3` may tamper with.
final class TimedLedger {
  static let day: Int64 = 86_400
  /// 2026-01-01 in UTC.
  static let start: Int64 = 1_767_225_600

  let folder: TemporaryFolder
  private(set) var store: any LedgerStore
  private let clock = Clock()

  init() throws {
    folder = try TemporaryFolder()
    store = try Self.open(folder.path, clock)
  }

  deinit { try? store.close() }

  var file: String { folder.path + "/ledger.sqlite" }

  /// Days since the start.
  var today: Int64 {
    get { (clock.now - Self.start) / Self.day }
    set { clock.now = Self.start + newValue * Self.day }
  }

  var nowSecond: Int64 { clock.now }

  static func open(_ directory: String, _ clock: Clock = Clock()) throws -> any LedgerStore {
    try SQLiteStore(
      lock: try DirectoryLock(directory: directory), schemas: RecordCatalog.schemas,
      configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: clock.now) },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
  }

  @discardableResult
  func write(
    actor: String = "clerk", id: String = "", _ body: @escaping @Sendable (any LedgerWriter) throws -> Void
  ) throws -> WriteOutcome {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<WriteOutcome, any Error>?>(nil)
    store.submit(WriteRequest(actor: actor, requestID: id, requestDigest: [], admit: {}, body: body)) { outcome in
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw StorageError(.closed, "no outcome") }
    return try outcome.get()
  }

  @discardableResult
  func upsert(_ records: [any LedgerRecord], actor: String = "clerk", id: String = "") throws -> WriteOutcome {
    try write(actor: actor, id: id) { _ = try $0.upsert(records, field: "records", checkCancellation: {}) }
  }

  func verify(head: Ledger.LedgerHead? = nil) throws -> Ledger.VerifyLedgerResponse {
    try store.read {
      try LedgerVerification.run(
        $0, schemas: store.schemas, head: head, limits: .standard, checkCancellation: {})
    }
  }

  func compact(days: Int = ChangeLogCompaction.daysMin) throws -> ChangeLogCompaction.Result {
    try ChangeLogCompaction(store: store, days: days, actor: "guoband").run(nowSecond: clock.now) {}
  }

  var head: Ledger.LedgerHead {
    get throws { try store.read { try Ledger.LedgerHead(revision: $0.revision, hash: $0.headHash) } }
  }

  /// Closes the ledger, has the real `sqlite3` run `sql` on its file, and opens it again.
  func tamper(_ sql: String) async throws {
    try store.close()
    let run = try await ProgramRun("sqlite3", [file, sql])
    store = try Self.open(folder.path, clock)
    guard run.exitCode == 0 else { throw StorageError(.io, "sqlite3: \(run.complaint)") }
  }

  func reopen() throws {
    try store.close()
    store = try Self.open(folder.path, clock)
  }

  final class Clock: Sendable {
    private let state = Mutex(TimedLedger.start)
    var now: Int64 {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
}

/// A province with two cities, two counties, a township and a zone, and projects in them.
enum Sample {
  static let regions: [any LedgerRecord] = [
    Ledger.Region(code: "410000", name: "河南省", kind: .province),
    Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410922", name: "清丰县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410928100", name: "城关镇", kind: .township, parent: "410928"),
    Ledger.Region(code: "PY-JKQ", name: "经开区", kind: .zone, parent: "410900"),
    Ledger.Region(code: "411000", name: "许昌市", kind: .city, parent: "410000"),
  ]

  static func project(
    _ code: String, _ region: String, plans: [Int32: Int64] = [:], started: String = ""
  ) -> Ledger.Project {
    Ledger.Project(
      code: code, name: "项目\(code)", region: region, tier: .county,
      plans: plans.sorted { $0.key < $1.key }.map { Ledger.YearPlan(year: $0.key, planFen: $0.value) },
      milestones: started.isEmpty ? nil : Ledger.Milestones(started: started))
  }

  static func progress(_ project: String, _ month: String, _ fen: Int64) -> Ledger.ProjectProgress {
    Ledger.ProjectProgress(project: project, month: month, completedFen: fen, physicalPermille: 10)
  }
}
