import Foundation
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

@testable import GuobanSQLite

/// What is put on disk is the log that SQLite writes to, whatever was done to the ledger meanwhile.
struct LogFileTests {
  /// Which file something is, under whatever name.
  private struct FileID: Equatable {
    var device: UInt
    var number: UInt

    init?(of descriptor: Int32) {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else { return nil }
      (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
    }

    init?(at path: String) {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      self.init(of: descriptor)
    }
  }

  /// A ledger that notes, each time when its log goes to the disk, whether that is the one in its place.
  private final class Place: Sendable {
    let directory: String
    let synced = Mutex<[Bool]>([])
    private let items = Atomic(0)

    var database: String { directory + "/ledger.sqlite" }
    var log: String { database + "-wal" }
    var logBytes: Int { (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? -1 }

    init(_ folder: TemporaryFolder, _ name: String) throws {
      directory = folder.path + "/" + name
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    func open() throws -> SQLiteStore {
      var configuration = SQLiteConfiguration()
      // The log begins anew again and again.
      configuration.checkpointPages = 1
      return try TemporaryLedger.open(
        directory, configuration,
        synchronizing: { log in
          let isInPlace = FileID(of: log.descriptor).map { $0 == FileID(at: self.log) } ?? false
          self.synced.withLock { $0.append(isInPlace) }
          try log.synchronize()
        })
    }

    /// Writes some items, each on its own, and checks that each went through the log that is there.
    func write(to store: SQLiteStore, _ moment: String) throws {
      synced.withLock { $0 = [] }
      for _ in 0..<3 {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<WriteOutcome, any Error>?>(nil)
        let item = Item(key: "I\(items.wrappingAdd(1, ordering: .relaxed).newValue)", name: moment)
        let write = WriteRequest(actor: "clerk", requestID: "", requestDigest: [], admit: {}) { writer in
          try writer.put(item.stored, operation: .create)
        }
        store.submit(write) { outcome in
          result.withLock { $0 = outcome }
          done.signal()
        }
        done.wait()
        _ = try #require(result.withLock { $0 }).get()
      }
      #expect(synced.withLock { $0 } == [true, true, true], "\(moment)")
      #expect(logBytes > 0, "\(moment)")
    }

    /// Goes on with other keys than those that are there.
    func skip(_ count: Int) { items.wrappingAdd(count, ordering: .relaxed) }

    func sqlite3(_ sql: String) async throws -> String {
      let run = try await ProgramRun("sqlite3", ["-cmd", ".timeout 30000", database, sql])
      return run.text + run.complaint
    }
  }

  @Test func theLogThatIsPutOnDiskIsTheOneThatIsWritten() async throws {
    let folder = try TemporaryFolder()
    let place = try Place(folder, "ledger")
    var store = try place.open()
    try place.write(to: store, "opened, empty")
    // By another process, which leaves the log behind when it ends: the store has it open.
    // Not while another checkpoint runs, the store's own.
    while try await !place.sqlite3("PRAGMA wal_checkpoint(TRUNCATE)").hasPrefix("0|") {}
    #expect(place.logBytes == 0)
    try place.write(to: store, "truncated")
    #expect(try await place.sqlite3("VACUUM").isEmpty)
    try place.write(to: store, "packed")
    #expect(try store.compact(through: 4) {} == 4)
    try place.write(to: store, "compacted")
    // As after a kill: the database with its log.
    let killed = try Place(folder, "killed")
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: "\(place.directory)/\(name)", toPath: "\(killed.directory)/\(name)")
    }
    try store.close()
    store = try place.open()
    try place.write(to: store, "opened again")
    try store.close()
    try FileManager.default.removeItem(atPath: place.log)
    store = try place.open()
    try place.write(to: store, "opened again, with a new log")

    let items: [LoadItem] = try store.read { reader in
      try reader.list(ListQuery(type: "Project", filter: nil, afterKey: nil, limit: 100)).map {
        .record(try Item.project("Project", $0.key, $0.bytes, schemas: Item.schemas))
      } + reader.foldedRecords(after: nil, limit: 100).map(LoadItem.folded)
        + reader.changes(after: 0, limit: 100).map(LoadItem.change)
    }
    try store.close()
    let restored = try Place(folder, "restored")
    store = try restored.open()
    var rest = items[...]
    try store.load { rest.popFirst() }
    restored.skip(100)
    try restored.write(to: store, "restored")
    try store.close()

    store = try killed.open()
    killed.skip(200)
    try killed.write(to: store, "opened after a kill")
    try store.close()
  }

  /// What the test above would see if the log were another file meanwhile.
  @Test func aLogThatWasReplacedIsNotTheOneInPlace() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/ledger.sqlite"
    for replaces in [false, true] {
      try Data("old".utf8).write(to: URL(fileURLWithPath: path + "-wal"))
      let log = try LogFile(of: path)
      #expect(FileID(of: log.descriptor) == FileID(at: path + "-wal"))
      try FileManager.default.removeItem(atPath: path + "-wal")
      #expect(FileID(of: log.descriptor) == nil)
      guard replaces else { continue }
      try Data("new".utf8).write(to: URL(fileURLWithPath: path + "-wal"))
      #expect(FileID(of: log.descriptor) != FileID(at: path + "-wal"))
      // Nobody is told: it is what the store must not come to.
      try log.synchronize()
    }
    try FileManager.default.removeItem(atPath: path + "-wal")
    #expect(throws: StorageError.self) { _ = try LogFile(of: path) }
  }
}
