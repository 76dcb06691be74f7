internal import Synchronization

/// Tells a thread that works in batches to stop between two of them.
final class StopFlag: Sendable {
  private let isUp = Atomic(false)

  func raise() { isUp.store(true, ordering: .relaxed) }

  func check() throws { if isUp.load(ordering: .relaxed) { throw CancellationError() } }
}
