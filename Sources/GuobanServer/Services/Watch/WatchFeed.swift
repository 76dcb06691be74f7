internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// What a hub keeps between the store and the watches: recent commits, and who is there to be told of them.
struct WatchFeed: Sendable {
  /// The end of the last commit that the store told of.
  private(set) var committed: UInt64
  private(set) var ring: WatchRing
  private let limits: WatchLimits
  /// Commits that are not in the ring yet.
  private var pending: [Commit] = []
  private var pendingBytes = 0
  private var isWorking = false
  private var hasNews = false
  private var watchers = 0
  private var connectionWatchers: [ObjectIdentifier: Int] = [:]

  /// A feed of what comes after `revision`.
  init(after revision: UInt64, limits: WatchLimits) {
    committed = revision
    ring = WatchRing(after: revision, bytesMax: limits.ringBytesMax)
    self.limits = limits
  }

  /// Takes in what was committed. True when somebody must begin to work on it.
  mutating func add(_ commits: [Commit]) -> Bool {
    guard let last = commits.last, last.revision > committed else { return false }
    committed = last.revision
    guard watchers > 0 else {
      forget()
      return false
    }
    pending += commits
    for commit in commits { pendingBytes += commit.changes.reduce(0) { $0 + $1.record.count } }
    // What the ring could not hold need not be made: the change log has it.
    if pendingBytes > limits.ringBytesMax { forget() }
    hasNews = true
    defer { isWorking = true }
    return !isWorking
  }

  /// The commits to work on; nil when there is nothing new and the work is done.
  mutating func takeWork() -> [Commit]? {
    isWorking = hasNews
    guard hasNews else { return nil }
    hasNews = false
    pendingBytes = 0
    return exchange(&pending, with: [])
  }

  /// Puts a commit's events into the ring.
  mutating func append(_ run: WatchedRun) {
    if watchers > 0 { ring.append(run) }
  }

  /// Keeps nothing: whoever is behind reads the change log.
  mutating func forget() {
    pending = []
    pendingBytes = 0
    ring.reset(after: committed)
  }

  /// Watches last; somebody may have gone by then.
  private static let retryDelay = Duration.seconds(5)

  /// Takes one more watch in, or says why not. Only what others take may be free later.
  mutating func join(_ connection: ObjectIdentifier) -> Status? {
    guard watchers < limits.watchersMax else {
      return Status(
        .resourceExhausted, "同时进行的订阅已有 \(limits.watchersMax) 个（watch.watchersMax），请稍后再试",
        "\(limits.watchersMax) watches are open already (watch.watchersMax); try again later"
      )
      .reason("TOO_MANY_WATCHES").retry(after: Self.retryDelay)
    }
    guard connectionWatchers[connection, default: 0] < limits.connectionWatchersMax else {
      return Status(
        .resourceExhausted,
        "这个连接上的订阅已有 \(limits.connectionWatchersMax) 个（watch.connectionWatchersMax），请另开连接",
        "this connection has \(limits.connectionWatchersMax) watches already (watch.connectionWatchersMax); open another one"
      ).reason("TOO_MANY_WATCHES")
    }
    watchers += 1
    connectionWatchers[connection, default: 0] += 1
    return nil
  }

  /// Lets a watch go; after the last one nothing is kept.
  mutating func leave(_ connection: ObjectIdentifier) {
    watchers -= 1
    let left = connectionWatchers[connection, default: 1] - 1
    connectionWatchers[connection] = left > 0 ? left : nil
    if watchers == 0 { forget() }
  }
}
