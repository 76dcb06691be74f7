import Foundation
import GuobanMessages
import GuobanStorage
import Synchronization
import Testing

@testable import GuobanSQLite

/// Writers count records up; readers take them from the cache or from the file. Nobody may ever see a count go back, nor
/// miss a write that was acknowledged before the read began.
@Test func cacheNeverGoesBackUnderConcurrentReadersAndWriters() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var configuration = SQLiteConfiguration()
  // Small enough to evict all the time.
  configuration.cacheBytesMax = 16 * 4096
  let ledger = try TemporaryLedger(configuration)
  let store = ledger.store
  let keys = (0..<400).map { "k\($0)" }
  let acknowledged = Mutex([UInt64](repeating: 0, count: keys.count))
  let violations = Mutex<[String]>([])
  let writing = Atomic(true)

  func record(_ index: Int, _ count: UInt64) -> StoredRecord {
    let bytes = Array(String(count).utf8) + [0x20] + [UInt8](repeating: 0x2e, count: 40)
    return StoredRecord(type: "Region", key: keys[index], bytes: bytes, columns: [.text("")])
  }
  @Sendable func count(_ bytes: [UInt8]) -> UInt64 {
    UInt64(String(decoding: bytes.prefix { $0 != 0x20 }, as: UTF8.self)) ?? 0
  }

  let readers = (0..<4).map { number in
    let finished = DispatchSemaphore(value: 0)
    Thread {
      var random = seed &+ UInt64(number)
      var seen = [UInt64](repeating: 0, count: keys.count)
      while writing.load(ordering: .relaxed) {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // A quarter of the keys is hot.
        let index = Int(random >> 33) % (random & 1 == 0 ? keys.count : keys.count / 4)
        let floor = max(seen[index], acknowledged.withLock { $0[index] })
        do {
          let bytes = try store.cached("Region", keys[index]) ?? store.read { try $0.record("Region", keys[index]) }
          let found = bytes.map(count) ?? 0
          if found < floor { violations.withLock { $0.append("\(keys[index]): \(found) after \(floor)") } }
          seen[index] = found
        } catch {
          violations.withLock { $0.append("\(error)") }
        }
      }
      finished.signal()
    }.start()
    return finished
  }

  let slots = DispatchSemaphore(value: 32)
  var random = seed
  var counts = [UInt64](repeating: 0, count: keys.count)
  for _ in 0..<6000 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let index = Int(random >> 33) % keys.count
    counts[index] += 1
    let (stored, value) = (record(index, counts[index]), counts[index])
    slots.wait()
    store.submit(
      WriteRequest(actor: "c", requestID: "", requestDigest: [], admit: {}) { try $0.put(stored, operation: .update) }
    ) { result in
      if case .failure(let error) = result { violations.withLock { $0.append("\(error)") } }
      acknowledged.withLock { $0[index] = max($0[index], value) }
      slots.signal()
    }
  }
  for _ in 0..<32 { slots.wait() }
  writing.store(false, ordering: .relaxed)
  for reader in readers { reader.wait() }
  #expect(violations.withLock { $0 } == [])
  let statistics = store.cacheStatistics
  #expect(statistics.hits > 0 && statistics.misses > 0)
  #expect(statistics.bytes <= configuration.cacheBytesMax)
  for _ in 0..<32 { slots.signal() }
}

@Test func readStaysInItsViewWhileOthersWrite() throws {
  let ledger = try TemporaryLedger()
  try ledger.put(Item(key: "a", name: "old"))
  try ledger.store.read { reader in
    #expect(try reader.revision == 1)
    try ledger.write { try $0.put(Item(key: "a", name: "new").stored, operation: .update) }
    #expect(try reader.record("Project", "a") == Item(key: "a", name: "old").bytes)
    #expect(try reader.changes(after: 0, limit: 9).count == 1)
    #expect(try reader.revision == 1)
  }
  #expect(ledger.store.cached("Project", "a") == Item(key: "a", name: "new").bytes)
}
