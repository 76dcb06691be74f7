internal import Dispatch
internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Runs write requests in one transaction: each in its own savepoint, one commit, one fsync.
struct CommitGroup {
  /// What became of one request.
  typealias Result = Swift.Result<WriteOutcome, any Error>

  let shape: LedgerShape
  let configuration: SQLiteConfiguration
  let cache: RecordCache
  let now: @Sendable () -> Google.Timestamp
  let keyWrap: (any DataKeyWrap)?

  /// Runs as many of `requests` as fit, at least one, and commits them. Results come in the order of the requests.
  ///
  /// When the group as a whole fails, all of them fail with it, and `failure` says why.
  func run(
    _ requests: ArraySlice<WriteRequest>, head: ChangeChain, in db: Database
  ) -> (results: [Result], head: ChangeChain, failure: (any Error)?, commitNanoseconds: UInt64) {
    var results: [Result] = []
    var writes: [RecordCache.Write] = []
    var newHead = head
    var bytes = 0
    do {
      try db.run("BEGIN IMMEDIATE", [], isCached: true)
      for request in requests {
        let (result, writer) = try run(request, head: &newHead, in: db)
        results.append(result)
        guard let writer else { continue }
        writes += writer.writes
        bytes += writer.bytesWritten
        if bytes >= configuration.groupBytesMax { break }
      }
      cache.prepare(writes)
      let commit = DispatchTime.now().uptimeNanoseconds
      try db.run("COMMIT", [], isCached: true)
      let commitNanoseconds = DispatchTime.now().uptimeNanoseconds - commit
      cache.commit(writes)
      return (results, newHead, nil, commitNanoseconds)
    } catch {
      cache.cancel(writes)
      if db.isInsideTransaction { try? db.run("ROLLBACK", [], isCached: true) }
      let failure = StorageError.translating(error)
      return (requests.map { _ in .failure(failure) }, head, failure, 0)
    }
  }

  /// Throws only what ends the transaction; a failure of the request itself is its result.
  private func run(
    _ request: WriteRequest, head: inout ChangeChain, in db: Database
  ) throws -> (Result, SQLiteWriter?) {
    let writer = SQLiteWriter(
      db, shape: shape, configuration: configuration, request: request, base: head, time: now(),
      keyWrap: keyWrap)
    do {
      try request.admit()
      try check(request)
      if let replay = try replay(request, in: db) { return (.success(replay), nil) }
      try request.body(writer)
      let (changes, newHead) = try writer.finish()
      head = newHead
      return (.success(WriteOutcome(changes: changes, replayed: false, revision: newHead.revision)), writer)
    } catch {
      // SQLite has already rolled back the whole transaction after some failures of the disk.
      guard db.isInsideTransaction else { throw error }
      try writer.undo()
      return (.failure(StorageError.translating(error)), nil)
    }
  }

  private func check(_ request: WriteRequest) throws(StorageError) {
    let bytesMax = configuration.keyBytesMax
    try checkName(request.actor, "the actor's name", bytesMax: bytesMax, mayBeEmpty: true)
    try checkName(request.requestID, "request_id", bytesMax: bytesMax, mayBeEmpty: true)
    guard request.requestDigest.count <= ChangeHash.byteCount else {
      throw StorageError(.tooLarge, "the request's digest is not a SHA-256")
    }
  }

  /// The first answer to a request that was done before under the same id.
  private func replay(_ request: WriteRequest, in db: Database) throws -> WriteOutcome? {
    guard !request.requestID.isEmpty else { return nil }
    var found: (revision: UInt64, digest: [UInt8])?
    let sql = """
      SELECT revision, request_digest FROM change_log
      WHERE actor = ? AND request_id = ? AND request_id <> '' AND revision = commit_revision
      """
    try db.run(sql, [.text(request.actor), .text(request.requestID)], isCached: true) { row in
      found = (UInt64(clamping: row.integer(0)), row.blob(1))
    }
    try refuseFolded(request, in: db)
    guard let found else { return nil }
    guard found.digest == request.requestDigest else {
      throw StorageError(
        .requestIDReused,
        "request_id “\(request.requestID)”已用于另一个请求（修订号 \(found.revision)），请换一个新的")
    }
    let reader = SQLiteReader(db, shape: shape, cache: nil)
    let before = try reader.commitEnd(atOrBefore: found.revision - 1) ?? 0
    let changes = try reader.changes(ofCommit: found.revision, from: before + 1)
    return WriteOutcome(changes: changes, replayed: true, revision: found.revision)
  }

  /// A request whose answer was compacted away is not done a second time.
  private func refuseFolded(_ request: WriteRequest, in db: Database) throws {
    let digest = FoldedRequest.digest(actor: request.actor, requestID: request.requestID)
    try db.run("SELECT revision FROM folded_request WHERE digest = ?", [.blob(digest)], isCached: true) { row in
      throw StorageError(
        .compacted,
        "request_id “\(request.requestID)”的请求早已完成（修订号 \(row.integer(0))），它的结果已随变更日志压缩而不再保存；"
          + "请读取记录看现在的情况，确要再做一次请换一个 request_id")
    }
  }
}
