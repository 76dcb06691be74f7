import Foundation
import Glibc
import GuobanArchive
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

/// One flipped bit anywhere is found before anything is changed.
struct DamageTests {
  @Test func oneFlippedBitInTheFileIsRefusedWhereverItIs() throws {
    var generator = SeededGenerator("oneFlippedBitInTheFile")
    let folder = try TemporaryFolder()
    let file = try Fixture.writer(folder).create(
      from: Fixture.ledger(records: 120, &generator), epochSeconds: Fixture.time)
    let path = "\(folder.path)/snapshots/\(file.manifest.fileName)"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    // Every byte of the first frame's and the index's headers and of the tail, and a sample of all the others.
    let ends = Array(0..<24) + Array((whole.count - 24)..<whole.count)
    let sample = (0..<200).map { _ in Int.random(in: 0..<whole.count, using: &generator) }
    for position in ends + frameStarts(whole) + sample {
      try expectRefused(file.id, folder, path, whole, position, &generator)
    }
    try whole.write(to: URL(fileURLWithPath: path))
    _ = try Fixture.verifier(folder).verify(file.id)
  }

  @Test func oneFlippedBitInTheManifestIsRefusedAtEveryByte() throws {
    var generator = SeededGenerator("oneFlippedBitInTheManifest")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 10, &generator)
    _ = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let file = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time + 60)
    let path = "\(folder.path)/snapshots/\(file.id).manifest"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for position in whole.indices {
      try expectRefused(file.id, folder, path, whole, position, &generator)
    }
  }

  @Test func aDamagedOrExchangedManifestBeforeIsRefusedAndAMissingOneIsTold() throws {
    var generator = SeededGenerator("aDamagedManifestBefore")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 10, &generator)
    let first = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let second = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time + 60)
    #expect(second.manifest.previousManifestSha256 == first.sha256)
    #expect(try Fixture.verifier(folder).verify(second.id).chainedManifests == 1)

    let path = "\(folder.path)/snapshots/\(first.id).manifest"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try expectRefused(second.id, folder, path, whole, whole.count / 2, &generator)
    // Another manifest that is sound in itself, but is not the one that was chained.
    let other = try TemporaryFolder()
    let forged = try Fixture.writer(other).create(from: MemoryStore(types: Fixture.types), epochSeconds: Fixture.time)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: "\(other.path)/snapshots/\(forged.id).manifest", toPath: path)
    expectCorrupted { _ = try Fixture.verifier(folder).verify(second.id) }

    try FileManager.default.removeItem(atPath: path)
    let report = try Fixture.verifier(folder).verify(second.id)
    #expect(report.missingPreviousID == "\(first.id)")
  }

  /// A copy that belongs to another user, a folder, a pipe, a file of zeros: none may hide the others or stop the backups.
  @Test func manifestsThatCannotBeReadHideNoOthersAndStopNoSnapshot() throws {
    var generator = SeededGenerator("manifestsThatCannotBeRead")
    let folder = try TemporaryFolder()
    let store = Fixture.ledger(records: 10, &generator)
    let first = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let strange = try ["20991121T000000Z", "20991122T000000Z", "20991123T000000Z"].map {
      "\(folder.path)/snapshots/\(try #require(SnapshotID("\($0)-000000000001"))).manifest"
    }
    try FileManager.default.createDirectory(atPath: strange[0], withIntermediateDirectories: false)
    #expect(mkfifo(strange[1], 0o600) == 0)
    try Data(count: Fixture.limits.manifestBytesMax + 1).write(to: URL(fileURLWithPath: strange[2]))

    #expect(try Fixture.catalog(folder).list().map(\.id) == [first.id])
    #expect(try Fixture.catalog(folder).damaged().count == strange.count)
    let second = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time + 60)
    #expect(second.manifest.previousId == "\(first.id)")
    // Ids keep their order, whatever it is that has the newest.
    #expect(second.id > (try #require(SnapshotID("20991123T000000Z-000000000001"))))
    #expect(try Fixture.verifier(folder).verify(second.id).chainedManifests == 1)
  }

  @Test func aTruncatedALengthenedAndAMissingFileAreRefused() throws {
    var generator = SeededGenerator("aTruncatedFile")
    let folder = try TemporaryFolder()
    let file = try Fixture.writer(folder).create(
      from: Fixture.ledger(records: 30, &generator), epochSeconds: Fixture.time)
    let path = "\(folder.path)/snapshots/\(file.manifest.fileName)"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for damaged in [Data(), whole.dropLast(), whole.prefix(whole.count / 2), whole + Data([0])] {
      try damaged.write(to: URL(fileURLWithPath: path))
      expectCorrupted { _ = try Fixture.restore(file.id, from: folder) }
    }
    try FileManager.default.removeItem(atPath: path)
    expectCorrupted { _ = try Fixture.verifier(folder).verify(file.id) }
  }

  /// Records and change log that are each well formed but tell different stories: of such a ledger no snapshot is made,
  /// since none could be restored.
  @Test func recordsThatContradictTheChangeLogAreRefused() throws {
    let edits: [(String, (inout MemoryStore.Contents) -> Void)] = [
      ("a record altered", { $0.records["Region"]?["b"] = [9] }),
      ("a record added", { $0.records["Region"]?["d"] = [4] }),
      ("a record lost", { $0.records["Region"]?["a"] = nil }),
      ("a change altered", { $0.changes[1].actor = "somebody else" }),
      ("a change lost", { $0.changes.remove(at: 1) }),
      ("the last change lost", { $0.changes.removeLast() }),
    ]
    for (name, edit) in edits {
      let folder = try TemporaryFolder()
      let store = MemoryStore(types: Fixture.types)
      store.commit([("Region", "a", [1]), ("Region", "b", [2])])
      store.commit([("Region", "c", [3])])
      var contents = store.contents
      edit(&contents)
      let edited = EditedStore(base: store, reader: MemoryReader(contents: contents))
      expectCorrupted(name) { _ = try Fixture.writer(folder).create(from: edited, epochSeconds: Fixture.time) }
      #expect(try folder.names("snapshots").filter { $0 != ".lock" } == [], "\(name)")
    }
  }

  private func expectRefused(
    _ id: SnapshotID, _ folder: TemporaryFolder, _ path: String, _ whole: Data, _ position: Int,
    _ generator: inout SeededGenerator
  ) throws {
    var damaged = whole
    damaged[position] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    try damaged.write(to: URL(fileURLWithPath: path))
    var isPrepared = false
    do {
      _ = try SnapshotRestorer(directory: folder.path + "/snapshots", limits: Fixture.limits).restore(
        id,
        prepare: {
          isPrepared = true
          return MemoryStore(types: Fixture.types)
        },
        project: { StoredRecord(type: $0, key: $1, bytes: $2, columns: []) })
      Issue.record("byte \(position) of \(path) was flipped and the snapshot restored")
    } catch let error as ArchiveError {
      #expect(error.code == .corrupted || error.code == .unsupportedVersion, "byte \(position): \(error)")
    }
    #expect(!isPrepared, "byte \(position): something was changed before the refusal")
    try whole.write(to: URL(fileURLWithPath: path))
  }

  private func expectCorrupted(_ what: String = "", _ body: () throws -> Void) {
    let error = #expect(throws: ArchiveError.self, "\(what)") { try body() }
    #expect(error?.code == .corrupted, "\(what): \(error.map { "\($0)" } ?? "")")
  }

  private func frameStarts(_ file: Data) -> [Int] {
    let magics: [[UInt8]] = [[0x28, 0xB5, 0x2F, 0xFD], [0x5B, 0x2A, 0x4D, 0x18]]
    return (0...(file.count - 4)).filter { magics.contains(Array(file[$0..<($0 + 4)])) }.flatMap {
      [$0, $0 + 4, $0 + 5]
    }
  }
}

/// A store whose contents are not what its change log says.
private struct EditedStore: LedgerStore {
  let base: MemoryStore
  let reader: MemoryReader
  var schemas: [RecordSchema] { base.schemas }
  var revision: UInt64 { reader.revision }
  func cached(_ type: String, _ key: String) -> [UInt8]? { nil }
  func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try body(reader)
  }

  func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {}
  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 { revision }
  func load(_ next: () throws -> LoadItem?) throws {}
  func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64 { 0 }
  func close() throws {}
}
