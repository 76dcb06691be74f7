import Foundation
import GuobanArchive
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

enum Fixture {
  static let types = ["Region", "Enterprise", "Pass"]
  static let time: Int64 = 1_700_531_553

  /// Small frames, so that a small ledger has many.
  static var limits: ArchiveLimits {
    var limits = ArchiveLimits()
    limits.frameRawBytesTarget = 4096
    limits.pageRecords = 7
    return limits
  }

  /// A ledger of random records, some changed again, some deleted.
  static func ledger(records: Int, _ generator: inout SeededGenerator) -> MemoryStore {
    let store = MemoryStore(types: types)
    for number in 0..<records {
      let type = types[Int.random(in: 0..<types.count, using: &generator)]
      let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
        UInt8.random(in: 0...40, using: &generator)
      }
      store.commit([(type, "键\(number % 97)", bytes), (types[0], "r\(number)", bytes)])
      if number % 5 == 4 { store.commit([(types[0], "r\(number - 2)", nil)]) }
    }
    return store
  }

  static func writer(_ folder: TemporaryFolder) -> SnapshotWriter {
    SnapshotWriter(directory: folder.path + "/snapshots", level: 3, limits: limits, createdBy: "test/1")
  }

  static func verifier(_ folder: TemporaryFolder) -> SnapshotVerifier {
    SnapshotVerifier(directory: folder.path + "/snapshots", limits: limits)
  }

  static func catalog(_ folder: TemporaryFolder) -> SnapshotCatalog {
    SnapshotCatalog(path: folder.path + "/snapshots", limits: limits)
  }

  /// Restores into a new ledger in memory.
  static func restore(_ id: SnapshotID, from folder: TemporaryFolder) throws -> MemoryStore {
    let store = MemoryStore(types: types)
    _ = try SnapshotRestorer(directory: folder.path + "/snapshots", limits: limits).restore(
      id, prepare: { store }, project: { StoredRecord(type: $0, key: $1, bytes: $2, columns: []) })
    return store
  }
}
