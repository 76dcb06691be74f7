internal import Crypto
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage

/// Judges the entries of a snapshot as they come: order, counts, the change log's chain, and that each record is what its
/// last change says. Pure: takes entries, touches no file.
struct LedgerAudit {
  private enum Phase: Int { case header, records, folded, changes, ended }

  /// 128 bits of SHA-256: enough to tell contents apart, and half the memory.
  private struct Digest: Hashable {
    var bytes: UInt128

    /// Of a type and a key.
    init(_ type: String, _ key: String) {
      self.init(sha256: Array(SHA256.hash(data: Array(type.utf8) + [0] + Array(key.utf8))))
    }

    /// Of a record's bytes.
    init(_ record: [UInt8]) {
      self.init(sha256: Array(SHA256.hash(data: record)))
    }

    init(sha256: [UInt8]) {
      bytes = sha256.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
  }

  /// A key's contents by the records and by the change log; nil where it is not.
  private struct Pair {
    var record: Digest?
    var change: Digest?
  }

  private let manifest: Archive.Manifest
  private let keysMax: Int
  private var phase = Phase.header
  private var typeNumber = 0
  private var lastKey: String?
  private var typeCounts: [UInt64]
  private var chain: ChangeChain?
  private var changeCount: UInt64 = 0
  private var compaction: CompactionAudit?
  private var pairs: [Digest: Pair] = [:]

  init(_ manifest: Archive.Manifest, keysMax: Int) {
    self.manifest = manifest
    self.keysMax = keysMax
    typeCounts = Array(repeating: 0, count: manifest.types.count)
  }

  /// Takes the next entry.
  mutating func take(_ entry: Archive.Entry) throws(ArchiveError) {
    switch (entry.body, phase) {
    case (.header(let header), .header): try take(header)
    case (.record(let record), .records): try take(record)
    case (.folded(let folded), .records), (.folded(let folded), .folded): try take(folded)
    case (.foldedRequest, .records), (.foldedRequest, .folded): phase = .folded
    case (.change(let change), .records), (.change(let change), .folded), (.change(let change), .changes):
      try take(change)
    case (.trailer(let trailer), .records), (.trailer(let trailer), .folded), (.trailer(let trailer), .changes):
      try take(trailer)
    default: throw damaged("条目的顺序不对", "its entries are out of order")
    }
  }

  /// Judges the whole.
  func finish() throws(ArchiveError) {
    guard phase == .ended else { throw damaged("没有结尾条目", "it has no trailer") }
    guard pairs.allSatisfy({ $0.value.record == $0.value.change }) else {
      throw damaged("记录与变更日志不一致", "its records are not what its change log says")
    }
    guard compaction?.isSound ?? true else {
      throw damaged("压缩时留下的摘要与记载不符", "what was compacted is not what its record of the compaction says")
    }
  }

  private mutating func take(_ header: Archive.Header) throws(ArchiveError) {
    guard header.formatVersion == manifest.formatVersion, header.revision == manifest.revision,
      header.recordTypes == manifest.types.map(\.recordType)
    else { throw damaged("开头条目与清单不符", "its header does not match the manifest") }
    phase = .records
  }

  private mutating func take(_ record: Archive.Record) throws(ArchiveError) {
    while typeNumber < manifest.types.count, manifest.types[typeNumber].recordType != record.recordType {
      typeNumber += 1
      lastKey = nil
    }
    guard typeNumber < manifest.types.count, lastKey.map({ Self.precedes($0, record.key) }) ?? true else {
      throw damaged("记录的顺序不对：\(record.recordType) \(record.key)", "\(record.recordType) \(record.key) is out of order")
    }
    lastKey = record.key
    typeCounts[typeNumber] += 1
    if record.recordType == CompactionAudit.recordType {
      do { compaction = try CompactionAudit(record.record) } catch {
        throw .corrupted(manifest.id, "压缩的记载不可读", "its record of the compaction cannot be read", cause: error)
      }
    }
    try note(record.recordType, record.key) { $0.record = Digest(record.record) }
  }

  private mutating func take(_ folded: Archive.FoldedRecord) throws(ArchiveError) {
    phase = .folded
    guard compaction != nil else {
      throw damaged("没有压缩的记载，却有压缩留下的内容", "it holds what a compaction leaves, but no record of one")
    }
    compaction?.take(folded)
    try note(folded.recordType, folded.key) { $0.change = Digest(sha256: folded.sha256) }
  }

  private mutating func take(_ change: Ledger.Change) throws(ArchiveError) {
    phase = .changes
    changeCount += 1
    compaction?.take(change)
    // Only a compacted log begins anywhere else than at 1.
    var link = chain ?? (compaction == nil ? ChangeChain() : ChangeChain(startingAt: change))
    defer { chain = link }
    do { try link.verify(change) } catch {
      throw .corrupted(manifest.id, "变更日志在第 \(change.revision) 条处断开", error.englishMessage, cause: error)
    }
    guard change.operation.writesRecord else { return }
    let isDelete = change.operation == .delete
    try note(change.recordType, change.key) { $0.change = isDelete ? nil : Digest(change.record) }
  }

  private mutating func take(_ trailer: Archive.Trailer) throws(ArchiveError) {
    phase = .ended
    let recordCount = typeCounts.reduce(0, +)
    let chain = self.chain ?? ChangeChain()
    guard typeCounts == manifest.types.map(\.count), recordCount == manifest.recordCount,
      trailer.recordCount == recordCount, trailer.changeCount == changeCount, manifest.changeCount == changeCount
    else { throw damaged("条数与清单不符", "its counts do not match the manifest") }
    guard chain.revision == manifest.revision, chain.headHash == manifest.headHash else {
      throw damaged("变更日志的末端与清单不符", "the head of its change log is not the manifest's")
    }
    do { try chain.finish() } catch {
      throw .corrupted(manifest.id, "变更日志停在一次提交中间", error.englishMessage, cause: error)
    }
  }

  /// Keeps what is known of a key. A key that neither side has takes no memory.
  private mutating func note(_ type: String, _ key: String, _ change: (inout Pair) -> Void) throws(ArchiveError) {
    let name = Digest(type, key)
    var pair = pairs[name] ?? Pair()
    change(&pair)
    pairs[name] = pair.record == nil && pair.change == nil ? nil : pair
    guard pairs.count <= keysMax else {
      throw ArchiveError(
        .tooLarge, "快照 \(manifest.id) 的记录多于可核对的上限 \(keysMax)",
        "snapshot \(manifest.id) has more than \(keysMax) keys, the limit of a verification")
    }
  }

  private func damaged(_ chinese: String, _ english: String) -> ArchiveError {
    .corrupted(manifest.id, chinese, english)
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
