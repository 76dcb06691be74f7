internal import DequeModule
internal import Glibc
internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// Sockets of peers that were not let in: each has been told why, and waits a moment for that to be read.
///
/// A crowd comes in one go and leaves in one go. So whoever finds no room never becomes a connection, with handlers, timers
/// and an end that an event loop has to hear: the reason is written at once, and nobody looks at the socket again.
final class RefusedSockets: Sendable {
  private let state = Mutex(State())
  private let lingerTimeout: Duration

  private struct State {
    var sockets = Deque<(descriptor: CInt, until: MonotonicTime)>()
    var isSweepScheduled = false
  }

  /// Past this, the oldest have had time enough.
  private static let socketsMax = 64
  /// Closing takes an event loop some time, too.
  private static let closedPerSweep = 8

  init(lingerTimeout: Duration) {
    self.lingerTimeout = lingerTimeout
  }

  deinit {
    for socket in state.withLock({ $0.sockets }) { close(socket.descriptor) }
  }

  /// Sends `status` to the peer of a channel that is not registered yet, and that the caller closes. On its event loop.
  func tell(_ status: Status, _ channel: any Channel) {
    // A descriptor of its own: the channel closes the other one.
    guard
      let descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable({
        (socket: NIOBSDSocket.Handle) in fcntl(socket, F_DUPFD_CLOEXEC, 0)
      }), descriptor >= 0
    else { return }
    var words = ByteBuffer()
    FrameEncoder.write(.goAway(status, after: 0), into: &words)
    // Safety: `send` reads these bytes before it returns.
    _ = words.withUnsafeReadableBytes {
      send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    shutdown(descriptor, CInt(SHUT_WR))
    let until = MonotonicTime.now() + lingerTimeout
    let oldest = state.withLock { state in
      state.sockets.append((descriptor, until))
      return state.sockets.count > Self.socketsMax ? state.sockets.popFirst()?.descriptor : nil
    }
    if let oldest { close(oldest) }
    scheduleSweep(on: channel.eventLoop)
  }

  private func scheduleSweep(on eventLoop: any EventLoop) {
    let next = state.withLock { state -> MonotonicTime? in
      guard !state.isSweepScheduled, let first = state.sockets.first else { return nil }
      state.isSweepScheduled = true
      return first.until
    }
    guard let next else { return }
    // Not at once again: the event loop looks at its sockets in between.
    let time = max(next, .now() + Self.sweepPause)
    eventLoop.scheduleTask(deadline: time.deadline) { self.sweep(on: eventLoop) }
  }

  private static let sweepPause = Duration.milliseconds(1)

  /// Closes some of those whose time is over.
  private func sweep(on eventLoop: any EventLoop) {
    let now = MonotonicTime.now()
    let over = state.withLock { state in
      state.isSweepScheduled = false
      let over = state.sockets.prefix(Self.closedPerSweep).prefix { $0.until <= now }.map(\.descriptor)
      state.sockets.removeFirst(over.count)
      return over
    }
    for descriptor in over { close(descriptor) }
    scheduleSweep(on: eventLoop)
  }
}
