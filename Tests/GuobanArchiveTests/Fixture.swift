import Foundation
import GuobanArchive
import GuobanMessages
import GuobanStorage
import Testing

/// A random source that can be repeated from its printed seed.
struct SeededGenerator: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(_ name: String, seed: UInt64 = .random(in: 0...UInt64.max)) {
    self.seed = seed
    state = seed
    print("\(name): seed \(seed)")
  }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A temporary folder that goes away with the value.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/guoban-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
  }
}

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

  /// Runs a program and gives its exit code and standard output.
  static func run(_ program: String, _ arguments: [String], input: Data? = nil, in directory: String) throws -> (
    Int32, Data
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let output = Pipe()
    process.standardOutput = output
    if let input {
      let file = directory + "/input-\(UUID().uuidString)"
      try input.write(to: URL(fileURLWithPath: file))
      process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    }
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }
}
