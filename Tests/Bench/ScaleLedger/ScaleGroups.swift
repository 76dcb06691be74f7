import Dispatch
import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import Synchronization

/// Group commit: how many small requests become durable a second, by how many wait at once.
struct ScaleGroups {
  let records: ScaleRecords
  let store: SQLiteStore

  func run() throws {
    for waiting in [1, 8, 50, 200, 1000] {
      let begin = Date()
      // Of this run alone: what was done before would only be answered again.
      let run = store.revision
      let count = waiting == 1 ? 2000 : 40_000
      // It must not end with less than it began with.
      let room = DispatchSemaphore(value: 0)
      for _ in 0..<waiting { room.signal() }
      let failures = Atomic(0)
      for number in 0..<count {
        room.wait()
        let indicator = Ledger.Indicator(code: "G\(run)-\(number)", name: "指标", unit: "个", nature: .cumulative)
        store.submit(
          WriteRequest(actor: "groups", requestID: "\(run)-\(number)", requestDigest: [1], admit: {}) { writer in
            _ = try writer.create(indicator, path: "")
          }
        ) { result in
          if case .failure = result { failures.wrappingAdd(1, ordering: .relaxed) }
          room.signal()
        }
      }
      for _ in 0..<waiting { room.wait() }
      let seconds = -begin.timeIntervalSinceNow
      print(
        "group commit, \(waiting) waiting: \(Int(Double(count) / seconds)) requests/s, failed \(failures.load(ordering: .relaxed))"
      )
    }
  }
}
