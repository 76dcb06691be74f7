internal import Dispatch
internal import GuobanLedger
public import GuobanMessages
public import GuobanStorage
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// Where commits meet watches.
///
/// The store leaves its commits here and goes on. A thread of the hub's own makes their events, puts them into
/// the ring, and wakes each event loop that has watches, once. Whoever asks for what the ring no longer has is served
/// from the change log by a few reading threads. While nobody watches, nothing is kept and nothing is made.
public final class WatchHub: Sendable {
  let limits: WatchLimits
  private let log: WatchLog
  private let reading: WorkerPool
  private let working = DispatchQueue(label: "guoban.watch")
  private let feed: Mutex<WatchFeed>
  private let loops = Mutex<[ObjectIdentifier: WatchLoopEntry]>([:])

  /// Listens to `store` from now on.
  public init(store: any LedgerStore, limits: WatchLimits, decode: DecodeLimits) {
    self.limits = limits
    log = WatchLog(store: store, limits: limits, decode: decode)
    // One task for each watch, at most, is in this queue.
    reading = WorkerPool(threads: limits.logReadThreads, queueMax: limits.watchersMax, queueTimeout: nil)
    feed = Mutex(WatchFeed(after: 0, limits: limits))
    // Commits from before this is over wait for it.
    feed.withLock { feed in
      feed = WatchFeed(after: store.onCommit { [weak self] in self?.committed($0) }, limits: limits)
    }
  }

  /// Ends the reading threads.
  public func stop() async {
    await reading.stop()
  }

  // MARK: Commits

  /// On a thread of the store's, which waits.
  private func committed(_ commits: [Commit]) {
    if feed.withLock({ $0.add(commits) }) { working.async { self.work() } }
  }

  private func work() {
    while let commits = feed.withLock({ $0.takeWork() }) {
      do {
        for run in try log.runs(of: commits) { feed.withLock { $0.append(run) } }
      } catch {
        // The regions cannot be read: whoever watches will find out when it reads the change log.
        feed.withLock { $0.forget() }
      }
      for loop in loops.withLock({ Array($0.values) }) { loop.wake() }
    }
  }

  // MARK: Watches

  /// What the ring has after `revision`. What is on its way into the ring wakes the watch later.
  func recent(after revision: UInt64) -> WatchRing.Answer {
    feed.withLock { $0.ring.after(revision, bytesMax: limits.batchBytesMax) }
  }

  /// The end of the last commit.
  var now: UInt64 { feed.withLock { $0.committed } }

  /// A place for one more watch on `connection`, or why there is none.
  func seat(on connection: ObjectIdentifier) throws(Status) -> WatchSeat {
    if let refusal = feed.withLock({ $0.join(connection) }) { throw refusal }
    return WatchSeat(hub: self, connection: connection)
  }

  fileprivate func leave(_ connection: ObjectIdentifier) {
    feed.withLock { $0.leave(connection) }
  }

  /// The watches of an event loop; called on it.
  func loop(_ eventLoop: any EventLoop) -> WatchLoop {
    loops.withLock { loops in
      let entry = loops[ObjectIdentifier(eventLoop)] ?? WatchLoopEntry(eventLoop, limits: limits)
      loops[ObjectIdentifier(eventLoop)] = entry
      return entry
    }.loop
  }

  /// Runs `body`, which blocks, on a reading thread; what it throws goes to `failed`.
  func read(_ body: @escaping @Sendable (WatchLog) throws -> Void, failed: @escaping @Sendable (Status) -> Void) {
    let refusal = reading.submit(before: .distantFuture) { [log] _ in
      do { try body(log) } catch { failed(Status(ending: error)) }
    }
    if refusal != nil {
      failed(
        Status(.unavailable, "订阅正忙，请稍后重试", "watches are busy; try again in a moment").reason("WORKERS_BUSY").retry(
          after: .milliseconds(200)))
    }
  }
}

/// The right to be one of the watches that a hub serves, until it is let go.
final class WatchSeat: Sendable {
  private let hub: WatchHub
  private let connection: ObjectIdentifier

  fileprivate init(hub: WatchHub, connection: ObjectIdentifier) {
    self.hub = hub
    self.connection = connection
  }

  deinit { hub.leave(connection) }
}
