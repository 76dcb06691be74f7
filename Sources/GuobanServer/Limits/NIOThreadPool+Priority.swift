internal import Dispatch
internal import Glibc
internal import NIOPosix

extension NIOThreadPool {
  /// Behind the event loops, before what an operator runs at the lowest priority.
  private static let nice: Int32 = 5

  /// Starts threads that the event loops go before: whoever asks for little is answered while others have much done.
  convenience init(givingWay count: Int) {
    self.init(numberOfThreads: count)
    start()
    let begun = DispatchGroup()
    for _ in 0..<count { begun.enter() }
    for _ in 0..<count {
      submit { state in
        guard case .active = state else { return begun.leave() }
        // On Linux this is the calling thread's own. Whoever may not give way runs as the others do.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.nice)
        begun.leave()
        // So that no thread takes two of these, and none goes without.
        begun.wait()
      }
    }
  }
}
