import Foundation
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization

@testable import GuobanSQLite

/// A ledger in a directory of its own, with the real file under it.
final class TemporaryLedger {
  let directory: String
  var configuration = SQLiteConfiguration()
  private(set) var store: SQLiteStore
  private let observer: (any StorageObserver)?
  private let now: @Sendable () -> Google.Timestamp

  var file: String { directory + "/ledger.sqlite" }

  init(
    _ configuration: SQLiteConfiguration = SQLiteConfiguration(), observer: (any StorageObserver)? = nil,
    now: @escaping @Sendable () -> Google.Timestamp = TemporaryLedger.anInstant
  ) throws {
    self.observer = observer
    self.now = now
    directory = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.configuration = configuration
    store = try Self.open(directory, configuration, observer: observer, now: now)
  }

  static let anInstant: @Sendable () -> Google.Timestamp = { Google.Timestamp(seconds: 1_700_000_000, nanos: 5) }

  deinit {
    try? store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  static func open(
    _ directory: String, _ configuration: SQLiteConfiguration = SQLiteConfiguration(),
    schemas: [RecordSchema] = Item.schemas, observer: (any StorageObserver)? = nil,
    now: @escaping @Sendable () -> Google.Timestamp = TemporaryLedger.anInstant,
    synchronizing: @escaping @Sendable (borrowing LogFile) throws -> Void = { log in try log.synchronize() },
    moving: @escaping @Sendable (() throws -> Void) throws -> Void = { try $0() }
  ) throws -> SQLiteStore {
    try SQLiteStore(
      lock: DirectoryLock(directory: directory), schemas: schemas, configuration: configuration,
      now: now, observer: observer, keyWrap: nil, synchronizing: synchronizing, moving: moving,
      project: { type, key, bytes in try Item.project(type, key, bytes, schemas: schemas) })
  }

  func reopen(schemas: [RecordSchema] = Item.schemas) throws {
    try store.close()
    store = try Self.open(directory, configuration, schemas: schemas, observer: observer, now: now)
  }

  /// Submits and waits.
  @discardableResult
  func write(
    id: String = "", digest: [UInt8] = [], actor: String = "clerk",
    _ body: @escaping @Sendable (any LedgerWriter) throws -> Void
  ) throws -> WriteOutcome {
    let outcomes = submit([
      WriteRequest(actor: actor, requestID: id, requestDigest: digest, admit: {}, body: body)
    ])
    return try outcomes[0].get()
  }

  @discardableResult
  func put(_ items: Item...) throws -> WriteOutcome {
    try write { writer in for item in items { try writer.put(item.stored, operation: .create) } }
  }

  /// Submits all at once and waits for all; results in the order of the requests.
  func submit(_ requests: [WriteRequest]) -> [Result<WriteOutcome, any Error>] {
    let results = Mutex<[Int: Result<WriteOutcome, any Error>]>([:])
    let group = DispatchGroup()
    for (index, request) in requests.enumerated() {
      group.enter()
      store.submit(request) { result in
        results.withLock { $0[index] = result }
        group.leave()
      }
    }
    group.wait()
    return results.withLock { results in requests.indices.compactMap { results[$0] } }
  }

  /// Runs the real `sqlite3` program on the file.
  func sqlite3(_ sql: String) async throws -> String {
    let run = try await ProgramRun("sqlite3", [file, sql])
    return run.text + run.complaint
  }
}
