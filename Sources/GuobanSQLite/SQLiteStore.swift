internal import Dispatch
internal import Foundation
internal import GRDB
public import GuobanMessages
public import GuobanStorage
internal import Synchronization

/// The ledger in one SQLite file, `ledger.sqlite` in the data directory.
///
/// ```swift
/// let lock = try DirectoryLock(directory: "/var/lib/guoban")
/// let store = try SQLiteStore(
///   lock: lock, schemas: schemas, configuration: SQLiteConfiguration(), now: systemTime, project: projection)
/// defer { try? store.close() }
/// ```
public final class SQLiteStore: LedgerStore {
  private let lock: Mutex<DirectoryLock?>
  private let pool: DatabasePool
  private let shape: LedgerShape
  private let cache: RecordCache
  private let keyWrap: (any DataKeyWrap)?
  private let writer: WriterLoop
  private let isClosed = Atomic(false)
  private let path: String
  private let structureCheck = StructureCheck()
  /// Opening has not read the whole file, because it is large.
  public let needsStructureCheck: Bool

  /// Opens the ledger in the locked directory, or creates an empty one. Holds the lock until ``close()``.
  ///
  /// - Parameters:
  ///   - now: The time that the change log records.
  ///   - observer: Hears of every commit group.
  ///   - keyWrap: What wraps the data keys of records; without it records with personal data can neither be written nor
  ///     opened.
  ///   - project: Projects a record's columns from its bytes. Called for every record of a type whose schema is not the
  ///     one that the file was written with.
  public convenience init(
    lock: DirectoryLock, schemas: [RecordSchema], configuration: SQLiteConfiguration,
    now: @escaping @Sendable () -> Google.Timestamp, observer: (any StorageObserver)? = nil,
    keyWrap: (any DataKeyWrap)? = nil, project: (_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord
  ) throws {
    try self.init(
      lock: lock, schemas: schemas, configuration: configuration, now: now, observer: observer, keyWrap: keyWrap,
      synchronizing: { log in try log.synchronize() }, moving: { try $0() }, project: project)
  }

  /// - Parameters:
  ///   - synchronizing: puts the log on disk; tests see which, and when, or have it fail.
  ///   - moving: as for ``Checkpointer``.
  init(
    lock: DirectoryLock, schemas: [RecordSchema], configuration: SQLiteConfiguration,
    now: @escaping @Sendable () -> Google.Timestamp, observer: (any StorageObserver)?,
    keyWrap: (any DataKeyWrap)?, synchronizing: @escaping @Sendable (borrowing LogFile) throws -> Void,
    moving: @escaping @Sendable (() throws -> Void) throws -> Void,
    project: (_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord
  ) throws {
    let shape = try LedgerShape(schemas)
    let (pool, head) = try StorageError.translated {
      try LedgerOpening(shape: shape, configuration: configuration).open(
        directory: lock.directory, project: project)
    }
    path = lock.directory + "/" + LedgerFile.name
    let bytes = try pool.read {
      try ($0.integer("PRAGMA page_count") ?? 0) * ($0.integer("PRAGMA page_size") ?? 0)
    }
    needsStructureCheck = configuration.quickCheckAtStartup && bytes > Int64(configuration.quickCheckBytesMax)
    self.lock = Mutex(lock)
    self.keyWrap = keyWrap
    self.shape = shape
    self.pool = pool
    cache = RecordCache(bytesMax: configuration.cacheBytesMax)
    let group = CommitGroup(shape: shape, configuration: configuration, now: now, keyWrap: keyWrap)
    let log = try LogFile(of: path)
    // What another process left in the log may be in memory only, even as if it were on disk after the disk has failed. It
    // is written anew, into the database.
    try pool.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    try log.synchronize()
    writer = try WriterLoop(
      pool: pool, group: group, head: head, cache: cache, observer: observer,
      synchronize: { try synchronizing(log) }, moving: moving)
    writer.start()
    learnIndexes()
  }

  /// For tests.
  var bufferedIndexes: [BufferedIndex] { shape.bufferedIndexes }

  /// Beside the first requests.
  private func learnIndexes() {
    guard !shape.bufferedIndexes.isEmpty else { return }
    DispatchQueue.global(qos: .utility).async { [self] in
      for index in shape.bufferedIndexes {
        // Without it, or when the store is closed meanwhile, lookups go on looking into the table.
        try? index.learn { sql, after in
          if isClosed.load(ordering: .acquiring) { throw StorageError(.closed, "the store is closed") }
          return try pool.read { try $0.texts(sql, [.text(after)]) }
        }
      }
    }
  }

  public var schemas: [RecordSchema] { shape.schemas }

  public var revision: UInt64 { writer.sync.revision }

  /// How the record cache does.
  public var cacheStatistics: RecordCache.Statistics { cache.statistics }

  /// Write requests that wait for the writer now.
  public var writesQueued: Int { writer.queue.count }

  /// Why nothing is written any more; nil while all is well.
  public var fault: StorageError? {
    isClosed.load(ordering: .acquiring) ? StorageError(.closed, "the store is closed") : writer.sync.fault
  }

  public func cached(_ type: String, _ key: String) -> [UInt8]? {
    cache.bytes(type, key)
  }

  public func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value {
    try refuseToWaitForItself()
    return try noticingDamage {
      try pool.read { db in
        try db.giveUp(when: isCancelled) {
          let reader = SQLiteReader(db, shape: shape, cache: cache, keyWrap: keyWrap)
          // The view is taken here. It may show a commit that is not on disk yet.
          try writer.sync.waitUntilDurable(reader.revision)
          return try body(reader)
        }
      }
    }
  }

  /// Nothing more is written into a file that is found damaged: it could be lost with it.
  private func noticingDamage<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try StorageError.translated(body)
    } catch let error as StorageError where error.code == .corrupted && error.cause is DatabaseError {
      writer.sync.stopWriting(error)
      throw error
    }
  }

  /// A completion or a listener that waits for the store waits for itself.
  private func refuseToWaitForItself() throws(StorageError) {
    if writer.sync.isCurrentThread {
      throw StorageError(.misuse, "a completion or a listener waits for the store on the store's own thread")
    }
  }

  public func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void) {
    do {
      try writer.queue.append(.init(request: write, completion: completion))
    } catch {
      completion(.failure(error))
      write.batch?.deliver()
    }
  }

  public func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64 {
    writer.sync.onCommit(listener)
  }

  public func load(_ next: () throws -> LoadItem?) throws {
    try refuseToWaitForItself()
    if let fault = writer.sync.fault { throw fault }
    try StorageError.translated {
      try pool.writeWithoutTransaction { db in
        let chain = try LedgerLoad(shape: shape).run(next, in: db)
        try LogFile(of: path).synchronize()
        // Before the checkpoint, which waits for readers, who may wait for this.
        writer.adopt(chain)
        learnIndexes()
        writer.checkpointer.settle()
        _ = try db.checkpoint(.truncate)
      }
    }
  }

  public func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64 {
    try refuseToWaitForItself()
    var removed: UInt64 = 0
    // What is only in the log must not go with it.
    try settleBuffers(through: revision, checkCancellation: checkCancellation)
    while true {
      try checkCancellation()
      if let fault = writer.sync.fault { throw fault }
      // One transaction at a time, between the writer's groups.
      let step = try StorageError.translated {
        try pool.writeWithoutTransaction { try LogFolding.step(through: revision, in: $0) }
      }
      if step == 0 {
        // By a descriptor of its own: a failure of the disk is told once to each, and the writers must hear of it.
        try LogFile(of: path).synchronize()
        return removed
      }
      removed += step
    }
  }

  /// Has the tables of buffered indexes hold everything through a revision, some entries in each transaction.
  private func settleBuffers(through revision: UInt64, checkCancellation: () throws -> Void) throws {
    for index in shape.bufferedIndexes {
      while index.settled < min(revision, self.revision) {
        if let fault = writer.sync.fault { throw fault }
        try StorageError.translated {
          try pool.writeWithoutTransaction { db in
            // Of what is committed, on disk or not yet: others may have merged meanwhile.
            let head = writer.committedRevision
            guard index.settled < head else { return }
            index.prepareMerge(head)
            do {
              try db.inTransaction(.immediate) {
                try index.merge(changes: LogFolding.stepRows / 2, in: db)
                return .commit
              }
            } catch {
              index.cancelled()
              throw error
            }
            index.committed(head, entriesMax: .max)
          }
        }
        if index.settled < revision { try checkCancellation() }
      }
    }
  }

  /// Reads the whole file, on the calling thread, while the store serves. When it is damaged nothing more is written, and
  /// this throws ``StorageError/Code/corrupted``. False when the store was closed meanwhile.
  public func checkStructure() throws -> Bool {
    do {
      return try StorageError.translated { try structureCheck.run(path: path) }
    } catch let error as StorageError where error.code == .corrupted {
      writer.sync.stopWriting(error)
      throw error
    }
  }

  public func close() throws {
    try refuseToWaitForItself()
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    structureCheck.cancel()
    writer.stop()
    defer { lock.withLock { $0 = nil } }
    try StorageError.translated {
      let mayMove = try writer.checkpointer.close()
      // The readers' connections are read-only.
      try pool.writeWithoutTransaction { db in
        if mayMove { _ = try db.checkpoint(.truncate) } else { Checkpointer.keepLog(db) }
      }
      try pool.close()
    }
  }
}
