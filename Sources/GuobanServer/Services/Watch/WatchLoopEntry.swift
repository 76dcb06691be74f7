internal import NIOCore
internal import Synchronization

/// A ``WatchLoop`` as other threads know it.
final class WatchLoopEntry: Sendable {
  private let bound: NIOLoopBound<WatchLoop>
  private let eventLoop: any EventLoop
  private let isWoken = Atomic(false)

  /// On the event loop.
  init(_ eventLoop: any EventLoop, limits: WatchLimits) {
    self.eventLoop = eventLoop
    bound = NIOLoopBound(WatchLoop(eventLoop, limits: limits), eventLoop: eventLoop)
  }

  /// On the event loop.
  var loop: WatchLoop { bound.value }

  /// Has the watches look for something new, soon and once, however often it is called before they do.
  func wake() {
    guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
    eventLoop.execute {
      self.isWoken.store(false, ordering: .releasing)
      self.bound.value.round()
    }
  }
}
