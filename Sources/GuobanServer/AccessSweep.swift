internal import GuobanAccess
internal import NIOCore
internal import Synchronization

/// Looks a few times a second whether somebody's right to be here may have ended, and only then has everybody checked.
///
/// Looking costs one comparison, however many are connected; a grant that is revoked, changed or expired ends its
/// connections within ``interval`` and the time it takes to tell them.
final class AccessSweep: Sendable {
  /// A third of the second within which a revoked caller must be gone.
  private static let interval = TimeAmount.milliseconds(300)

  private let state = Mutex(State())

  private struct State {
    var task: RepeatedTask?
    /// The one before the first is none: whoever came in while the server was starting is checked too.
    var seen: AccessEpoch?
  }

  /// Starts looking. `check` is called on an event loop.
  func start(on group: any EventLoopGroup, _ authenticator: any Authenticator, _ check: @escaping @Sendable () -> Void)
  {
    let task = group.next().scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { [self] _ in
      let epoch = authenticator.epoch
      let isNew = state.withLock { state in
        defer { state.seen = epoch }
        return state.seen != epoch
      }
      if isNew { check() }
    }
    state.withLock { $0.task = task }
  }

  /// Stops looking.
  func stop() {
    state.withLock { exchange(&$0.task, with: nil) }?.cancel()
  }
}
