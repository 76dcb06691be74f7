import Foundation
import GuobanArchive
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

@testable import GuobanDaemon

/// From a real SQLite ledger through a snapshot into another real SQLite ledger.
struct RestoreTests {
  @Test func aRestoredLedgerIsTheSameLedger() throws {
    let folder = try TemporaryFolder()
    let (digest, id) = try makeLedger(folder)
    var restore = SnapshotRestore(
      snapshots: folder.path + "/data/snapshots", dataDirectory: folder.path + "/new", keysFrom: nil)
    let result = try restore.restore(nil)
    #expect(result.report.file.id == id && !result.hasHolderKey)
    #expect(try self.digest(folder.path + "/new") == digest)
    #expect(try folder.mode("new") == 0o700)

    // A second time into the same directory, or into any that holds something, is refused.
    let again = #expect(throws: DaemonError.self) { try restore.restore("\(id)") }
    #expect(again?.code == .notEmpty)
    restore.dataDirectory = folder.path + "/keyed"
    restore.keysFrom = folder.path + "/data"
    #expect(try restore.restore("\(folder.path)/data/snapshots/\(id).manifest").hasHolderKey)
    #expect(
      try SecretFile(path: folder.path + "/keyed/holder.key").read()
        == SecretFile(path: folder.path + "/data/holder.key").read())
  }

  @Test func aDirectoryThatAKilledRestoreLeftIsRefused() throws {
    let folder = try TemporaryFolder()
    _ = try makeLedger(folder)
    let new = DataDirectory(path: folder.path + "/new")
    let restore = SnapshotRestore(
      snapshots: folder.path + "/data/snapshots", dataDirectory: new.path, keysFrom: nil)
    _ = try restore.restore(nil)
    try SnapshotRestore.refuseUnfinished(new)
    _ = try folder.write("", to: "new/" + SnapshotRestore.unfinishedName)
    let error = #expect(throws: DaemonError.self) { try SnapshotRestore.refuseUnfinished(new) }
    #expect(error?.code == .directory)
  }

  @Test func aDamagedSnapshotChangesNothing() throws {
    let folder = try TemporaryFolder()
    let (_, id) = try makeLedger(folder)
    let path = "\(folder.path)/data/snapshots/\(id).guoban.zst"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: URL(fileURLWithPath: path))
    let restore = SnapshotRestore(
      snapshots: folder.path + "/data/snapshots", dataDirectory: folder.path + "/new", keysFrom: nil)
    #expect(throws: ArchiveError.self) { try restore.restore(nil) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
    for name in ["../../etc/passwd", "", "latest", "20231121T014233Z-000000000042"] {
      #expect(throws: ArchiveError.self) { try restore.restore(name) }
    }
  }

  private func makeLedger(_ folder: TemporaryFolder) throws -> (digest: [String], id: SnapshotID) {
    let directory = folder.path + "/data"
    try DataDirectory(path: directory).prepare()
    _ = try DaemonSecrets(directory: directory, hasLedger: false)
    let configuration = DaemonConfiguration(dataDir: directory)
    let store = try OpenLedger.open(DirectoryLock(directory: directory), configuration)
    for number in 0..<300 {
      let done = DispatchSemaphore(value: 0)
      let failure = Mutex<(any Error)?>(nil)
      store.submit(
        WriteRequest(
          actor: "tester", requestID: "", requestDigest: [], admit: {},
          body: { writer in
            let meta = Ledger.RecordMeta(revision: writer.nextRevision, etag: "\(writer.nextRevision)")
            let code = String(410_000 + number % 200)
            let region = Ledger.Region(meta: meta, code: code, name: "县 \(number)", kind: .county)
            let isNew = try writer.record("Region", code) == nil
            try writer.put(OpenLedger.project("Region", code, region.packed()), operation: isNew ? .create : .update)
            if number % 50 == 49 { _ = try writer.delete("Region", String(410_000 + number % 200 - 1)) }
          })
      ) { result in
        if case .failure(let error) = result { failure.withLock { $0 = error } }
        done.signal()
      }
      done.wait()
      if let error = failure.withLock({ $0 }) { throw error }
    }
    let file = try configuration.snapshotWriter.create(from: store, epochSeconds: 1_700_531_553)
    try store.close()
    return (try digest(directory), file.id)
  }

  /// Everything that the ledger holds, and a query over its projected columns.
  private func digest(_ directory: String) throws -> [String] {
    let store = try OpenLedger.open(DirectoryLock(directory: directory), DaemonConfiguration(dataDir: directory))
    defer { try? store.close() }
    return try store.read { reader in
      let records = try reader.list(ListQuery(type: "Region", filter: nil, afterKey: nil, limit: 100_000))
      let changes = try reader.changes(after: 0, limit: 100_000)
      let groups = try reader.group(
        GroupQuery(source: "Region", filter: nil, groupBy: ["kind"], measures: [.count], rowsMax: 100))
      return records.map { "\($0.key) \($0.bytes)" } + changes.map { "\($0.packed())" }
        + ["\(groups)", "\(try reader.headHash)", "\(try reader.revision)"]
    }
  }
}
