public import GuobanMessages
internal import Synchronization

/// Whether the daemon, and each of its services, is fit to serve. Safe from any thread.
public final class HealthBoard: Sendable {
  /// SERVING, NOT_SERVING…
  public typealias ServingStatus = Health.HealthCheckResponse.ServingStatus

  private let state = Mutex(State())

  private struct State {
    var statuses: [String: ServingStatus] = ["": .notServing]
    var watchers: [Int: @Sendable () -> Void] = [:]
    var lastWatcher = 0
  }

  init() {}

  /// Sets the status of a service; "" is the daemon as a whole.
  public func set(_ status: ServingStatus, service: String = "") {
    let watchers = state.withLock { state in
      state.statuses[service] = status
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher() }
  }

  /// The status of a service; nil when there is no such service.
  public func status(of service: String) -> ServingStatus? {
    state.withLock { $0.statuses[service] }
  }

  /// Has `changed` called after every change, on the thread that made it; gives a number to stop it with.
  func watch(_ changed: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      state.lastWatcher += 1
      state.watchers[state.lastWatcher] = changed
      return state.lastWatcher
    }
  }

  func unwatch(_ watcher: Int) {
    _ = state.withLock { $0.watchers.removeValue(forKey: watcher) }
  }
}
