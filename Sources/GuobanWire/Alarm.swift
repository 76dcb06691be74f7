public import NIOCore

/// One timer for many deadlines: it rings at the earliest time it was set to, and whoever hears it works out the next.
///
/// A timer per call would cost more than most calls do. Belongs to one event loop.
public final class Alarm {
  private let eventLoop: any EventLoop
  private let ring: @Sendable () -> Void
  private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?

  /// An alarm that is not set. `ring` is called on the event loop.
  public init(on eventLoop: any EventLoop, ring: @escaping @Sendable () -> Void) {
    self.eventLoop = eventLoop
    self.ring = ring
  }

  /// Makes sure that it rings at `deadline` or before.
  public func set(_ deadline: NIODeadline) {
    if let scheduled {
      guard deadline < scheduled.at else { return }
      scheduled.task.cancel()
    }
    scheduled = (eventLoop.scheduleTask(deadline: deadline, ring), deadline)
  }

  /// Forgets the time it was set to; call it first thing when it rings, and when it is no longer wanted.
  public func clear() {
    scheduled?.task.cancel()
    scheduled = nil
  }
}
