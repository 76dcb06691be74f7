internal import Dispatch
internal import Foundation
internal import GRDB
internal import GuobanStorage
internal import Synchronization

/// The one thread that writes: takes what queues, commits it as a group, and leaves it to ``LogSync``.
///
/// A group takes on whatever arrives while its requests run, and while the group before it is on its way to the disk. So
/// groups grow with the load, nobody waits for a timer, and the disk never has two at once.
final class WriterLoop: Sendable {
  let queue: WriteQueue
  let sync: LogSync
  /// The last row of the change log that is committed, on disk or not yet.
  private let head: Mutex<ChangeChain>
  let checkpointer: Checkpointer
  private let pool: DatabasePool
  private let group: CommitGroup
  private let finished = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - synchronize: puts the write-ahead log on disk.
  ///   - moving: as for ``Checkpointer``.
  init(
    pool: DatabasePool, group: CommitGroup, head: ChangeChain, cache: RecordCache, observer: (any StorageObserver)?,
    synchronize: @escaping @Sendable () throws -> Void,
    moving: @escaping @Sendable (() throws -> Void) throws -> Void
  ) throws {
    self.pool = pool
    self.group = group
    self.head = Mutex(head)
    let queue = WriteQueue(entriesMax: group.configuration.queueRequestsMax)
    self.queue = queue
    let sync = LogSync(
      head: head.revision, cache: cache, observer: observer, synchronize: synchronize, onIdle: { queue.wake() })
    self.sync = sync
    let checkpointer = try Checkpointer(
      path: pool.path, pages: group.configuration.checkpointPages, moving: moving,
      onFailure: { sync.stopWriting(.stopped(.io, cause: $0)) })
    self.checkpointer = checkpointer
    pool.writeWithoutTransaction { checkpointer.watch($0) }
  }

  func start() {
    sync.start()
    let thread = Thread { self.run() }
    thread.name = "guoban-writer"
    thread.start()
  }

  /// Lets the threads finish what has queued, and waits for them. Once only.
  func stop() {
    queue.close()
    finished.wait()
    sync.stop()
  }

  /// The revision of the last change that is committed, on disk or not yet.
  var committedRevision: UInt64 { head.withLock { $0.revision } }

  /// Makes `chain` the head, after something else than a group was committed and put on disk.
  func adopt(_ chain: ChangeChain) {
    head.withLock { $0 = chain }
    sync.adopt(chain.revision)
  }

  /// Groups that keep their requests apart after one had to be done twice: whoever sends bad requests all the time does not
  /// make everybody's work twice as much.
  private static let groupsApart = 16

  private func run() {
    var groupsApart = 0
    while let first = queue.take() {
      if let fault = sync.fault {
        first.completion(.failure(fault))
        first.request.batch?.deliver()
        continue
      }
      let group = commit(first, apart: groupsApart > 0)
      groupsApart = group.outcome.wasRedone ? Self.groupsApart : max(groupsApart - 1, 0)
      sync.append(group)
    }
    finished.signal()
  }

  /// Commits a group that begins with `first`.
  private func commit(_ first: WriteQueue.Entry, apart: Bool) -> LogSync.Group {
    let begin = DispatchTime.now().uptimeNanoseconds
    return pool.writeWithoutTransaction { db in
      let base = head.withLock { $0 }
      var entries = [first]
      var requests = [first.request]
      let outcome = group.run(&requests, next: { next(&entries) }, head: base, apart: apart, in: db)
      if let failure = outcome.failure { stopWriting(after: failure) }
      head.withLock { $0 = outcome.head }
      return LogSync.Group(entries: entries, outcome: outcome, begin: begin, base: base.revision)
    }
  }

  /// What has come meanwhile; waits for more while the disk is busy.
  private func next(_ entries: inout [WriteQueue.Entry]) -> WriteRequest? {
    guard let entry = queue.take(while: { sync.isBusy }) else { return nil }
    entries.append(entry)
    return entry.request
  }

  /// After a failed write nobody knows what is on disk, and trying again may report a success that is none.
  private func stopWriting(after failure: any Error) {
    guard let error = failure as? StorageError, let cause = error.cause as? DatabaseError,
      [.SQLITE_IOERR, .SQLITE_CORRUPT].contains(cause.resultCode)
    else { return }
    sync.stopWriting(.stopped(error.code, cause: cause))
  }
}
