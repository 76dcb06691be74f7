import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport

/// A ledger in a temporary directory, with the regions that most tests need.
final class OpenLedger {
  let store: any LedgerStore
  let ring: PersonalKeyRing
  let keys: [KeyMaterial]
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    keys = [try KeyMaterial.random(.personalData)]
    ring = try PersonalKeyRing(keys)
    store = try SQLiteStore(
      lock: try DirectoryLock(directory: directory.path), schemas: RecordCatalog.schemas,
      configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: 1_668_384_000) }, keyWrap: ring,
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
    _ = try write { writer in
      try writer.upsert(
        [
          Ledger.Region(code: "430000", name: "湖南省", kind: .province),
          Ledger.Region(code: "430500", name: "邵阳市", kind: .city, parent: "430000"),
          Ledger.Region(code: "430100", name: "长沙市", kind: .city, parent: "430000"),
        ], field: "regions", checkCancellation: {})
    }
  }

  deinit {
    try? store.close()
    try? FileManager.default.removeItem(at: directory)
  }

  /// Runs one write request to its end.
  @discardableResult
  func write<Value: Sendable>(
    requestID: String = "", digest: [UInt8] = [], _ body: @escaping @Sendable (any LedgerWriter) throws -> Value
  ) throws -> Value? {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    let request = WriteRequest(actor: "测试员", requestID: requestID, requestDigest: digest, admit: {}) { writer in
      box.value = try body(writer)
    }
    store.submit(request) { result in
      box.result = result
      done.signal()
    }
    done.wait()
    _ = try box.result?.get()
    return box.value
  }

  /// Has the real `sqlite3` run `sql` on the file, which stays open.
  func tamper(_ sql: String) async throws {
    let run = try await ProgramRun("sqlite3", [directory.path + "/ledger.sqlite", sql])
    guard run.exitCode == 0 else { throw StorageError(.io, "sqlite3: \(run.complaint)") }
  }

  func record(_ type: String, _ key: String) throws -> [UInt8]? {
    try store.read { try $0.record(type, key) }
  }
}

// Safety: written on the store's thread before the semaphore is signalled, read after it was waited for.
private final class Box<Value>: @unchecked Sendable {
  var value: Value?
  var result: Result<WriteOutcome, any Error>?
}
