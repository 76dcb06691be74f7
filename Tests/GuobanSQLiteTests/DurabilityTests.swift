import Dispatch
import Foundation
import GuobanMessages
import GuobanStorage
import Synchronization
import Testing

@testable import GuobanSQLite

/// A write is shown to nobody before it is on disk.
struct DurabilityTests {
  /// Stands between the store and its disk.
  private final class Disk: Sendable {
    struct State {
      var isHeld = false
      var fails = false
      var count = 0
      var afterwards: (@Sendable () throws -> Void)?
    }
    let state = Mutex(State())
    let arrived = DispatchSemaphore(value: 0)
    let released = DispatchSemaphore(value: 0)

    func synchronize(_ body: () throws -> Void) throws {
      if state.withLock({ $0.isHeld }) {
        arrived.signal()
        released.wait()
      }
      if state.withLock({ $0.fails }) { throw StorageError(.io, "the disk has failed, as asked") }
      try body()
      let afterwards = state.withLock { state in
        state.count += 1
        return state.afterwards
      }
      try afterwards?()
    }
  }

  private static func open(_ directory: String, disk: Disk) throws -> SQLiteStore {
    var configuration = SQLiteConfiguration()
    // The log only grows, so that a copy of it is what it was at some moment.
    configuration.checkpointPages = 1_000_000
    return try TemporaryLedger.open(
      directory, configuration, synchronizing: { log in try disk.synchronize { try log.synchronize() } })
  }

  private static func directory() throws -> String {
    let directory = FileManager.default.temporaryDirectory.appending(path: "durability-\(UUID())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  private static func put(_ key: String, _ name: String, isNew: Bool = true) -> WriteRequest {
    WriteRequest(actor: "clerk", requestID: "", requestDigest: [], admit: {}) { writer in
      try writer.put(Item(key: key, name: name).stored, operation: isNew ? .create : .update)
    }
  }

  private static func submit(_ write: WriteRequest, to store: SQLiteStore) throws -> WriteOutcome {
    let result = Mutex<Result<WriteOutcome, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    store.submit(write) { outcome in
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    return try #require(result.withLock { $0 }).get()
  }

  @Test func nobodyIsShownWhatIsNotOnDisk() throws {
    let disk = Disk()
    let directory = try Self.directory()
    let store = try Self.open(directory, disk: disk)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    _ = try Self.submit(Self.put("a", "一"), to: store)
    let heard = Mutex<[UInt64]>([])
    #expect(store.onCommit { commits in heard.withLock { $0 += commits.map(\.revision) } } == 1)

    disk.state.withLock { $0.isHeld = true }
    let answers = Mutex<[String]>([])
    let answered = DispatchGroup()
    for (key, isNew) in [("a", false), ("b", true)] {
      answered.enter()
      store.submit(Self.put(key, "二", isNew: isNew)) { result in
        answers.withLock { $0.append((try? result.get()) == nil ? "\(key) failed" : key) }
        answered.leave()
      }
      // The first is on its way to the disk before the second comes.
      if key == "a" { disk.arrived.wait() }
    }
    // It stands in the log, where another process sees it; here it does not exist yet.
    #expect(store.revision == 1)
    #expect(store.cached("Project", "a") == Item(key: "a", name: "一").bytes)
    #expect(answers.withLock { $0 } == [])
    #expect(heard.withLock { $0 } == [])
    let read = Mutex<String?>(nil)
    let reading = DispatchGroup()
    DispatchQueue.global().async(group: reading) {
      let name = try? store.read { try $0.record("Project", "a").map { String(decoding: $0.prefix(3), as: UTF8.self) } }
      read.withLock { $0 = name ?? "nothing" }
    }
    #expect(reading.wait(timeout: .now() + 0.2) == .timedOut)

    disk.state.withLock { $0.isHeld = false }
    disk.released.signal()
    answered.wait()
    reading.wait()
    #expect(read.withLock { $0 } == "二")
    #expect(answers.withLock { $0 } == ["a", "b"])
    #expect(heard.withLock { $0 } == [2, 3])
    #expect(store.revision == 3)
    #expect(store.cached("Project", "a") == Item(key: "a", name: "二").bytes)
    // The second waited for the first, and went to the disk by itself.
    #expect(disk.state.withLock { $0.count } == 3)
    try store.close()
  }

  @Test func nothingIsAcknowledgedOrShownAfterTheDiskFailed() throws {
    let disk = Disk()
    let directory = try Self.directory()
    let store = try Self.open(directory, disk: disk)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    _ = try Self.submit(Self.put("a", "一"), to: store)
    // On their way when the disk fails: a write, one behind it, a trial, and a reader who sees the first.
    disk.state.withLock { $0.isHeld = true }
    let failures = Mutex<[String: any Error]>([:])
    let answered = DispatchGroup()
    for key in ["b", "e", "f"] {
      answered.enter()
      let write = WriteRequest(
        actor: "clerk", requestID: "", requestDigest: [], isTrial: key == "f", admit: {},
        body: { writer in
          try writer.put(Item(key: key, name: "二").stored, operation: .create)
          if writer.isTrial { throw CancellationError() }
        })
      store.submit(write) { result in
        if case .failure(let error) = result { failures.withLock { $0[key] = error } }
        answered.leave()
      }
      if key == "b" { disk.arrived.wait() }
    }
    answered.enter()
    DispatchQueue.global().async {
      do { _ = try store.read { try $0.record("Project", "b") } } catch { failures.withLock { $0["reader"] = error } }
      answered.leave()
    }
    Thread.sleep(forTimeInterval: 0.05)
    disk.state.withLock {
      $0.fails = true
      $0.isHeld = false
    }
    disk.released.signal()
    #expect(answered.wait(timeout: .now() + 30) == .success)
    let told = failures.withLock { $0.mapValues { ($0 as? StorageError)?.message ?? "\($0)" } }
    #expect(told.keys.sorted() == ["b", "e", "f", "reader"], "\(told)")
    #expect(told.values.allSatisfy { $0.contains("restart the daemon") }, "\(told)")
    #expect(store.fault?.code == .io)
    #expect(store.revision == 1)
    // Trying again would succeed, and prove nothing.
    disk.state.withLock { $0.fails = false }
    #expect(throws: StorageError.self) { try Self.submit(Self.put("c", "三"), to: store) }
    #expect(throws: StorageError.self) { try store.read { try $0.record("Project", "b") } }
    #expect(throws: StorageError.self) { try store.compact(through: 1) {} }
    #expect(store.cached("Project", "a") == Item(key: "a", name: "一").bytes)
    #expect(store.cached("Project", "b") == nil)
    try? store.close()
    // Whatever the disk has then is what there is.
    let again = try Self.open(directory, disk: Disk())
    #expect(try again.read { try $0.record("Project", "a") } == Item(key: "a", name: "一").bytes)
    #expect(try again.read { try $0.record("Project", "c") } == nil)
    _ = try Self.submit(Self.put("d", "四"), to: again)
    try again.close()
  }

  /// What the disk holds after each of the store's own synchronizations is all that a power cut leaves.
  @Test func powerCutTakesNothingThatWasAcknowledged() throws {
    let disk = Disk()
    let directory = try Self.directory()
    let image = try Self.directory()
    defer { for path in [directory, image] { try? FileManager.default.removeItem(atPath: path) } }
    let store = try Self.open(directory, disk: disk)
    let names = ["ledger.sqlite", "ledger.sqlite-wal"]
    let images = Mutex(0)
    disk.state.withLock {
      $0.afterwards = {
        try images.withLock { count in
          for name in names {
            try? FileManager.default.removeItem(atPath: image + "/" + name)
            try FileManager.default.copyItem(atPath: directory + "/" + name, toPath: image + "/" + name)
          }
          count += 1
        }
      }
    }
    let acknowledged = Mutex<Set<String>>([])
    let slots = DispatchSemaphore(value: 20)
    let answered = DispatchGroup()
    var cuts = 0
    for number in 0..<1500 {
      slots.wait()
      answered.enter()
      store.submit(Self.put("k\(number)", "名\(number)")) { result in
        if (try? result.get()) != nil { _ = acknowledged.withLock { $0.insert("k\(number)") } }
        slots.signal()
        answered.leave()
      }
      guard number % 300 == 299 else { continue }
      let known = acknowledged.withLock { $0 }
      let cut = try Self.directory()
      defer { try? FileManager.default.removeItem(atPath: cut) }
      try images.withLock { _ in
        for name in names { try FileManager.default.copyItem(atPath: image + "/" + name, toPath: cut + "/" + name) }
      }
      let after = try Self.open(cut, disk: Disk())
      let lost = try after.read { reader in try known.filter { try !reader.has("Project", $0) } }
      #expect(lost.isEmpty, "acknowledged, and gone: \(lost.sorted().prefix(5))")
      #expect(!known.isEmpty)
      try after.close()
      cuts += 1
    }
    answered.wait()
    #expect(cuts == 5 && acknowledged.withLock { $0.count } == 1500)
    #expect(images.withLock { $0 } < 1500, "twenty at a time share the disk's work")
    try store.close()
  }
}
