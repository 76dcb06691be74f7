import Crypto
import Foundation
import GuobanArchive
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

/// Second opinions: what the real `zstd` and `protoc` programs make of a snapshot.
struct FormatTests {
  private static let proto = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Proto").path

  @Test func zstdOpensTheFileAndFindsExactlyTheRawBytes() async throws {
    var generator = SeededGenerator("zstdOpensTheFile")
    let folder = try TemporaryFolder()
    let file = try Fixture.writer(folder).create(
      from: Fixture.ledger(records: 300, &generator), epochSeconds: Fixture.time)
    let path = "\(folder.path)/snapshots/\(file.manifest.fileName)"
    #expect(file.manifest.fileName == "20231121T015233Z-000000000660.guoban.zst")
    #expect(try await ProgramRun("zstd", ["-q", "-t", path]).exitCode == 0)
    let run = try await ProgramRun("zstd", ["-q", "-dc", path])
    #expect(run.exitCode == 0, "\(run.complaint)")
    let raw = run.output
    #expect(UInt64(raw.count) == file.manifest.rawBytes)
    #expect(Array(SHA256.hash(data: raw)) == file.manifest.rawSha256)
    let packed = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(Array(SHA256.hash(data: packed)) == file.manifest.packedSha256)
    #expect(try await ProgramRun("zstd", ["-q", "-l", path]).exitCode == 0)
  }

  @Test func protocReadsEveryEntryAndTheManifest() async throws {
    let folder = try TemporaryFolder()
    let store = MemoryStore(types: Fixture.types)
    store.commit([("Region", "410928", [1, 2, 3])])
    let file = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    let path = "\(folder.path)/snapshots/\(file.manifest.fileName)"
    let raw = try await ProgramRun("zstd", ["-q", "-dc", path]).output
    var texts: [String] = []
    var rest = raw[...]
    while !rest.isEmpty {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      texts.append(try await decode("Entry", Array(rest.dropFirst(4).prefix(length))))
      rest = rest.dropFirst(4 + length)
    }
    try #require(texts.count == 4)
    #expect(texts[0].contains("record_types: \"Enterprise\""))
    #expect(texts[1].contains("key: \"410928\"") && texts[1].contains("record: \"\\001\\002\\003\""))
    #expect(texts[2].contains("operation: CHANGE_OPERATION_CREATE") && texts[2].contains("revision: 1"))
    #expect(texts[3].contains("record_count: 1") && texts[3].contains("change_count: 1"))
    let manifest = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/snapshots/\(file.id).manifest"))
    #expect(try await decode("Manifest", Array(manifest)).contains("id: \"\(file.id)\""))
  }

  @Test func anEmptyLedgerHasASnapshotToo() throws {
    let folder = try TemporaryFolder()
    let store = MemoryStore(types: Fixture.types)
    let file = try Fixture.writer(folder).create(from: store, epochSeconds: Fixture.time)
    #expect(file.manifest.headHash == ChangeHash.beforeFirst)
    _ = try Fixture.verifier(folder).verify(file.id)
    #expect(try Fixture.restore(file.id, from: folder).contents == store.contents)
  }

  @Test func anIDReadsBackOnlyInItsOwnForm() throws {
    let id = try #require(SnapshotID(epochSeconds: Fixture.time, revision: 42))
    #expect(id.description == "20231121T015233Z-000000000042")
    #expect(SnapshotID(id.description) == id)
    for text in [
      "", "20231121T015233Z-42", "20231121T015233Z-0000000000042", "../0231121T015233Z-000000000042",
      "20231321T015233Z-000000000042", "20231121T015233Z-00000000004x", "20231121T015233Z-+00000000042",
    ] {
      #expect(SnapshotID(text) == nil, "\(text)")
    }
  }

  private func decode(_ message: String, _ bytes: [UInt8]) async throws -> String {
    let run = try await ProgramRun(
      "protoc", ["-I", Self.proto, "--decode", "guoban.archive.v1.\(message)", "guoban/archive/v1/archive.proto"],
      input: bytes)
    #expect(run.exitCode == 0, "\(run.complaint)")
    return run.text
  }
}
