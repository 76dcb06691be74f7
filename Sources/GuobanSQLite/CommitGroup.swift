internal import Dispatch
internal import GRDB
internal import GuobanMessages
internal import GuobanStorage

/// Runs write requests in one transaction: one commit, one fsync later. A request that fails takes none of the others with
/// it.
///
/// Nearly all requests succeed, and a savepoint for each costs SQLite a copy of every page that the request touches. So
/// they run without, but for trials, which all fail. When one fails that had written something, the transaction is rolled
/// back and the requests before it are done again, from there on each in a savepoint of its own. Whatever fails runs once,
/// whatever succeeds at most twice.
struct CommitGroup {
  /// What became of one request.
  typealias Result = Swift.Result<WriteOutcome, any Error>

  /// What became of a group.
  struct Outcome {
    /// In the order of the requests.
    var results: [Result]
    var head: ChangeChain
    /// Why the group as a whole failed, and all of its requests with it.
    var failure: (any Error)?
    /// Something is in the transaction that must go to disk, even if no change says so.
    var hasWritten = false
    /// When COMMIT began, in nanoseconds of uptime.
    var commitBegin: UInt64?
    /// One failed that had written, without a savepoint.
    var wasRedone = false
  }

  let shape: LedgerShape
  let configuration: SQLiteConfiguration
  let now: @Sendable () -> Google.Timestamp
  let keyWrap: (any DataKeyWrap)?

  /// Runs requests and commits them.
  ///
  /// - Parameters:
  ///   - requests: the first ones; those that come meanwhile are appended, as far as the limits of a group go.
  ///   - next: one that has come meanwhile, or comes while there is reason to wait.
  ///   - apart: each in a savepoint from the start.
  func run(
    _ requests: inout [WriteRequest], next: () -> WriteRequest?, head: ChangeChain, apart: Bool, in db: Database
  ) -> Outcome {
    var attempt = Attempt(head: head)
    let buffered = shape.bufferedIndexes
    do {
      let failed = try run(&requests, next: next, &attempt, apart: apart, after: nil, in: db)
      if let failed {
        try db.run("ROLLBACK", [], isCached: true)
        attempt.memory.forget(since: 0)
        attempt = Attempt(head: head)
        _ = try run(&requests, next: next, &attempt, apart: true, after: failed, in: db)
      }
      try attempt.blocks.write(to: db)
      let changes = Int(clamping: attempt.head.revision - head.revision)
      if changes > 0 {
        for index in buffered { try index.merge(changes: changes, in: db) }
      }
      let commitBegin = DispatchTime.now().uptimeNanoseconds
      try db.run("COMMIT", [], isCached: true)
      for index in buffered { index.committed(attempt.head.revision, entriesMax: configuration.bufferedEntriesMax) }
      return Outcome(
        results: attempt.results, head: attempt.head, hasWritten: attempt.hasWritten, commitBegin: commitBegin,
        wasRedone: failed != nil)
    } catch {
      attempt.memory.forget(since: 0)
      for index in buffered { index.cancelled() }
      if db.isInsideTransaction { try? db.run("ROLLBACK", [], isCached: true) }
      let failure = StorageError.translating(error)
      return Outcome(results: requests.map { _ in .failure(failure) }, head: head, failure: failure)
    }
  }

  /// What a transaction holds so far.
  private struct Attempt {
    var head: ChangeChain
    var results: [Result] = []
    var blocks = ChangeBlocks()
    var bytes = 0
    var hasWritten = false
    let memory = GroupMemory()
  }

  /// A request that failed, and how.
  private typealias Failed = (index: Int, result: Result)

  /// Begins the transaction and runs the requests in it.
  ///
  /// - Parameter known: failed the first time, and is not run again.
  /// - Returns: the request whose failure leaves writes behind, where it was not `apart`: the transaction must go.
  private func run(
    _ requests: inout [WriteRequest], next: () -> WriteRequest?, _ attempt: inout Attempt, apart: Bool,
    after known: Failed?, in db: Database
  ) throws -> Failed? {
    try db.run("BEGIN IMMEDIATE", [], isCached: true)
    let reader = SQLiteReader(db, shape: shape, cache: nil, keyWrap: keyWrap)
    while true {
      let index = attempt.results.count
      if index == requests.count {
        guard index < configuration.groupRequestsMax, attempt.bytes < configuration.groupBytesMax, let more = next()
        else { return nil }
        requests.append(more)
      }
      if let known, known.index == index {
        attempt.results.append(known.result)
        continue
      }
      let request = requests[index]
      let writer = SQLiteWriter(
        db, shape: shape, configuration: configuration, request: request, base: attempt.head, time: now(),
        reader: reader, keyWrap: keyWrap, hasOwnSavepoint: apart || request.isTrial, memory: attempt.memory)
      let result = try run(request, writer, &attempt, in: db)
      if case .failure = result, try !writer.undo() { return (index, result) }
      attempt.results.append(result)
    }
  }

  /// Throws only what ends the transaction; a failure of the request itself is its result.
  private func run(
    _ request: WriteRequest, _ writer: SQLiteWriter, _ attempt: inout Attempt, in db: Database
  ) throws -> Result {
    do {
      try request.admit()
      try check(request)
      if let replay = try replay(request, in: db) { return .success(replay) }
      try request.body(writer)
      let (changes, head) = try writer.finish()
      attempt.head = head
      attempt.hasWritten = attempt.hasWritten || writer.hasBegun
      if changes.isEmpty, writer.isRemembered, !request.requestID.isEmpty, !request.isTrial {
        try IdleRequest.put(request, at: head.revision, in: db)
        attempt.hasWritten = true
      }
      for change in changes { attempt.blocks.add(change) }
      attempt.bytes += writer.bytesWritten
      return .success(WriteOutcome(changes: changes, replayed: false, revision: head.revision))
    } catch {
      // SQLite has already rolled back the whole transaction after some failures of the disk.
      guard db.isInsideTransaction else { throw error }
      return .failure(StorageError.translating(error))
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
    var found: (revision: UInt64, digest: [UInt8], isIdle: Bool)?
    let sql = """
      SELECT revision, request_digest FROM change_log
      WHERE actor = ? AND request_id = ? AND request_id <> '' AND revision = commit_revision
      """
    try db.run(sql, [.text(request.actor), .text(request.requestID)], isCached: true) { row in
      found = (UInt64(clamping: row.integer(0)), row.blob(1), false)
    }
    try refuseFolded(request, in: db)
    if found == nil { found = try IdleRequest.find(request, in: db) }
    guard let found else { return nil }
    guard found.digest == request.requestDigest else {
      throw StorageError(
        .requestIDReused,
        "request_id “\(request.requestID)”已用于另一个请求（修订号 \(found.revision)），请换一个新的",
        "request_id “\(request.requestID)” was used for another request (revision \(found.revision)); please take a new one"
      )
    }
    if found.isIdle { return WriteOutcome(changes: [], replayed: true, revision: found.revision) }
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
          + "请读取记录看现在的情况，确要再做一次请换一个 request_id",
        "the request with request_id “\(request.requestID)” was done long ago (revision \(row.integer(0))), and what it answered was compacted with the change log; "
          + "read the records to see how they are now, and to do it once more take another request_id")
    }
  }
}
