import Dispatch
import Foundation
import GRDB
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

@testable import GuobanSQLite

/// The log is moved into the database beside the writes: it begins anew again and again, and nothing is lost on the way.
struct CheckpointerTests {
  private static let pages = 32
  private static let frameBytes = 4096 + 24

  /// What moves the log: it can be held, and fail.
  private final class Mover: Sendable {
    struct State {
      var isHeld = false
      var failure: ResultCode?
      var count = 0
    }
    let state = Mutex(State())
    let begun = DispatchSemaphore(value: 0)
    let released = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)

    func move(_ body: () throws -> Void) throws {
      begun.signal()
      defer { ended.signal() }
      if state.withLock({ $0.isHeld }) { released.wait() }
      let failure = state.withLock { state in
        state.count += 1
        return state.failure
      }
      if let failure { throw DatabaseError(resultCode: failure) }
      try body()
    }
  }

  /// A ledger whose log is moved by hand.
  private final class Place {
    let folder: TemporaryFolder
    let mover = Mover()
    var store: SQLiteStore
    var written = 0

    init() throws {
      folder = try TemporaryFolder()
      store = try Self.open(folder, mover)
    }

    deinit { try? store.close() }

    static func open(_ folder: TemporaryFolder, _ mover: Mover) throws -> SQLiteStore {
      var configuration = SQLiteConfiguration()
      configuration.checkpointPages = pages
      return try TemporaryLedger.open(folder.path, configuration, moving: { try mover.move($0) })
    }

    var file: String { folder.path + "/ledger.sqlite" }

    func submit(_ completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {
      let item = Item(key: "k\(100_000 + written)", name: "名\(written)")
      written += 1
      let request = WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) {
        try $0.put(item.stored, operation: .create)
      }
      store.submit(request, completion: completion)
    }

    func write(_ count: Int = 1) throws {
      for _ in 0..<count {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<WriteOutcome, any Error>?>(nil)
        submit { outcome in
          result.withLock { $0 = outcome }
          done.signal()
        }
        done.wait()
        _ = try #require(result.withLock { $0 }).get()
      }
    }

    /// Writes until the log is due to be moved.
    func writeUntilDue() throws {
      while mover.begun.wait(timeout: .now()) != .success { try write() }
    }

    var count: Int { get throws { try store.read { try $0.count("Project") } } }

    /// How often the log has begun anew: the third number of its header, https://sqlite.org/fileformat2.html#walformat.
    var beginnings: UInt32 {
      get throws {
        let header = try #require(FileManager.default.contents(atPath: file + "-wal")).prefix(16)
        return header.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
      }
    }

    var logBytes: Int {
      get throws {
        try #require(try FileManager.default.attributesOfItem(atPath: file + "-wal")[.size] as? Int)
      }
    }
  }

  @Test func theLogStaysSmallWhileWritesGoOn() throws {
    let place = try Place()
    try place.write(2000)
    #expect(try place.beginnings > 10)
    // What is due, what comes meanwhile, and a group that ends beyond it.
    #expect(try place.logBytes < 8 * Self.pages * Self.frameBytes)
    try place.store.close()
    place.store = try Place.open(place.folder, place.mover)
    #expect(try place.count == 2000)
  }

  /// Another connection than the writer's, which nobody waits for.
  @Test func theLogIsMovedWithoutTheWriter() async throws {
    let place = try Place()
    place.mover.state.withLock { $0.isHeld = true }
    try place.writeUntilDue()
    let committed = place.written
    let beginnings = try place.beginnings
    place.mover.released.signal()
    place.mover.ended.wait()
    #expect(try place.beginnings == beginnings)
    // The database has it all, and the log is not needed.
    let copy = place.folder.path + "/copy.sqlite"
    try FileManager.default.copyItem(atPath: place.file, toPath: copy)
    let moved = try await ProgramRun("sqlite3", [copy, "SELECT count(*) FROM Project"])
    #expect(moved.text == "\(committed)\n", "\(moved.complaint)")
    // The next commits end it, and begin the log anew.
    place.mover.state.withLock { $0.isHeld = false }
    try place.write(3)
    #expect(try place.beginnings > beginnings)
  }

  /// Writers go on while the log is moved, but not for ever.
  @Test func writersWaitWhenTooMuchComesMeanwhile() throws {
    let place = try Place()
    place.mover.state.withLock { $0.isHeld = true }
    try place.writeUntilDue()
    try place.write(10)
    let done = DispatchGroup()
    let answered = Mutex(0)
    let count = 3000
    // One after the other, so that each is a commit of its own.
    let begin = place.written
    done.enter()
    DispatchQueue(label: "writes").async { [place = Unchecked(place)] in
      for _ in 0..<count {
        let one = DispatchSemaphore(value: 0)
        place.value.submit { _ in one.signal() }
        one.wait()
        answered.withLock { $0 += 1 }
      }
      done.leave()
    }
    #expect(done.wait(timeout: .now() + 3) == .timedOut)
    #expect(answered.withLock { $0 } < count)
    #expect(try place.logBytes < 8 * Self.pages * Self.frameBytes)
    place.mover.state.withLock { $0.isHeld = false }
    place.mover.released.signal()
    done.wait()
    #expect(try place.count == begin + count)
  }

  /// Who reads keeps his view, and the log with it; when he is done it begins anew.
  @Test func aReaderKeepsTheLogNoLongerThanHeReads() throws {
    let place = try Place()
    try place.write(100)
    try place.store.read { reader in
      let before = try reader.count("Project")
      // The log that he began with, and the one after it, which he does not read.
      try place.write(400)
      let kept = try place.beginnings
      try place.write(1000)
      #expect(try place.beginnings == kept)
      #expect(try reader.count("Project") == before)
    }
    let kept = try place.beginnings
    try place.write(500)
    #expect(try place.beginnings > kept)
    #expect(try place.count == 2000)
  }

  /// There is a moment between any two of them, and it is used.
  @Test func manyShortReadersDoNotKeepTheLog() throws {
    let place = try Place()
    let isOver = Atomic(false)
    let readers = DispatchGroup()
    let store = place.store
    for _ in 0..<3 {
      readers.enter()
      Thread.detachNewThread {
        defer { readers.leave() }
        while !isOver.load(ordering: .relaxed) {
          try? store.read { reader in
            _ = try reader.count("Project")
            usleep(5_000)
          }
          usleep(5_000)
        }
      }
    }
    try place.write(2500)
    isOver.store(true, ordering: .relaxed)
    readers.wait()
    #expect(try place.beginnings > 10)
    #expect(try place.count == 2500)
  }

  /// Closing comes in the middle of one as well.
  @Test func closingAtAnyMomentLosesNothing() throws {
    let place = try Place()
    for round in 1...30 {
      try place.write(37)
      try place.store.close()
      place.store = try Place.open(place.folder, place.mover)
      #expect(try place.count == round * 37)
    }
  }

  /// What is moved in part is nowhere else but in the log: it stays as it is, and the next opening moves it.
  @Test func aFailedDiskKeepsTheLog() throws {
    let place = try Place()
    place.mover.state.withLock { $0.failure = .SQLITE_IOERR_FSYNC }
    try place.writeUntilDue()
    place.mover.ended.wait()
    for _ in 0..<500 where place.store.fault == nil { usleep(10_000) }
    #expect(place.store.fault?.code == .io)
    let committed = place.written
    #expect(throws: StorageError.self) { try place.write() }
    #expect(try place.count == committed)
    let beginnings = try place.beginnings
    try place.store.close()
    #expect(try place.beginnings == beginnings && place.logBytes > Self.pages * Self.frameBytes)
    place.mover.state.withLock { $0.failure = nil }
    place.store = try Place.open(place.folder, place.mover)
    #expect(try place.count == committed)
    try place.write(500)
  }

  /// A full disk is no failed one: there is room again, some time.
  @Test func aFullDiskIsTriedAgain() throws {
    let place = try Place()
    place.mover.state.withLock { $0.failure = .SQLITE_FULL }
    try place.writeUntilDue()
    place.mover.ended.wait()
    try place.write(100)
    place.mover.state.withLock { $0.failure = nil }
    let beginnings = try place.beginnings
    try place.write(300)
    #expect(try place.store.fault == nil && place.beginnings > beginnings)
  }
}

/// Safety: used by one thread at a time.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
