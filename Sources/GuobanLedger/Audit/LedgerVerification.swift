public import GuobanMessages
public import GuobanStorage
internal import GuobanWire

/// Compares everything in the ledger with everything else in it: the change log's chain, what was compacted, every record
/// and every projected column with the log; and the log with a head that was kept elsewhere.
///
/// It finds whatever was altered, removed, added or moved without recomputing every hash up to the log's end. Whoever
/// does that rewrites history consistently: only a head kept outside (an export, a snapshot's manifest, the daemon's log)
/// shows it.
public struct LedgerVerification {
  /// More faults than this are not listed.
  public static let faultsMax = 50
  private static let partRows = 500
  private static let partBytesMax = 4 << 20

  private let reader: any LedgerReader
  private let checkCancellation: () throws -> Void
  private var response = Ledger.VerifyLedgerResponse()

  private init(_ reader: any LedgerReader, checkCancellation: @escaping () throws -> Void) {
    self.reader = reader
    self.checkCancellation = checkCancellation
  }

  /// Verifies what `reader` sees, which takes as long as reading all of it.
  public static func run(
    _ reader: any LedgerReader, schemas: [RecordSchema], head: Ledger.LedgerHead?, limits: DecodeLimits,
    checkCancellation: () throws -> Void
  ) throws -> Ledger.VerifyLedgerResponse {
    try withoutActuallyEscaping(checkCancellation) { checkCancellation in
      var verification = LedgerVerification(reader, checkCancellation: checkCancellation)
      try verification.verifyLog(head: head)
      try verification.verifyAnchor(types: schemas.map(\.name))
      for schema in schemas.sorted(by: { $0.name < $1.name }) {
        try verification.verifyRecords(of: schema, limits: limits)
      }
      verification.response.intact = verification.response.faults.isEmpty
      return verification.response
    }
  }

  // MARK: The log

  private mutating func verifyLog(head: Ledger.LedgerHead?) throws {
    response.revision = try reader.revision
    response.oldestRevision = try reader.oldestRevision
    var chain: ChangeChain?
    var after = response.oldestRevision - 1
    var headHash: [UInt8]?
    while true {
      try checkCancellation()
      let changes = try reader.changes(after: after, limit: Self.partRows, bytesMax: Self.partBytesMax)
      guard let last = changes.last else { break }
      for change in changes {
        var link = chain ?? ChangeChain(startingAt: change)
        do throws(StorageError) { try link.verify(change) } catch {
          add(
            .brokenChain, revision: change.revision, change.recordType, change.key, error.message, error.englishMessage)
          // Go on from here: one altered row is one fault.
          link = ChangeChain(after: change.revision, hash: change.hash)
        }
        chain = link
        response.changes += 1
        if change.revision == head?.revision { headHash = change.hash }
      }
      for hidden in try reader.hiddenChanges(after: after, through: last.revision, limit: Self.faultsMax) {
        add(
          .alteredColumn, revision: hidden.revision, hidden.name.type, hidden.name.key,
          "变更日志有这一行，但按人、类型、操作或时间查不到它：查找用的索引被改动",
          "the change log has this row, but it is not found by actor, type, operation or time: an index was altered")
      }
      after = last.revision
    }
    do throws(StorageError) { try chain?.finish() } catch {
      add(.brokenChain, revision: response.revision, error.message, error.englishMessage)
    }
    response.lastHead = Ledger.LedgerHead(revision: response.revision, hash: try reader.headHash)
    if let head { try verify(head, found: headHash) }
  }

  private mutating func verify(_ head: Ledger.LedgerHead, found: [UInt8]?) throws {
    var found = found
    if head.revision == 0 { return }
    if head.revision < response.oldestRevision {
      guard let compaction = try reader.compaction, compaction.revision == head.revision else {
        response.headCompacted = true
        return
      }
      found = compaction.hash
    }
    guard let found else {
      return add(
        .wrongHead, revision: head.revision,
        "变更日志只到修订 \(response.revision)，而导出的末端在 \(head.revision)：末尾被截掉了",
        "the change log ends at revision \(response.revision), and the exported head is at \(head.revision): its end was cut off"
      )
    }
    if found != head.hash {
      add(
        .wrongHead, revision: head.revision, "修订 \(head.revision) 的散列不是导出的末端所记的：这一行或它之前被改写过",
        "the hash of revision \(head.revision) is not that of the exported head: this row or one before it was rewritten"
      )
    }
  }

  // MARK: What was compacted

  private mutating func verifyAnchor(types: [String]) throws {
    let oldest = response.oldestRevision
    guard let anchor = try reader.compaction else {
      if oldest > 1 {
        add(
          .brokenChain, revision: oldest, "变更日志从修订 \(oldest) 开始，却没有压缩过的记载：开头被删掉了",
          "the change log begins at revision \(oldest), and nothing says that it was compacted: its beginning was removed"
        )
      }
      return
    }
    guard oldest <= anchor.revision + 1 else {
      return add(
        .brokenChain, revision: oldest, "变更日志从修订 \(oldest) 开始，而压缩只到 \(anchor.revision)：中间的被删掉了",
        "the change log begins at revision \(oldest), and it was compacted to \(anchor.revision) only: what was between was removed"
      )
    }
    if let next = try reader.changes(after: max(anchor.revision, 1) - 1, limit: 2, bytesMax: Self.partBytesMax).first {
      let hash = next.revision == anchor.revision ? next.hash : next.previousHash
      if hash != anchor.hash {
        add(
          .wrongAnchor, revision: anchor.revision, "压缩处（修订 \(anchor.revision)）的散列与记载不符",
          "the hash where it was compacted (revision \(anchor.revision)) is not the one on record")
      }
    }
    let state = try LedgerState(at: anchor.revision, types: types, in: reader, checkCancellation: checkCancellation)
    if state.sha256 != anchor.stateSha256 || state.count != anchor.recordCount {
      add(
        .wrongAnchor, revision: anchor.revision, "压缩时留下的记录摘要被改动：与记载的散列不符",
        "the digests kept when it was compacted were altered: their hash is not the one on record")
    }
  }

  // MARK: Records

  private mutating func verifyRecords(of schema: RecordSchema, limits: DecodeLimits) throws {
    let type = schema.name
    var versions = VersionCursor(reader, type: type, revision: response.revision, limit: Self.partRows)
    var after: String? = ""
    while let key = after {
      try checkCancellation()
      let rows = try reader.rows(of: type, afterKey: key, limit: Self.partRows)
      for row in rows {
        response.records += 1
        while let missing = try versions.next(before: row.record.key) { addMissing(type, missing) }
        verify(row, try versions.next(at: row.record.key), limits: limits)
        if schema.holdsPersonalData { try verifyContacts(row, limits: limits) }
      }
      after = rows.count == Self.partRows ? rows.last?.record.key : nil
    }
    while let missing = try versions.next(before: nil) { addMissing(type, missing) }
    for key in try reader.strayKeys(of: type, limit: Self.faultsMax) {
      add(
        .alteredColumn, revision: 0, type, key, "供查找和统计的行与记录不符：多出或缺少",
        "the rows for searches and sums are not those of the record: some are too many or missing")
    }
  }

  /// Data keys stand beside the log, whose rows stay when one is destroyed. What they seal tells whether they are the ones.
  private mutating func verifyContacts(_ row: StoredRow, limits: DecodeLimits) throws {
    guard let type = RecordCatalog.definition(named: row.record.type)?.type,
      let record = try? type.init(packed: row.record.bytes, limits: limits)
    else { return }
    do {
      _ = try reader.openContacts(of: record)
    } catch let error as LedgerError {
      add(
        .unreadableContact, revision: row.revision, row.record.type, row.record.key, error.message, error.englishMessage
      )
    } catch let error as StorageError where error.code == .invalidQuery {
      // This ledger was opened without the key of personal data.
    }
  }

  private mutating func addMissing(_ type: String, _ version: RecordVersion) {
    add(
      .missingRecord, revision: version.revision, type, version.key, "变更日志里有这条记录，记录表里没有",
      "the change log has this record, the table of records has not")
  }

  private mutating func verify(_ row: StoredRow, _ version: RecordVersion?, limits: DecodeLimits) {
    let (type, key) = (row.record.type, row.record.key)
    guard let version else {
      return add(
        .unloggedRecord, revision: row.revision, type, key, "记录表里有这条记录，变更日志里没有，或已删除",
        "the table of records has this record, the change log has not, or says it is deleted")
    }
    guard version.revision == row.revision, version.sha256 == RecordVersion.digest(of: row.record.bytes) else {
      return add(
        .alteredRecord, revision: version.revision, type, key, "记录的内容与它最后一次变更所写的不同",
        "the record is not what its last change wrote")
    }
    let projected = try? RecordCatalog.project(type: type, bytes: row.record.bytes, limits: limits)
    if projected != row.record {
      add(
        .alteredColumn, revision: version.revision, type, key, "供筛选和统计的列与记录的内容不符",
        "the columns for filters and sums are not those of the record")
    }
  }

  private mutating func add(
    _ kind: Ledger.LedgerFaultKind, revision: UInt64, _ message: String, _ englishMessage: String
  ) {
    add(kind, revision: revision, "", "", message, englishMessage)
  }

  private mutating func add(
    _ kind: Ledger.LedgerFaultKind, revision: UInt64, _ type: String, _ key: String, _ message: String,
    _ englishMessage: String
  ) {
    guard response.faults.count < Self.faultsMax else {
      response.moreFaults = true
      return
    }
    response.faults.append(
      Ledger.LedgerFault(
        kind: kind, revision: revision, recordType: type, key: key, message: message,
        localizedMessage: Google.LocalizedMessage(english: englishMessage, beside: message)))
  }
}

/// What the log says of a type's records, one by one in key order.
private struct VersionCursor {
  private let reader: any LedgerReader
  private let type: String
  private let revision: UInt64
  private let limit: Int
  private var part = Part<RecordVersion>([], next: "")
  private var index = 0

  init(_ reader: any LedgerReader, type: String, revision: UInt64, limit: Int) {
    self.reader = reader
    self.type = type
    self.revision = revision
    self.limit = limit
  }

  /// The next one when its key comes before `key`; nil for `key`: any.
  mutating func next(before key: String?) throws -> RecordVersion? {
    try take { found in key.map { found.utf8.lexicographicallyPrecedes($0.utf8) } ?? true }
  }

  /// The next one when its key is `key`.
  mutating func next(at key: String) throws -> RecordVersion? {
    try take { $0 == key }
  }

  private mutating func take(if fits: (String) -> Bool) throws -> RecordVersion? {
    while index == part.elements.count {
      guard let after = part.next else { return nil }
      part = try reader.versions(of: type, at: revision, afterKey: after, limit: limit)
      index = 0
    }
    let version = part.elements[index]
    guard fits(version.key) else { return nil }
    index += 1
    return version
  }
}
