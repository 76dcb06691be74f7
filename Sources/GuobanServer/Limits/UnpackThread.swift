internal import GuobanMessages
internal import GuobanWire
internal import NIOPosix

/// One thread on which long frames are unpacked: a frame of 4 MiB takes milliseconds, for which everybody else on the
/// event loop would wait. No connection has more than one frame here.
struct UnpackThread: Sendable {
  private let thread = NIOThreadPool(givingWay: 1)

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
