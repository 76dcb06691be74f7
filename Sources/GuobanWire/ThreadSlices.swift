internal import CScheduling

/// How long the kernel lets a thread run before another one has its turn.
public enum ThreadSlices {
  /// The shortest that Linux gives.
  private static let nanosecondsMin: UInt64 = 100_000

  /// Asks for the shortest slices for the calling thread: it gets no more of a processor, but when there is something to do
  /// it need not wait for the end of another thread's slice, which takes milliseconds. False where it may not ask; kernels
  /// before Linux 6.12 give the answer and change nothing.
  @discardableResult
  public static func takeShortest() -> Bool { guoban_run_in_slices(nanosecondsMin) == 0 }
}
