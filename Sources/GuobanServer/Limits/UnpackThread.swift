internal import Dispatch
internal import Glibc
internal import GuobanMessages
internal import GuobanWire
internal import NIOPosix

/// One thread on which long frames are unpacked: a frame of 4 MiB takes milliseconds, for which everybody else on the
/// event loop would wait. The event loops go before it.
///
/// No connection has more than one frame here, and one frame at a time is unpacked and not yet taken, so that what is
/// small before it is unpacked cannot fill the memory.
struct UnpackThread: Sendable {
  /// A frame, or what is wrong with it. The next one is unpacked when this is let go.
  final class Unpacked: Sendable {
    let frame: Result<RPC.Frame, FrameError>
    private let gone: DispatchSemaphore

    fileprivate init(_ frame: Result<RPC.Frame, FrameError>, _ gone: DispatchSemaphore) {
      self.frame = frame
      self.gone = gone
    }

    deinit { gone.signal() }
  }

  private let thread = NIOThreadPool(numberOfThreads: 1)

  /// Behind the event loops, before what an operator runs at the lowest priority. This thread starts no other thread and no
  /// process, which would have it too.
  private static let nice: Int32 = 5

  init() {
    thread.start()
    // On Linux this is the calling thread's own. Whoever may not give way runs as the others do.
    thread.submit { _ in _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.nice) }
  }

  /// Unpacks a frame in its turn, and gives it to `take` on this thread.
  func unpack(_ frame: PackedFrame, _ take: @escaping @Sendable (Unpacked) -> Void) {
    thread.submit { state in
      guard case .active = state else { return }
      let gone = DispatchSemaphore(value: 0)
      take(Unpacked(Result { () throws(FrameError) in try frame.unpacked() }, gone))
      gone.wait()
    }
  }

  /// Waits for what runs, and drops what waits.
  func stop() async {
    try? await thread.shutdownGracefully()
  }
}
