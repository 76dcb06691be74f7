internal import Crypto
internal import GuobanMessages
internal import GuobanStorage

/// One snapshot while it is being written.
struct SnapshotDraft {
  let id: SnapshotID
  let folder: SnapshotDirectory
  /// The last manifest, as it lies on disk.
  let previous: (id: SnapshotID, bytes: [UInt8])?
  let recordTypes: [String]
  let writer: SnapshotWriter

  private var partialFile: String { folder.partialPath(folder.filePath(id)) }
  private var partialManifest: String { folder.partialPath(folder.manifestPath(id)) }

  /// Writes, compares and commits.
  func write(_ reader: any LedgerReader) throws -> ManifestFile {
    try writer.onStep(.begun)
    let manifest = try writeFile(reader)
    try writer.onStep(.fileSynced)
    try compare(partialFile, manifest)
    try writer.onStep(.fileCompared)
    try folder.rename(partialFile, to: folder.filePath(id))
    try writer.onStep(.fileNamed)
    try commit(manifest)
    try writer.onStep(.committed)
    return try SnapshotCatalog(path: folder.path, limits: writer.limits).manifest(id)
  }

  /// Takes back what was written, unless it has been committed.
  func discard() {
    try? folder.remove(partialFile)
    try? folder.remove(partialManifest)
    if (try? DiskFile(reading: folder.manifestPath(id))) == nil { try? folder.remove(folder.filePath(id)) }
  }

  private func writeFile(_ reader: any LedgerReader) throws -> Archive.Manifest {
    let limits = writer.limits
    let file = try DiskFile(creating: partialFile)
    var encoder = SnapshotEncoder(level: writer.level, limits: limits)
    var manifest = Archive.Manifest()
    manifest.formatVersion = SnapshotWriter.formatVersion
    manifest.id = "\(id)"
    manifest.createTime = Google.Timestamp(seconds: id.epochSeconds)
    manifest.createdBy = writer.createdBy
    manifest.revision = id.revision
    manifest.headHash = try reader.headHash
    manifest.fileName = "\(id)\(SnapshotDirectory.fileSuffix)"
    manifest.previousID(previous)

    let header = Archive.Header(
      formatVersion: SnapshotWriter.formatVersion, revision: id.revision, createTime: manifest.createTime,
      createdBy: writer.createdBy, recordTypes: recordTypes)
    try encoder.append(Archive.Entry(body: .header(header)), to: file)
    for type in recordTypes {
      let count = try writeRecords(type, reader, &encoder, file)
      manifest.types.append(Archive.TypeCount(recordType: type, count: count))
      manifest.recordCount += count
    }
    try writeFolded(reader, &encoder, file)
    manifest.changeCount = try writeChanges(reader, &encoder, file)
    let trailer = Archive.Trailer(recordCount: manifest.recordCount, changeCount: manifest.changeCount)
    try encoder.append(Archive.Entry(body: .trailer(trailer)), to: file)
    let totals = try encoder.finish(file)
    manifest.rawBytes = totals.rawBytes
    manifest.packedBytes = totals.packedBytes
    manifest.rawSha256 = totals.rawSHA256
    manifest.packedSha256 = totals.packedSHA256
    try writer.onStep(.framesWritten)
    try file.synchronize()
    return manifest
  }

  private func writeRecords(
    _ type: String, _ reader: any LedgerReader, _ encoder: inout SnapshotEncoder, _ file: borrowing DiskFile
  ) throws -> UInt64 {
    var count: UInt64 = 0
    var afterKey: String?
    while true {
      try checkCancellation()
      let page = try reader.list(
        ListQuery(type: type, filter: nil, afterKey: afterKey, limit: writer.limits.pageRecords))
      let keys = try wrappedKeys(type, of: page, after: afterKey, reader)
      for record in page {
        let entry = Archive.Record(
          recordType: type, key: record.key, record: record.bytes, wrappedKey: keys[record.key] ?? [])
        try encoder.append(Archive.Entry(body: .record(entry)), to: file)
      }
      count += UInt64(page.count)
      guard let last = page.last else { return count }
      afterKey = last.key
    }
  }

  /// What stands for the changes that a compaction removed.
  private func writeFolded(
    _ reader: any LedgerReader, _ encoder: inout SnapshotEncoder, _ file: borrowing DiskFile
  ) throws {
    var lastRecord: FoldedRecord?
    while case let page = try reader.foldedRecords(after: lastRecord, limit: writer.limits.pageRecords),
      let last = page.last
    {
      try checkCancellation()
      for folded in page {
        let entry = Archive.FoldedRecord(
          recordType: folded.type, key: folded.version.key, revision: folded.version.revision,
          sha256: folded.version.sha256)
        try encoder.append(Archive.Entry(body: .folded(entry)), to: file)
      }
      lastRecord = last
    }
    var lastRequest: FoldedRequest?
    while case let page = try reader.foldedRequests(after: lastRequest, limit: writer.limits.pageRecords),
      let last = page.last
    {
      try checkCancellation()
      for folded in page {
        let entry = Archive.FoldedRequest(digest: folded.digest, revision: folded.revision)
        try encoder.append(Archive.Entry(body: .foldedRequest(entry)), to: file)
      }
      lastRequest = last
    }
  }

  /// The data keys of a page of records. Those of deleted records are left out: a restored ledger cannot open what the
  /// log still holds of them.
  private func wrappedKeys(
    _ type: String, of page: [KeyedRecord], after: String?, _ reader: any LedgerReader
  ) throws -> [String: [UInt8]] {
    guard let last = page.last else { return [:] }
    var keys: [String: [UInt8]] = [:]
    var after = after
    while true {
      let found = try reader.wrappedKeys(type, after: after, limit: writer.limits.pageRecords)
      for key in found where key.key.utf8.lexicographicallyPrecedes(last.key.utf8) || key.key == last.key {
        keys[key.key] = key.bytes
      }
      guard let end = found.last, end.key.utf8.lexicographicallyPrecedes(last.key.utf8) else { return keys }
      after = end.key
    }
  }

  private func writeChanges(
    _ reader: any LedgerReader, _ encoder: inout SnapshotEncoder, _ file: borrowing DiskFile
  ) throws -> UInt64 {
    var revision: UInt64 = 0
    var count: UInt64 = 0
    while true {
      try checkCancellation()
      let page = try reader.changes(after: revision, limit: writer.limits.pageRecords, bytesMax: 4 << 20)
      for change in page { try encoder.append(Archive.Entry(body: .change(change)), to: file) }
      count += UInt64(page.count)
      guard let last = page.last else { return count }
      revision = last.revision
    }
  }

  /// Reads the file back from disk, compares sizes and hashes with what was meant to be written, and audits the ledger in
  /// it: a ledger whose records are not what its change log says gives no snapshot, because none could be restored.
  private func compare(_ path: String, _ manifest: Archive.Manifest) throws {
    var entries = try SnapshotEntries(path: path, manifest: manifest, limits: writer.limits)
    var audit = LedgerAudit(manifest, keysMax: writer.limits.keysMax)
    while let entry = try entries.next() {
      try checkCancellation()
      try judge { () throws(ArchiveError) in try audit.take(entry) }
    }
    try judge { () throws(ArchiveError) in try audit.finish() }
  }

  private func checkCancellation() throws(ArchiveError) {
    if writer.isCancelled() { throw .cancelled }
  }

  /// What is wrong with a snapshot that reads back as it was written is wrong with the ledger.
  private func judge(_ body: () throws(ArchiveError) -> Void) throws(ArchiveError) {
    do { try body() } catch {
      guard error.code == .corrupted else { throw error }
      throw ArchiveError(
        .corrupted, "台账自身有误，没有做成快照（\(error.message)）：请保留数据目录，并从较早的快照恢复到新目录",
        "the ledger itself is damaged, so no snapshot was made (\(error.englishMessage)): keep the data directory, and "
          + "restore an earlier snapshot into a new one", cause: error)
    }
  }

  private func commit(_ manifest: Archive.Manifest) throws {
    let bytes = ManifestFile.pack(manifest)
    guard bytes.count <= writer.limits.manifestBytesMax else {
      throw ArchiveError(.tooLarge, "清单 \(bytes.count) 字节，超过上限", "the manifest has \(bytes.count) bytes")
    }
    let file = try DiskFile(creating: partialManifest)
    try file.write(bytes)
    try file.synchronize()
    guard try file.read(at: 0, count: bytes.count) == bytes else {
      throw ArchiveError.corrupted("\(id)", "清单写盘后读回不同", "its manifest reads back differently")
    }
    try writer.onStep(.manifestSynced)
    try folder.rename(partialManifest, to: folder.manifestPath(id))
  }
}

extension Archive.Manifest {
  /// Chains this manifest to the one before.
  fileprivate mutating func previousID(_ previous: (id: SnapshotID, bytes: [UInt8])?) {
    guard let previous else { return }
    previousId = "\(previous.id)"
    previousManifestSha256 = Array(SHA256.hash(data: previous.bytes))
  }
}
