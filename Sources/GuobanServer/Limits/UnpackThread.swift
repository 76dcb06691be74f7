internal import Glibc
internal import GuobanMessages
internal import GuobanWire
internal import NIOPosix

/// One thread on which long frames are unpacked: a frame of 4 MiB takes milliseconds, for which everybody else on the
/// event loop would wait. The event loops go before it. No connection has more than one frame here.
struct UnpackThread: Sendable {
  private let thread = NIOThreadPool(numberOfThreads: 1)

  /// Behind the event loops, before what an operator runs at the lowest priority.
  private static let nice: Int32 = 5

  init() {
    thread.start()
    // On Linux this is the calling thread's own; one that may not give way runs as the others do.
    thread.submit { _ in _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.nice) }
  }

  /// Gives `done` the frame, or what is wrong with it, on this thread.
  func unpack(_ frame: PackedFrame, _ done: @escaping @Sendable (Result<RPC.Frame, FrameError>) -> Void) {
    thread.submit { state in
      guard case .active = state else { return }
      done(Result { () throws(FrameError) in try frame.unpacked() })
    }
  }

  /// Waits for what runs, and drops what waits.
  func stop() async {
    try? await thread.shutdownGracefully()
  }
}
