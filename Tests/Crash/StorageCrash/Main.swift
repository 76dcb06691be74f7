// Writes batches for ever and prints each one that was acknowledged, until somebody kills it.
//
//   guoban-storage-crash DIRECTORY FIRST_BATCH     batches FIRST_BATCH, FIRST_BATCH + 1… of `Batch.size` records
//   guoban-storage-crash DIRECTORY bench COUNT     how many records a second, instead

internal import Foundation
internal import GuobanMessages
internal import GuobanSQLite
internal import GuobanStorage
internal import Synchronization

let schema = RecordSchema(name: "Item", columns: [ColumnSchema("batch", .integer)], indexes: [["batch"]])
let size = 7

func item(batch: Int, number: Int) -> StoredRecord {
  let key = "\(batch)-\(number)"
  let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: batch), count: 200)
  return StoredRecord(type: "Item", key: key, bytes: bytes, columns: [.integer(Int64(batch))])
}

func open(_ directory: String) throws -> SQLiteStore {
  var configuration = SQLiteConfiguration()
  // Checkpoints must happen often enough to be interrupted.
  configuration.checkpointPages = 64
  return try SQLiteStore(
    lock: DirectoryLock(directory: directory), schemas: [schema], configuration: configuration,
    now: { Google.Timestamp(seconds: 1_700_000_000) },
    project: { StoredRecord(type: $0, key: $1, bytes: $2, columns: [.integer(Int64($2.first ?? 0))]) })
}

func request(_ id: String, _ body: @escaping @Sendable (any LedgerWriter) throws -> Void) -> WriteRequest {
  WriteRequest(actor: "crash", requestID: id, requestDigest: [], admit: {}, body: body)
}

func writeForEver(_ store: SQLiteStore, from first: Int) {
  // A bounded number in flight, so that groups form.
  let slots = DispatchSemaphore(value: 16)
  for batch in first... {
    slots.wait()
    let write = request("batch \(batch)") { writer in
      for number in 0..<size { try writer.put(item(batch: batch, number: number), operation: .create) }
    }
    store.submit(write) { result in
      if case .success = result {
        // One write, so that a kill cannot leave half a line that reads like another number.
        FileHandle.standardOutput.write(Data("\(batch)\n".utf8))
      }
      slots.signal()
    }
  }
}

func processorSeconds() -> Double {
  Double(clock()) / Double(CLOCKS_PER_SEC)
}

func bench(_ store: SQLiteStore, count: Int) throws {
  let stopwatch = ContinuousClock()
  let slots = DispatchSemaphore(value: 512)
  let done = DispatchSemaphore(value: 0)
  let failures = Atomic(0)
  let processorStart = processorSeconds()
  let written = stopwatch.measure {
    for number in 0..<count {
      slots.wait()
      store.submit(request("r\(number)") { try $0.put(item(batch: number, number: 0), operation: .create) }) { result in
        if case .failure = result { failures.add(1, ordering: .relaxed) }
        slots.signal()
        if number == count - 1 { done.signal() }
      }
    }
    done.wait()
  }
  // Says the same on a busy machine as on an idle one.
  let processor = processorSeconds() - processorStart
  let hits = 1_000_000
  var found = 0
  let keys = (0..<1000).map { "\(count - 1 - $0)-0" }
  let read = stopwatch.measure {
    for number in 0..<hits where store.cached("Item", keys[number % keys.count]) != nil { found += 1 }
  }
  let misses = 100_000
  let missed = try stopwatch.measure {
    for number in 0..<misses {
      _ = try store.read { try $0.record("Item", "\((number &* 7919) % count)-0") }
    }
  }
  let per = { (duration: Duration, count: Int) in duration / Double(count) }
  print(
    "records and log rows: \(count) in \(written), \(per(written, count)) each; failures \(failures.load(ordering: .relaxed))"
  )
  print("  of processor time: \(processor / Double(count) * 1e6) µs each")
  print("cache: \(found) hits of \(hits), \(per(read, hits)) each")
  print("reads through SQLite: \(per(missed, misses)) each")
}

let arguments = CommandLine.arguments
let store = try open(arguments[1])
if arguments[2] == "bench" {
  try bench(store, count: Int(arguments[3]) ?? 100_000)
  try store.close()
} else {
  writeForEver(store, from: Int(arguments[2]) ?? 0)
}
