internal import Crypto
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanZstd

@testable internal import GuobanArchive

extension SnapshotInput {
  /// A sound ledger of three changes, as a file, a manifest, and entries.
  static var seeds: [String: [UInt8]] {
    let (manifest, raw) = soundLedger
    let packed = manifest.packed()
    var seeds: [String: [UInt8]] = [
      "manifest": [1] + ManifestFile.pack(manifest),
      "entries": [2, UInt8(packed.count >> 8), UInt8(packed.count & 0xFF)] + packed + raw,
      "no-entries": [2, UInt8(packed.count >> 8), UInt8(packed.count & 0xFF)] + packed,
      "index-only": [0] + SnapshotIndex.pack(Archive.Index()),
    ]
    if let frame = try? ZstdFrame.pack(raw, level: 3) {
      let index = Archive.Index(frames: [
        .init(packedOffset: 0, packedBytes: UInt64(frame.count), rawBytes: UInt64(raw.count))
      ])
      seeds["file"] = [0] + frame + SnapshotIndex.pack(index)
    }
    return seeds
  }

  /// Two regions created, one of them deleted again.
  private static var soundLedger: (manifest: Archive.Manifest, raw: [UInt8]) {
    var chain = ChangeChain()
    let writes: [(key: String, operation: Ledger.Change.Operation, record: [UInt8])] = [
      ("410928", .create, [1, 2, 3]), ("410900", .create, [4]), ("410900", .delete, []),
    ]
    var changes: [Ledger.Change] = []
    for (index, write) in writes.enumerated() {
      var change = Ledger.Change(
        commitRevision: UInt64(index + 1), time: .init(seconds: 1_700_000_000), actor: "seed",
        operation: write.operation, recordType: "Region", key: write.key, record: write.record)
      chain.seal(&change)
      changes.append(change)
    }
    let header = Archive.Header(formatVersion: 1, revision: 3, createdBy: "seed/1", recordTypes: ["Region"])
    var entries = [Archive.Entry(body: .header(header))]
    entries.append(.init(body: .record(.init(recordType: "Region", key: "410928", record: [1, 2, 3]))))
    entries += changes.map { .init(body: .change($0)) }
    entries.append(.init(body: .trailer(.init(recordCount: 1, changeCount: 3))))
    let raw = entries.flatMap { entry in
      let packed = entry.packed()
      return [UInt8(0), 0, UInt8(packed.count >> 8), UInt8(packed.count & 0xFF)] + packed
    }
    let manifest = Archive.Manifest(
      formatVersion: 1, id: "20231121T014233Z-000000000003", createTime: .init(seconds: 1_700_530_953), revision: 3,
      headHash: chain.headHash, recordCount: 1, changeCount: 3,
      fileName: "20231121T014233Z-000000000003.guoban.zst", rawBytes: UInt64(raw.count),
      rawSha256: Array(SHA256.hash(data: raw)), types: [.init(recordType: "Region", count: 1)], createdBy: "seed/1")
    return (manifest, raw)
  }
}
