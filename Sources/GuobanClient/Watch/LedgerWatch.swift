internal import GuobanMessages
public import GuobanWire

extension GuobanClient {
  /// Follows the ledger: every commit that concerns `query`, in order, whole, and exactly once.
  ///
  /// ```swift
  /// for try await commit in client.watch(WatchQuery(afterRevision: stored, recordTypes: ["Pass"])) {
  ///   for event in commit.events { … }
  ///   stored = commit.revision
  /// }
  /// ```
  ///
  /// When the connection is lost, the daemon restarts, or this side was too slow to be waited for, it goes on after the
  /// last whole commit, for as long as the task is not cancelled. It ends with an error that trying again would not mend:
  /// PERMISSION_DENIED, or OUT_OF_RANGE with the reason `WATCH_TOO_OLD` when the log no longer has what follows; then
  /// read the ledger anew (``Status/oldestRevision`` says from where it can be watched).
  ///
  /// - Parameter onInterruption: told why a watch was interrupted and how long it waits before it goes on, for a log.
  public func watch(
    _ query: WatchQuery, onInterruption: (@Sendable (Status, Duration) -> Void)? = nil
  ) -> LedgerWatch {
    LedgerWatch(client: self, query: query, onInterruption: onInterruption)
  }
}

/// Commits as they are made. For one consumer.
public struct LedgerWatch: AsyncSequence, Sendable {
  let client: GuobanClient
  let query: WatchQuery
  let onInterruption: (@Sendable (Status, Duration) -> Void)?

  /// Starts to watch.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Gives one commit after the other.
  public struct Iterator: AsyncIteratorProtocol {
    private let watch: LedgerWatch
    private var assembler: WatchAssembler
    private var stream: ServerStream.Iterator?
    /// Commits that have arrived, the next one last.
    private var ready: [LedgerCommit] = []
    private var failures = 0

    fileprivate init(_ watch: LedgerWatch) {
      self.watch = watch
      assembler = WatchAssembler(
        after: watch.query.afterRevision, commitChangesMax: watch.client.configuration.watchCommitChangesMax,
        includesProgress: watch.query.includesProgress)
    }

    /// The next commit; never nil: a watch ends by being let go of, or with an error.
    public mutating func next() async throws(Status) -> LedgerCommit? {
      while true {
        if let commit = ready.popLast() { return commit }
        do throws(Status) {
          ready = try assembler.received(try await nextResponse()).reversed()
          failures = 0
        } catch {
          try await interrupted(error)
        }
      }
    }

    private mutating func nextResponse() async throws(Status) -> Ledger.WatchResponse {
      if stream == nil {
        let request = watch.query.request(after: assembler.position)
        stream = try watch.client.stream(LedgerWatch.method, message: request.packed()).makeAsyncIterator()
      }
      let bytes = try await stream?.next()
      guard let bytes else { throw Status(.unavailable, english: "the daemon ended the watch") }
      return try watch.client.decode(bytes, LedgerWatch.method)
    }

    /// Waits for the next try, or throws what no try would mend.
    private mutating func interrupted(_ status: Status) async throws(Status) {
      stream = nil
      assembler.interrupted()
      guard status.leavesWatchGoing(limits: watch.client.configuration.decodeLimits), !Task.isCancelled else {
        throw status
      }
      failures += 1
      let environment = watch.client.environment
      let configuration = watch.client.configuration
      let backoff = configuration.connectBackoff.delay(failures: failures, random: environment.random())
      let delay = Swift.max(backoff, status.retryDelay(limits: configuration.decodeLimits) ?? .zero)
      watch.onInterruption?(status, delay)
      do { try await environment.sleep(delay) } catch { throw .cancelledByCaller }
    }
  }

  static let method = "/guoban.v1.WatchService/Watch"
}

extension Status {
  /// The oldest change that the change log still has, when a watch or a reading of the log was to begin before it: the
  /// revision just before that one can be asked for.
  public var oldestRevision: UInt64? {
    guard let info = detail(Google.ErrorInfo.self, limits: .standard),
      ["WATCH_TOO_OLD", "REVISION_TOO_OLD"].contains(info.reason)
    else { return nil }
    return info.metadata["oldest_revision"].flatMap { UInt64($0) }
  }

  /// Whether a watch that ended with this may go on where it was.
  func leavesWatchGoing(limits: DecodeLimits) -> Bool {
    switch code {
    // A stream has a longest time too, after which it is opened again.
    case .unavailable, .deadlineExceeded: reason(limits: limits) != "TLS_FAILED"
    case .resourceExhausted:
      reason(limits: limits) == "WATCH_TOO_SLOW" || retryDelay(limits: limits) != nil || saysNotRun(limits: limits)
    default: false
    }
  }
}
